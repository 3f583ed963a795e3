import type { ControlId } from '../../controls/control.ts';
import { controlIds } from '../../controls/control.ts';
import { defineFramework, type NotApplicable, notApplicable, type Recipes } from '../framework.ts';
import { readGin } from './reader.ts';

/** Hardening of Go comes later: what to do by hand until then. */
const byHand: Record<ControlId, string> = {
  headers: 'github.com/unrolled/secure in front of every group',
  cors: 'gin-contrib/cors with AllowOrigins, never AllowAllOrigins with AllowCredentials',
  ratelimit: 'ulule/limiter with a Redis store, behind SetTrustedProxies',
  validation: 'binding tags on every struct, and http.MaxBytesReader for bodies',
  auth: 'golang-jwt/jwt/v5 with WithValidMethods and WithExpirationRequired in a group middleware',
  authz: 'a role middleware on each group, and the owner in every query by id',
  csrf: 'a Sec-Fetch-Site and Origin check where a cookie carries the session',
  errors: 'gin.CustomRecovery, and no err.Error() in answers',
  logging: 'log/slog events for sign-in, refusals and errors, without secrets',
};

const recipes = Object.fromEntries(
  controlIds.map((id): [ControlId, NotApplicable] => [
    id,
    notApplicable(`Gin is audited only for now; by hand: ${byHand[id]}`),
  ]),
) as Recipes;

export const gin = defineFramework({
  id: 'gin',
  title: 'Gin',
  majors: [1],
  authTypes: [],
  read: readGin,
  recipes,
  bare: (project) => ({ project, emitted: undefined }),
  layout: () => ({ folder: 'security', form: 'go', rename: (name) => name }),
  mount: () => ({ files: [], edits: [] }),
  boot: (project) => project.start,
});
