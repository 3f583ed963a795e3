import { claims, twoHundreds } from '../claims.ts';
import { type IdentityId, identityIds, type ProbeContext, type ProbeEntry } from '../probe.ts';

const { prove, skip } = claims('authz');
const id = 'J-23';
const title = 'a user does not reach another user’s object';

/** J-23: paths that secure.yaml names as one identity's own, asked by the others. */
export function objectProbes(context: ProbeContext): readonly ProbeEntry[] {
  const { can } = context;
  if (can.described === undefined) {
    // Ownership is nothing that a surface shows.
    const why =
      'whose object is whose is known to the application alone: see the findings on object access';
    return [skip(id, title, why)];
  }
  const { owns } = can.described;
  const owned = identityIds.flatMap((owner) =>
    (owns[owner] ?? []).map((path) => ({ owner, path })),
  );
  if (owned.length === 0) {
    const why = 'secure.yaml names no path of one identity alone: `owns` under identities';
    return [skip(id, title, why)];
  }
  return owned.flatMap(({ owner, path }) => strangersTo(owner, context, path));
}

function strangersTo(
  owner: IdentityId,
  { can }: ProbeContext,
  path: string,
): readonly ProbeEntry[] {
  const what = `${path} of ${owner}`;
  if (!can.identities.includes(owner)) {
    return [skip(id, title, can.missing[owner] ?? `there is no ${owner}`)];
  }
  const peer: IdentityId = owner === 'other' ? 'user' : 'other';
  const get = (as: IdentityId) => ({ method: 'GET', path, as });
  const refused = (as: IdentityId): ProbeEntry =>
    prove(
      as === 'anonymous' ? 'J-23/stranger' : id,
      `${what} is not shown to ${as === 'anonymous' ? 'a stranger' : as}`,
      'every user reads what belongs to another',
      [
        { send: get(owner), expect: { status: twoHundreds }, setup: true },
        { send: get(as), expect: { notStatus: [...twoHundreds, 0] } },
      ],
      { identity: as },
    );
  const others = can.identities.includes(peer)
    ? [refused(peer)]
    : [skip(id, title, can.missing[peer] ?? `there is no ${peer}`)];
  return [...others, refused('anonymous')];
}
