import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { credentials, refuseWeakAdministrator } from './credentials.js';
import { checkToken, tokenFor } from './csrf.js';
import { type Call, type Principal, valuesOf } from './messages.js';
import type { Context, Scheme, Visit } from './scheme.js';
import { digest, stateIn } from './state.js';
import { openRows } from './store.js';

const challenge = 'Session realm="api"';

/** Opaque session ids in a cookie, new at every login, with idle and absolute ends (ASVS 7.2.3, 7.2.4, 7.3.1, 7.3.2). */
export function make(context: Context): Scheme {
  const { settings, emit } = context;
  const rows = openRows(settings.database);
  const state = stateIn(rows, context.redis);
  const values = settings.values.auth;
  refuseWeakAdministrator(context);
  const accounts = credentials(context, rows);
  const secure = (call: Call): boolean => settings.https || call.https;
  const nameFor = (call: Call): string => (secure(call) ? '__Host-session' : 'session');

  /** The session ids that a request carries; a planted second cookie must not win silently. */
  function idsOf(req: Request, call: Call): string[] {
    const pairs = valuesOf(req, 'cookie').join(';').split(';');
    const split = pairs.map((pair) => pair.trim().split('='));
    return split.flatMap(([name, value = '']) => (name === nameFor(call) ? [value] : []));
  }

  async function identify(req: Request, call: Call): Promise<Principal | undefined> {
    const ids = idsOf(req, call);
    const [id = ''] = ids;
    if (ids.length !== 1 || id === '') return undefined;
    const session = await state.read(digest(id));
    const account = session && (await accounts.accounts.byId(session.account));
    if (!session || !account) return undefined;
    if (settings.on('csrf')) checkToken(settings, req, id);
    const idleUntil = Date.now() + values.sessionIdleSeconds * 1000;
    // A minute is exact enough, and saves a write on most requests.
    if (idleUntil - session.idleUntil > 60_000) await state.touch(session.id, idleUntil);
    const { roles, email: name } = account;
    return { id: account.id, name, roles, scopes: [], credential: session.id };
  }

  function setCookie(res: Response, call: Call, value: string, seconds: number): void {
    const parts = [`${nameFor(call)}=${value}`, 'Path=/', 'HttpOnly', `Max-Age=${seconds}`];
    if (secure(call)) parts.push('Secure');
    parts.push(`SameSite=${values.sameSite === 'strict' ? 'Strict' : 'Lax'}`);
    res.append('Set-Cookie', parts.join('; '));
  }

  async function login(visit: Visit): Promise<void> {
    const { req, res, call } = visit;
    const account = await accounts.login(visit);
    // Whatever session the browser had before is over: nobody can have fixed its id.
    for (const old of idsOf(req, call)) await state.end(digest(old));
    const id = randomBytes(32).toString('base64url');
    const now = Date.now();
    await state.start({
      id: digest(id),
      account: account.id,
      current: '',
      idleUntil: now + values.sessionIdleSeconds * 1000,
      absoluteUntil: now + values.sessionAbsoluteSeconds * 1000,
    });
    setCookie(res, call, id, values.sessionAbsoluteSeconds);
    res.json({ id: account.id, email: account.email, roles: account.roles });
  }

  async function logout({ res, call }: Visit): Promise<void> {
    await state.end(call.principal?.credential ?? '');
    setCookie(res, call, '', 0);
    if (settings.values.headers.clearSiteData !== '') {
      res.setHeader('Clear-Site-Data', settings.values.headers.clearSiteData);
    }
    emit('auth.logout', 'success', call);
    res.status(204).end();
  }

  async function password(visit: Visit): Promise<void> {
    const account = await accounts.changePassword(visit);
    await state.endOthers(account.id, visit.call.principal?.credential ?? '');
    visit.res.status(204).end();
  }

  async function csrf({ req, res, call }: Visit): Promise<void> {
    const [id = ''] = idsOf(req, call);
    res.setHeader('Cache-Control', 'no-store');
    res.json({ csrfToken: tokenFor(id) });
  }

  return {
    challenge,
    identify,
    endpoints: {
      'POST register': { open: true, answer: accounts.register },
      'POST login': { open: true, answer: login },
      'POST logout': { answer: logout },
      'GET me': { answer: accounts.me },
      'POST password': { answer: password },
      'GET csrf': { answer: csrf },
    },
  };
}
