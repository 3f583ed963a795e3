import type { FactDetails } from '../../../surface/facts.ts';
import type { Place } from '../../../surface/surface.ts';
import type { Application } from './application.ts';
import { handlersOf } from './handlers.ts';
import { itemsOf, member, rootOf, type Value } from './values.ts';

/** How large a file the upload interceptors take; without a limit multer takes any size. */
export function uploadFacts({
  m,
  graph,
}: Application): { detail: FactDetails['body-parser']; place: Place }[] {
  const module = graph.external.find(({ name }) => name.startsWith('MulterModule.register'));
  const everywhere = fileSize(module?.args[0]);
  return graph.modules.flatMap(({ controllers }) =>
    controllers.flatMap((controller) =>
      handlersOf(m, controller).flatMap(({ marks }) =>
        marks
          .filter(({ name }) => name === 'UseInterceptors')
          .flatMap(({ args, place }) =>
            args
              .flatMap(itemsOf)
              .filter(isUpload)
              .map((value) => ({ detail: detailOf(value, everywhere), place })),
          ),
      ),
    ),
  );
}

function isUpload(value: Value): value is Extract<Value, { kind: 'call' }> {
  const root = rootOf(value);
  const named = root.kind === 'external' && /Files?(Fields)?Interceptor$/.test(root.name);
  return value.kind === 'call' && named;
}

function detailOf(
  value: Extract<Value, { kind: 'call' }>,
  everywhere: number | undefined,
): FactDetails['body-parser'] {
  const own = value.args.map(fileSize).find((one) => one !== undefined);
  const limitBytes = own ?? everywhere;
  return { parser: 'multipart', ...(limitBytes === undefined ? {} : { limitBytes }) };
}

function fileSize(options: Value | undefined): number | undefined {
  const size = member(member(options, 'limits'), 'fileSize');
  if (size === undefined) return undefined;
  // A size that a configuration says is a limit; how large it is cannot be told.
  return size.kind === 'literal' && typeof size.value === 'number' ? size.value : 0;
}
