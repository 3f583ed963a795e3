import type { NewFile, RecipeInput } from '../framework.ts';
import type { Layout } from '../javascript/layout.ts';
import { boot } from './boot.ts';

/** The owner's own test and its data, which need no test runner but node's. */
export function ownerTest(input: RecipeInput, { folder }: Layout): readonly NewFile[] {
  const { policy, blueprint, project } = input;
  const text = blueprint.files['owner/owner.ts'];
  if (text === undefined) return [];
  const start = boot(project)?.argv ?? ['npm', 'start'];
  const rows = policy.decisions
    .filter(({ method }) => method !== 'WS')
    .map(({ method, path, access }) => ({
      method: method === 'ALL' ? 'GET' : method,
      path,
      access,
    }));
  const authz = policy.kept.authz === undefined;
  const data = {
    start,
    auth: policy.auth,
    unlisted: authz ? policy.unlisted : 'kept',
    headers: policy.kept.headers === undefined,
    routes: rows.filter(({ access }) => authz || access === 'public' || access === 'kept'),
  };
  return [
    { file: `${folder}/owner.mjs`, text, kind: 'copied' },
    { file: `${folder}/owner.json`, text: printed(data), kind: 'printed' },
  ];
}

/** One route a line: a review shows which route changed. */
function printed({ routes, ...rest }: { routes: readonly object[] }): string {
  const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, '');
  const rows = routes.map((row) => `    ${JSON.stringify(row)}`);
  const list = rows.length === 0 ? '[]' : `[\n${rows.join(',\n')}\n  ]`;
  return `${head},\n  "routes": ${list}\n}\n`;
}
