import type { Fact, FactDetails, FactKind } from '../../../surface/facts.ts';
import type { Place } from '../../../surface/surface.ts';
import type { Application } from './application.ts';
import { callsOf } from './bootstrap.ts';
import { joinPath } from './paths.ts';
import { uploadFacts } from './uploads.ts';
import { flag, isExternal, itemsOf, member, textOfValue, type Value } from './values.ts';

/** Facts that only Nest's own calls state: its CORS, its body parsers, files and documentation. */
export function nestFacts(app: Application): Fact[] {
  const { bootstrap } = app;
  const facts: Fact[] = [];
  const say = <K extends FactKind>(kind: K, detail: FactDetails[K], place: Place) =>
    facts.push({ kind, detail, place, confidence: 'high' } as Fact);
  if (!bootstrap) return facts;
  for (const { args, place } of callsOf(bootstrap, 'enableCors'))
    say('cors', corsOf(args[0]), place);
  const cors = member(bootstrap.options, 'cors');
  if (cors && !(cors.kind === 'literal' && !cors.value)) say('cors', corsOf(cors), bootstrap.place);
  for (const { args, place } of callsOf(bootstrap, 'useBodyParser')) {
    const parser = bodyParserOf(args);
    if (parser) say('body-parser', parser, place);
  }
  for (const { detail, place } of uploadFacts(app)) say('body-parser', detail, place);
  for (const one of staticFiles(app)) {
    const { prefix, directory, dotfiles, place } = one;
    say('static', { prefix, directory, dotfiles, listing: false }, place);
  }
  for (const { path, place } of docsOf(app)) say('docs', { path }, place);
  return facts;
}

function corsOf(options: Value | undefined): FactDetails['cors'] {
  const library = '@nestjs/core';
  const credentials = flag(member(options, 'credentials')) === true;
  const made = (origins: FactDetails['cors']['origins'], list?: readonly string[]) => ({
    origins,
    ...(list ? { list } : {}),
    credentials,
    library,
  });
  if (options?.kind === 'function') return made('function');
  const origin = member(options, 'origin');
  if (!origin)
    return options && options.kind !== 'literal' && options.kind !== 'object'
      ? made('unknown')
      : made('any');
  if (origin.kind === 'function') return made('function');
  if (flag(origin) === true) return made('reflected');
  if (flag(origin) === false) return made('list', []);
  const texts = itemsOf(origin).map((one) => textOfValue(one)?.text);
  if (texts.some((one) => one === undefined)) return made('unknown');
  const list = texts.flatMap((one) => one ?? []);
  if (list.includes('*')) return made('any');
  return list.includes('null') ? made('null') : made('list', list);
}

function bodyParserOf(args: readonly Value[]): FactDetails['body-parser'] | undefined {
  const name = textOfValue(args[0])?.text;
  const parsers: Readonly<Record<string, FactDetails['body-parser']['parser']>> = {
    json: 'json',
    urlencoded: 'form',
    text: 'text',
    raw: 'raw',
  };
  const parser = parsers[name ?? ''];
  if (!parser) return undefined;
  const limitBytes = bytesOf(textOfValue(member(args[1], 'limit'))?.text);
  const extended = flag(member(args[1], 'extended'));
  return {
    parser,
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(extended === undefined ? {} : { extended }),
  };
}

/** `10mb`, `100kb` as the `bytes` package reads them. */
function bytesOf(text: string | undefined): number | undefined {
  const match = /^\s*([\d.]+)\s*(b|kb|mb|gb)?\s*$/i.exec(text ?? '');
  if (!match) return undefined;
  const units: Readonly<Record<string, number>> = {
    b: 1,
    kb: 1024,
    mb: 1_048_576,
    gb: 1_073_741_824,
  };
  return Number(match[1]) * (units[(match[2] ?? 'b').toLowerCase()] ?? 1);
}

export interface StaticFiles {
  prefix: string;
  directory: string | undefined;
  dotfiles: string | undefined;
  place: Place;
}

/** Folders that `useStaticAssets` and `ServeStaticModule` serve. */
export function staticFiles({ bootstrap, graph }: Application): StaticFiles[] {
  const served = (bootstrap ? callsOf(bootstrap, 'useStaticAssets') : []).map(({ args, place }) => {
    const whole = args[0]?.kind === 'object' ? args[0] : args[1];
    return {
      prefix: textOfValue(member(whole, 'prefix'))?.text ?? '',
      directory: textOfValue(args[0])?.text ?? textOfValue(member(whole, 'root'))?.text,
      dotfiles: textOfValue(member(whole, 'dotfiles'))?.text,
      place,
    };
  });
  return [
    ...served,
    ...servedByModule(graph).map(({ options, place }) => ({
      prefix: textOfValue(member(options, 'serveRoot'))?.text ?? '',
      directory: textOfValue(member(options, 'rootPath'))?.text,
      dotfiles: textOfValue(member(member(options, 'serveStaticOptions'), 'dotfiles'))?.text,
      place,
    })),
  ];
}

function servedByModule({
  external,
}: Application['graph']): { options: Value | undefined; place: Place }[] {
  const modules = external.filter((one) => one.name.startsWith('ServeStaticModule.forRoot'));
  return modules.flatMap(({ args, place }) => {
    const given = args.flatMap(itemsOf).filter((one) => one.kind === 'object');
    return (given.length > 0 ? given : [undefined]).map((options) => ({ options, place }));
  });
}

/** `ServeStaticModule` answers every path that nothing else does with the page of its folder. */
export function fallbackPages({ graph }: Application): { path: string; place: Place }[] {
  return servedByModule(graph).flatMap(({ options, place }) => {
    const rendered = member(options, 'renderPath');
    const path = rendered === undefined ? '*path' : textOfValue(rendered)?.text;
    if (path === undefined) return [];
    const whole = path === '*' || path === '{*any}' || path === '/{*any}' ? '*path' : path;
    return [{ path: `${textOfValue(member(options, 'serveRoot'))?.text ?? ''}/${whole}`, place }];
  });
}

/** Where `SwaggerModule.setup` and its kin show the documentation. */
export function docsOf({ bootstrap, prefix }: Application): { path: string; place: Place }[] {
  const calls = bootstrap?.calls ?? [];
  return calls.flatMap(({ call, args, place }) => {
    if (!isExternal(call.callee, /swagger/i) || !/setup$/.test(nameOf(call.callee))) return [];
    const path = textOfValue(args[0])?.text;
    if (path === undefined) return [];
    const prefixed = flag(member(args[3], 'useGlobalPrefix')) === true;
    return [{ path: joinPath(prefixed ? (prefix?.text ?? '') : '', path), place }];
  });
}

function nameOf(callee: Value): string {
  return callee.kind === 'external' ? callee.name : '';
}
