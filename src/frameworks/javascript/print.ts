import type { BodyShape, Policy } from '../../controls/policy.ts';
import { printedPolicy } from '../../controls/printed.ts';
import { printValue } from '../../languages/javascript/print.ts';
import type { Param } from '../../surface/surface.ts';
import type { Layout } from './layout.ts';

const told =
  '/** What holds for this project, printed from secure.yaml; `secure` writes it anew. */';

/** The policy as the one data file that differs between two projects. */
export function printPolicy(policy: Policy, { form, suffix }: Layout): string {
  const start = `${form === 'cjs' ? '' : 'export '}const policy${form === 'ts' ? ': Policy' : ''} = `;
  const printed = printedPolicy(policy);
  const rows = { ...printed, routes: printed.routes.map(opened) };
  const value = `${told}\n${start}${printValue(rows, start.length)};\n`;
  if (form === 'cjs') return `'use strict';\n\n${value}\nmodule.exports = { policy };\n`;
  return form === 'ts'
    ? `import type { Policy } from './policy-types${suffix}';\n\n${value}`
    : value;
}

/** express-ws asks the router for a path of its own when a websocket is opened. */
function opened<R extends { method: string; path: string }>(row: R): R {
  if (row.method !== 'WS') return row;
  return { ...row, method: 'GET', path: `${row.path.replace(/\/$/, '')}/.websocket` };
}

/** A schema for every body whose keys the handler was seen to read. */
export function printSchemas(
  policy: Policy,
  { form, suffix }: Layout,
  zod: string | false = 'zod',
): string {
  const refuse = policy.values[policy.level]?.validation.unknownKeys === 'refuse';
  const on = policy.kept.validation === undefined && zod !== false;
  const rows = policy.decisions.flatMap(({ method, path, body, schema }) => {
    const fits = on && schema !== undefined && body !== 'raw' && body !== 'multipart';
    return fits ? [`  ${printKey(`${method} ${path}`)}: ${printShape(schema, refuse)},`] : [];
  });
  const unique = [...new Map(rows.map((row) => [row.split(': ')[0], row])).values()];
  const inner = unique.length === 0 ? '{}' : `{\n${unique.join('\n')}\n}`;
  const start = `${form === 'cjs' ? '' : 'export '}const schemas${form === 'ts' ? ': Schemas' : ''} = `;
  const note =
    '/** What each body must be, written from what its handler reads; make it stricter where you know more. */';
  const imported =
    unique.length === 0
      ? []
      : [form === 'cjs' ? `const { z } = require('${zod}');` : `import { z } from '${zod}';`];
  const types = form === 'ts' ? [`import type { Schemas } from './schema-check${suffix}';`] : [];
  const head = [...(form === 'cjs' ? ["'use strict';", ''] : []), ...imported, ...types];
  const end = form === 'cjs' ? '\nmodule.exports = { schemas };\n' : '';
  return `${[...head, ...(head.at(-1) ? [''] : []), note].join('\n')}\n${start}${inner};\n${end}`;
}

function printKey(key: string): string {
  return `'${key.replace(/[\\']/g, '\\$&')}'`;
}

/** Objects stay open unless everything that the handler reads was seen and the level refuses the rest. */
function printShape({ fields, closed }: BodyShape, refuse: boolean): string {
  const kind = closed && refuse ? 'strictObject' : 'looseObject';
  const rows = fields.map(({ name, ...field }) => `    ${keyOf(name)}: ${printField(field)},`);
  return `z.${kind}({\n${rows.join('\n')}\n  })`;
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : printKey(name);
}

const kinds: Record<Param['type'], string> = {
  string: 'z.string().max(10_000)',
  number: 'z.number()',
  integer: 'z.int()',
  boolean: 'z.boolean()',
  array: 'z.array(z.unknown()).max(1000)',
  object: 'z.record(z.string(), z.unknown())',
  unknown: 'z.unknown()',
};

/** Only what is certain is asked for: a wrong type here would refuse a good client. */
function printField(field: Omit<BodyShape['fields'][number], 'name'>): string {
  const sure = field.confidence === 'high';
  const choice = sure && field.enum !== undefined && field.enum.length > 0;
  const type = choice
    ? `z.literal(${printValue(field.enum)})`
    : sure
      ? kinds[field.type]
      : kinds.unknown;
  return field.optional || !sure || type === kinds.unknown
    ? `${type}${sure && field.optional && type !== kinds.unknown ? '.nullish()' : type === kinds.unknown ? '.optional()' : ''}`
    : type;
}
