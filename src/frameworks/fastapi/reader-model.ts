import { typeOf } from '../../languages/python/describe.ts';
import { evaluate } from '../../languages/python/evaluate.ts';
import type { Run } from '../../languages/python/run.ts';
import { type Class, lastName as last, nameOf, type Value } from '../../languages/python/values.ts';
import type { Param } from '../../surface/surface.ts';

/** The class that says what a body must be; `undefined` where the annotation names none. */
export function modelOf(value: Value, depth = 0): Class | undefined {
  if (value.t === 'class' && value.annotations.size + value.bases.length > 0) {
    return /Enum/.test(value.bases.map(nameOf).join(' ')) ? undefined : value;
  }
  if (value.t !== 'generic' || depth > 3) return undefined;
  for (const one of value.args) {
    const found = modelOf(one, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The fields of a model, those of its bases included. */
export function fields(run: Run, model: Class, depth = 0): Param[] {
  const inherited =
    depth > 8
      ? []
      : model.bases.flatMap((base) => (base.t === 'class' ? fields(run, base, depth + 1) : []));
  const own = [...model.annotations].flatMap(([name, { type, value }]): Param[] => {
    if (name.startsWith('_') || name === 'model_config') return [];
    const scope = {
      names: model.members,
      parent: { names: model.module.names, parent: undefined },
    };
    const annotation = evaluate(run, type, model.module, scope);
    const base =
      annotation.t === 'generic' && last(annotation) === 'Annotated'
        ? (annotation.args[0] ?? annotation)
        : annotation;
    const shape = typeOf(base);
    const required =
      value === undefined || /^Field\(\s*(?:\.\.\.|\)|(?!default)[a-z_]+=)/.test(value.text);
    const place = { file: model.module.file, line: type.line };
    return [
      {
        name,
        in: 'body',
        type: shape.type,
        optional: !required,
        enum: members(base),
        confidence: 'high',
        place,
      },
    ];
  });
  const names = new Set(own.map((one) => one.name));
  return [...inherited.filter((one) => !names.has(one.name)), ...own];
}

function members(value: Value): (string | number)[] | undefined {
  if (value.t !== 'generic' || last(value) !== 'Literal') return undefined;
  return value.args.flatMap((one) => (one.t === 'str' || one.t === 'num' ? [one.v] : []));
}
