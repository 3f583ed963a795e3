import { templateOf } from '../../../languages/javascript/describe.ts';
import { sensitivityOf } from '../../../surface/describe.ts';
import { boundBy } from './enhancers.ts';
import { meet } from './guards.ts';
import { lineage, markOf, marksOf } from './marks.ts';
import { joinPath } from './paths.ts';
import { placeOf } from './program.ts';
import { declaredProviders } from './providers.ts';
import type { Draft, Reading } from './routes.ts';
import { member, textOfValue } from './values.ts';

/** Messages of websocket gateways. Global guards of `useGlobalGuards` and `APP_GUARD` do not stand before them. */
export function gatewayRoutes({ app, strategies, confidence }: Reading): Draft[] {
  const { m } = app;
  return declaredProviders(app).flatMap((gateway) => {
    const classMarks = lineage(m, gateway).map((one) => marksOf(m, one.node, one.scope));
    const mark = markOf(classMarks.flat(), 'WebSocketGateway');
    if (!mark) return [];
    const options = mark.args.find((one) => one.kind === 'object');
    const path = joinPath(
      textOfValue(member(options, 'path'))?.text ?? '',
      textOfValue(member(options, 'namespace'))?.text ?? '',
    );
    return gateway.node.body.body.flatMap((method): Draft[] => {
      if (method.type !== 'MethodDefinition' || method.key.type !== 'Identifier') return [];
      const marks = marksOf(m, method, gateway.scope);
      const message = markOf(marks, 'SubscribeMessage');
      if (!message) return [];
      const guards = [
        ...[...classMarks].reverse().flatMap((one) => boundBy(one, 'guard', 'router')),
        ...boundBy(marks, 'guard', 'route'),
      ];
      const metadata = { handler: marks, controller: classMarks.flat() };
      const met = guards.flatMap((one) => meet(m, strategies, one, metadata) ?? []);
      const name = `${gateway.node.id?.name ?? 'gateway'}.${method.key.name}`;
      return [
        {
          method: 'WS',
          path,
          template: templateOf(path),
          kind: 'websocket',
          place: message.place,
          handler: { name, place: placeOf(gateway.file, method.key) },
          params: [],
          body: 'none',
          response: 'unknown',
          guards: met.map((one) => one.guard),
          credentials: met.flatMap((one) => one.credentials),
          sensitivity: sensitivityOf(path, []),
          traits: [],
          confidence,
        },
      ];
    });
  });
}
