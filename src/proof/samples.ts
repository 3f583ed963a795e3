import type { Decision } from '../controls/policy.ts';
import type { Param, Route } from '../surface/surface.ts';

type Field = Pick<Param, 'name' | 'type' | 'optional' | 'enum'>;

/** A body that the route takes, as far as the source tells; texts hold `{{unique}}`, so that a write is found again. */
export function sampleBody(decision: Decision, route: Route | undefined): unknown {
  const fields: readonly Field[] =
    decision.schema?.fields ?? route?.params.filter((param) => param.in === 'body') ?? [];
  return Object.fromEntries(fields.map((field) => [field.name, sampleOf(field)]));
}

const byName: readonly (readonly [RegExp, unknown])[] = [
  [/e-?mail/i, '{{unique}}@proof.example'],
  [/passw|passphrase/i, 'Proof {{unique}} {{unique}}'],
  [/url|link|website|href/i, 'https://app.example.com/{{unique}}'],
  [/uuid|guid/i, '3f2b8a52-9d0c-4b6e-8f3a-5c1d7e9b0a24'],
  [/(created|updated|expires?|start|end|due|birth).*|.*date.*/i, '2030-01-02'],
  [/phone|mobile/i, '+41440000000'],
  [/colou?r/i, '#336699'],
  [/currency/i, 'EUR'],
  [/country/i, 'CH'],
  [/^(is|has)[A-Z_]|enabled|active|done|completed|pinned|published/, true],
  [/price|amount|count|quantity|age|stock|total|score|rating|year|size|qty/i, 3],
  [/(^|_)id$|Id$/, 1],
  [/tags|items|ids|list$/i, []],
];

function sampleOf(field: Field): unknown {
  const first = field.enum?.[0];
  if (first !== undefined) return first;
  if (field.type === 'integer' || field.type === 'number') return 3;
  if (field.type === 'boolean') return true;
  if (field.type === 'array') return [];
  if (field.type === 'object') return {};
  const named = byName.find(([name]) => name.test(field.name))?.[1];
  if (field.type === 'string' && typeof named !== 'string') return 'proof {{unique}}';
  return named ?? 'proof {{unique}}';
}

/** A sendable path: every parameter has a plausible value, a wildcard has one segment. */
export function samplePath(decision: Decision, route: Route | undefined): string {
  const template = route?.template ?? templated(decision.path);
  const params = route?.params.filter((param) => param.in === 'path') ?? [];
  return template.replace(/\{\*\w*\}/g, 'proof').replace(/\{(\w+)\}/g, (_all, name: string) => {
    const param = params.find((each) => each.name === name);
    return String(param?.enum?.[0] ?? pathValue(name, param?.type));
  });
}

function pathValue(name: string, type: Param['type'] | undefined): string {
  if (/uuid|guid/i.test(name)) return '3f2b8a52-9d0c-4b6e-8f3a-5c1d7e9b0a24';
  if (type === 'integer' || type === 'number' || /id$|number$|page$/i.test(name)) return '1';
  return /slug|name/i.test(name) ? 'proof' : '1';
}

/** Express, FastAPI and Flask ways of writing a parameter. */
function templated(path: string): string {
  return path
    .replace(/<(?:\w+(?:\([^)]*\))?:)?(\w+)>/g, '{$1}')
    .replace(/\{(\w+):\w+\}/g, '{$1}')
    .replace(/\/:(\w+)(\([^)]*\))?\??/g, '/{$1}')
    .replace(/\*\w*/g, '{*rest}');
}
