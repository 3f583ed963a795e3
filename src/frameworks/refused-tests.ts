import type { Policy } from '../controls/policy.ts';
import { factsOf } from '../surface/facts.ts';
import { isTest } from '../surface/queries.ts';
import { expressionOf } from '../surface/seen-in-tests.ts';
import type { Surface } from '../surface/surface.ts';

const most = 8;

/**
 * The owner's tests that ask as a stranger for what is now refused to strangers, by their places: they will
 * fail, and it is their owner who decides whether the test or the policy is wrong.
 */
export function refusedTests(surface: Surface, policy: Policy): readonly string[] {
  if (policy.kept.authz !== undefined) return [];
  const closed = policy.decisions.flatMap(({ route, access }) => {
    const found = surface.routes.find(({ id }) => id === route);
    if (found === undefined || access === 'public' || access === 'kept') return [];
    return [{ ...found, fits: new RegExp(`^${expressionOf(found.template)}/?$`, 'i') }];
  });
  const told = factsOf(surface.facts, 'test-call').flatMap(({ detail, place }) => {
    const { method, path, credentials, expects = 200 } = detail;
    if (credentials || [401, 403, 404].includes(expects) || !isTest(place.file)) return [];
    const asked = path.split('?')[0] ?? '';
    const route = closed.find(
      (one) => (one.method === method || one.method === 'ALL') && one.fits.test(asked),
    );
    if (route === undefined) return [];
    const wanted = detail.expects === undefined ? '' : ` and expects ${expects}`;
    return [
      `${place.file}:${place.line} asks ${route.id} as a stranger${wanted}: it is answered 401 now`,
    ];
  });
  const all = [...new Set(told)];
  const more = all.length - most;
  return more <= 0
    ? all
    : [
        ...all.slice(0, most),
        `${more} more of your tests ask as strangers for what is refused now`,
      ];
}
