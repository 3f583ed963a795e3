import { appGuards } from '../../surface/queries.ts';
import { valuesOf } from '../claims.ts';
import type { Expectation, ProbeContext } from '../probe.ts';

/** Why values of the application's own stand in the answers; `undefined` where ours do. */
export function ownHeaders({ policy, surface }: ProbeContext): string | undefined {
  if (policy.kept.headers !== undefined) return 'the application’s own headers are kept';
  const [own] = appGuards(surface, 'headers');
  return own && `${own.library ?? own.name} of the application sets its own, which stays`;
}

/** A header that the application sets itself stays: there it must be a good one, not ours. */
function settled(context: ProbeContext, profile: Expectation): Expectation {
  if (ownHeaders(context) === undefined) return profile;
  const header = Object.entries(profile.header ?? {}).map(([name, value]) => {
    if (name === 'x-content-type-options') return [name, value];
    return [name, name === 'x-frame-options' ? /^(?:deny|sameorigin)$/i : /\S/];
  });
  return { ...profile, header: Object.fromEntries(header) };
}

/** What every answer that is no page must carry. */
export function jsonProfile(context: ProbeContext): Expectation {
  if (context.policy.kept.headers !== undefined) {
    return { header: { 'x-content-type-options': 'nosniff' }, absent: ['x-powered-by'] };
  }
  const values = valuesOf(context).headers;
  return settled(context, {
    header: {
      'x-content-type-options': 'nosniff',
      'content-security-policy': values.jsonCsp,
      'x-frame-options': values.frameOptionsJson,
      'referrer-policy': values.referrerJson,
      'cross-origin-resource-policy': values.resourcePolicy,
    },
    absent: ['x-powered-by'],
  });
}

/** What a page must carry. */
export function htmlProfile(context: ProbeContext): Expectation {
  if (context.policy.kept.headers !== undefined) return jsonProfile(context);
  const values = valuesOf(context).headers;
  return settled(context, {
    header: {
      'x-content-type-options': 'nosniff',
      'content-security-policy': values.htmlCsp,
      'x-frame-options': values.frameOptionsHtml,
      'referrer-policy': values.referrerHtml,
      'permissions-policy': values.permissions,
      'cross-origin-opener-policy': values.openerHtml,
    },
    absent: ['x-powered-by'],
  });
}
