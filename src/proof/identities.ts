import { randomBytes } from 'node:crypto';
import type { IdentityId } from '../controls/probe.ts';
import type { Secrets } from './evidence.ts';
import { pointer, Unavailable } from './fill.ts';
import type { Addresses, Client } from './http.ts';
import {
  credentials,
  type DescribedIdentity,
  nobody,
  type Principal,
  type Scheme,
  sessionCookie,
} from './principal.ts';
import type { TestSecrets } from './secrets.ts';
import { type Answer, cookieOf, jsonOf } from './wire.ts';

/**
 * Callers of one running application. A principal that has sent as many requests as its limit
 * admits is replaced by a new one, so that one probe never takes the budget of the next.
 */
export class Identities {
  readonly #scheme: Scheme;
  readonly #client: Client;
  readonly #addresses: Addresses;
  readonly #known: TestSecrets;
  readonly #secrets: Secrets;
  readonly #budget: number;
  readonly #current = new Map<IdentityId, Principal>();

  constructor(input: {
    scheme: Scheme;
    client: Client;
    addresses: Addresses;
    known: TestSecrets;
    secrets: Secrets;
    budget: number;
  }) {
    this.#scheme = input.scheme;
    this.#client = input.client;
    this.#addresses = input.addresses;
    this.#known = input.known;
    this.#secrets = input.secrets;
    this.#budget = input.budget;
  }

  /** False when only a new start gives this identity another budget. */
  hasRoom(identity: IdentityId, requests: number): boolean {
    const now = this.#current.get(identity);
    if (now === undefined || identity !== 'admin' || this.#scheme.kind !== 'own') return true;
    return now.used + requests <= this.#budget || now.used <= 4;
  }

  /** @throws Unavailable with the reason when this identity cannot sign in. */
  async get(identity: IdentityId, requests: number, disposable: boolean): Promise<Principal> {
    const now = this.#current.get(identity);
    const replaceable = this.#scheme.kind === 'own' && identity !== 'admin';
    const spent = now !== undefined && replaceable && now.used + requests > this.#budget;
    // A described identity has one account; what ends its session gets a session of its own.
    const again = disposable && (replaceable || this.#scheme.kind === 'described');
    if (now !== undefined && !spent && !again) return now;
    const made = await this.#make(identity);
    this.#secrets.add(made.password, made.access, made.refresh, made.key, made.csrf);
    this.#secrets.add(made.cookie?.split('=').slice(1).join('='));
    if (!disposable) this.#current.set(identity, made);
    return made;
  }

  async #make(identity: IdentityId): Promise<Principal> {
    const scheme = this.#scheme;
    if (scheme.kind === 'none') throw new Unavailable(scheme.why);
    if (scheme.kind === 'described') return this.#described(identity, scheme.identities[identity]);
    if (scheme.type === 'apikey') return this.#withKey(identity, scheme.prefix);
    const account =
      identity === 'admin'
        ? { email: this.#known.adminEmail, password: this.#known.adminPassword }
        : await this.#registered(identity, scheme.prefix);
    return this.signIn(identity, account.email, account.password);
  }

  async #registered(
    identity: IdentityId,
    prefix: string,
  ): Promise<{ email: string; password: string }> {
    const email = `${identity}-${randomBytes(6).toString('hex')}@proof.example`;
    const password = `Proof ${randomBytes(15).toString('base64url')}`;
    const answer = await this.#post(`${prefix}/register`, { email, password });
    if (answer.status >= 300) throw refused(`POST ${prefix}/register`, answer);
    return { email, password };
  }

  /** Signs an account in through the emitted endpoints. */
  async signIn(identity: IdentityId, email: string, password: string): Promise<Principal> {
    if (this.#scheme.kind !== 'own') throw new Unavailable('the application signs in its own way');
    const { prefix } = this.#scheme;
    const answer = await this.#post(`${prefix}/login`, { email, password });
    if (answer.status !== 200) throw refused(`POST ${prefix}/login`, answer);
    const body = jsonOf(answer);
    const principal: Principal = {
      ...nobody(identity),
      email,
      password,
      access: text(pointer(body, '/accessToken')),
      refresh: text(pointer(body, '/refreshToken')),
      cookie: this.#scheme.type === 'session' ? sessionCookie(answer) : undefined,
    };
    if (principal.cookie !== undefined) {
      const csrf = await this.#get(`${prefix}/csrf`, principal);
      principal.csrf = text(pointer(jsonOf(csrf), '/csrfToken'));
    }
    const me = await this.#get(`${prefix}/me`, principal);
    principal.id = text(pointer(jsonOf(me), '/id'));
    return principal;
  }

  async #withKey(identity: IdentityId, prefix: string): Promise<Principal> {
    if (identity === 'admin') {
      const admin = { ...nobody(identity), key: this.#known.adminKey };
      const me = await this.#get(`${prefix}/me`, admin);
      if (me.status !== 200) throw refused(`GET ${prefix}/me with SECURITY_ADMIN_KEY`, me);
      return { ...admin, id: text(pointer(jsonOf(me), '/id')), used: 1 };
    }
    const admin = await this.get('admin', 1, false);
    admin.used += 1;
    const answer = await this.#post(`${prefix}/keys`, { name: `proof ${identity}` }, admin);
    if (answer.status !== 201) throw refused(`POST ${prefix}/keys`, answer);
    const body = jsonOf(answer);
    return {
      ...nobody(identity),
      key: text(pointer(body, '/key')),
      id: text(pointer(body, '/id')),
    };
  }

  async #described(
    identity: IdentityId,
    described: DescribedIdentity | undefined,
  ): Promise<Principal> {
    if (described === undefined) {
      throw new Unavailable(`secure.yaml describes no identity "${identity}"`);
    }
    const { method, path, json, form } = described.login;
    const body =
      form === undefined ? JSON.stringify(json ?? {}) : new URLSearchParams(form).toString();
    const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
    const answer = await this.#client.send({
      method,
      target: path,
      headers: [['Content-Type', type]],
      body: Buffer.from(fromEnvironment(body)),
      address: this.#addresses.of(undefined),
    });
    if (answer.status >= 400 || answer.status === 0) throw refused(`${method} ${path}`, answer);
    const access =
      described.token === undefined ? undefined : text(pointer(jsonOf(answer), described.token));
    const cookie = described.cookie === undefined ? undefined : cookieOf(answer, described.cookie);
    if (access === undefined && cookie === undefined) {
      const where = described.token ?? `the cookie ${described.cookie ?? ''}`;
      throw new Unavailable(
        `the login of "${identity}" answered ${answer.status} without ${where}`,
      );
    }
    return {
      ...nobody(identity),
      access,
      cookie: cookie === undefined ? undefined : `${described.cookie}=${cookie}`,
    };
  }

  #post(path: string, json: unknown, principal?: Principal): Promise<Answer> {
    return this.#client.send({
      method: 'POST',
      target: path,
      headers: [
        ['Content-Type', 'application/json'],
        ['Sec-Fetch-Site', 'same-origin'],
        ...(principal === undefined ? [] : credentials(principal)),
      ],
      body: Buffer.from(JSON.stringify(json)),
      address: this.#addresses.of(undefined),
    });
  }

  #get(path: string, principal: Principal): Promise<Answer> {
    principal.used += 1;
    const headers = credentials(principal);
    return this.#client.send({
      method: 'GET',
      target: path,
      headers,
      address: this.#addresses.of(undefined),
    });
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** `${NAME}` in a described login stands for a variable, so that no password has to be in secure.yaml. */
function fromEnvironment(body: string): string {
  return body.replace(/\$\{(\w+)\}/g, (all, name: string) => process.env[name] ?? all);
}

function refused(what: string, answer: Answer): Unavailable {
  const said = answer.status === 0 ? (answer.error ?? 'nothing') : String(answer.status);
  return new Unavailable(`${what} answered ${said}`);
}
