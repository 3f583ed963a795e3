import { foreignBase } from '../../languages/python/bases.ts';
import { type Class, nameOf, str } from '../../languages/python/values.ts';
import type { Guard } from '../../surface/surface.ts';
import { rule } from './reader-route.ts';
import { type Found, join, type Reading } from './reading.ts';

/** Methods of Flask-AppBuilder's views that `@expose` makes routes; the builder registers the class itself. */
export function exposed(reading: Reading, guards: readonly Guard[]): Found[] {
  for (const view of reading.run.classes.filter(isView)) {
    if (!/Model\w*(?:View|Api)$/.test(foreignBase(view) ?? '')) continue;
    // Lists, forms and REST of a model are routes that no source names.
    reading.unresolved.push({ what: `routes of the model behind ${view.name}`, place: view.place });
  }
  return reading.run.classes.filter(isView).flatMap((view) =>
    [...view.members.values()].flatMap((method): Found[] => {
      if (method.t !== 'func') return [];
      return method.decorators.flatMap(({ value }): Found[] => {
        if (value.t !== 'obj' || !/flask_appbuilder(?:\.\w+)*\.expose$/.test(nameOf(value)))
          return [];
        const event = { ...value, seq: 0, name: 'expose', target: method };
        const path = value.args[0] ?? value.kwargs.get('url');
        return rule(reading, baseOf(view), path, event, method, guards);
      });
    }),
  );
}

function isView(view: Class): boolean {
  return (foreignBase(view) ?? '').startsWith('flask_appbuilder');
}

/** `route_base`, else `/api/v1/<resource>` of an API and the class's name of a page (AppBuilder's own rule). */
function baseOf(view: Class): string {
  const given = str(view.members.get('route_base'));
  if (given !== undefined) return given;
  const name = view.name.toLowerCase();
  if (!/Api$/.test(foreignBase(view) ?? '')) return `/${name}`;
  const version = str(view.members.get('version')) ?? 'v1';
  return join(`/api/${version}`, str(view.members.get('resource_name')) ?? name);
}
