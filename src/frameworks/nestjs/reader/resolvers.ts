import { templateOf } from '../../../languages/javascript/describe.ts';
import { sensitivityOf } from '../../../surface/describe.ts';
import type { Param } from '../../../surface/surface.ts';
import { meet } from './guards.ts';
import { lineage, markOf, marksOf } from './marks.ts';
import { joinPath } from './paths.ts';
import { placeOf } from './program.ts';
import { declaredProviders } from './providers.ts';
import { type Draft, enhancersFor, type Reading, unique } from './routes.ts';
import { flag, member, textOfValue } from './values.ts';

/** The GraphQL endpoint and every operation behind it. Guards of the application run before each operation. */
export function resolverRoutes({ app, chain, strategies, confidence }: Reading): Draft[] {
  const module = app.graph.external.find((one) => /^GraphQL\w*Module\.forRoot/.test(one.name));
  if (!module) return [];
  const { m } = app;
  const [options] = module.args;
  const prefix = flag(member(options, 'useGlobalPrefix')) ? (app.prefix?.text ?? '') : '';
  const path = joinPath(prefix, textOfValue(member(options, 'path'))?.text ?? 'graphql');
  const before = chain.before('POST', path, path, undefined);
  const endpoint: Draft = {
    method: 'POST',
    path,
    template: templateOf(path),
    kind: 'graphql',
    place: module.place,
    handler: { name: undefined, place: module.place },
    params: [],
    body: 'json',
    response: 'json',
    guards: before.guards,
    credentials: before.credentials,
    sensitivity: [],
    traits: ['writes'],
    confidence,
  };
  const operations = declaredProviders(app).flatMap((resolver) => {
    const classMarks = lineage(m, resolver).map((one) => marksOf(m, one.node, one.scope));
    if (!markOf(classMarks.flat(), 'Resolver')) return [];
    return lineage(m, resolver).flatMap((declared) =>
      declared.node.body.body.flatMap((method): Draft[] => {
        if (method.type !== 'MethodDefinition' || method.key.type !== 'Identifier') return [];
        const marks = marksOf(m, method, declared.scope);
        const mark = markOf(marks, 'Query', 'Mutation', 'Subscription');
        if (!mark || !/graphql/.test(mark.from)) return [];
        const metadata = { handler: marks, controller: classMarks.flat() };
        const guards = enhancersFor(app, 'guard', classMarks, marks);
        const met = guards.flatMap((one) => meet(m, strategies, one, metadata) ?? []);
        const params: Param[] = method.value.params.flatMap((node) => {
          const args = markOf(
            marksOf(m, node as Parameters<typeof marksOf>[1], declared.scope),
            'Args',
          );
          const name =
            textOfValue(args?.args[0])?.text ?? textOfValue(member(args?.args[0], 'name'))?.text;
          if (name === undefined) return [];
          const place = placeOf(declared.file, node);
          return [
            { name, in: 'body', type: 'unknown', optional: true, confidence: 'medium', place },
          ];
        });
        return [
          {
            ...endpoint,
            // Reached through the endpoint alone: it has no path of its own.
            path: `${mark.name}.${method.key.name}`,
            template: `${mark.name}.${method.key.name}`,
            place: mark.place,
            handler: {
              name: `${resolver.node.id?.name ?? 'resolver'}.${method.key.name}`,
              place: placeOf(declared.file, method.key),
            },
            params,
            guards: [...before.guards, ...met.map((one) => one.guard)],
            credentials: unique([...before.credentials, ...met.flatMap((one) => one.credentials)]),
            sensitivity: sensitivityOf(method.key.name, params),
            traits: mark.name === 'Mutation' ? ['writes'] : [],
          },
        ];
      }),
    );
  });
  return [endpoint, ...operations];
}
