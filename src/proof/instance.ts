import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Secrets } from './evidence.ts';
import { Addresses, Client, originOf } from './http.ts';
import { Identities } from './identities.ts';
import type { Scheme } from './principal.ts';
import { spawnApp } from './process.ts';
import { type TestSecrets, testEnvironment, testSecrets } from './secrets.ts';

/** One running application with its callers. */
export interface Instance {
  client: Client;
  identities: Identities;
  addresses: Addresses;
  known: TestSecrets;
  output: () => string;
  alive: () => boolean;
  stop: () => Promise<void>;
}

/** Where applications under proof come from. */
export interface Stage {
  start: (environment: Readonly<Record<string, string>>) => Promise<Instance>;
  /** False with `--url`: it cannot be started with another environment, and its output is not ours. */
  restarts: boolean;
  secrets: Secrets;
}

export interface StageInput {
  argv: readonly string[];
  cwd: string;
  scheme: Scheme;
  /** NODE_ENV and APP_ENV. */
  mode: string;
  /** The owner's extra variables. */
  environment?: Readonly<Record<string, string>> | undefined;
  /** Requests that one principal may send in a window. */
  budget: number;
  chooses: boolean;
  timeout?: number | undefined;
}

/** Starts the owner's command anew for each instance: fresh database, fresh counters, the same secrets. */
export function localStage(input: StageInput): Stage {
  const secrets = new Secrets();
  const known = testSecrets();
  secrets.add(known.jwt, known.adminPassword, known.adminKey);
  return {
    restarts: true,
    secrets,
    start: async (environment) => {
      const directory = await mkdtemp(path.join(os.tmpdir(), 'secure-proof-'));
      const clean = (): Promise<void> => rm(directory, { recursive: true, force: true });
      const env = {
        ...testEnvironment(known, directory, input.mode),
        ...input.environment,
        ...environment,
      };
      const app = await spawnApp({
        argv: input.argv,
        cwd: input.cwd,
        env,
        timeout: input.timeout,
      }).catch(async (error: unknown) => {
        await clean();
        throw error;
      });
      const client = new Client({ protocol: 'http', host: app.host, port: app.port, base: '' });
      const addresses = new Addresses(input.chooses && app.host === '127.0.0.1');
      return {
        client,
        addresses,
        known,
        identities: new Identities({ ...input, client, addresses, known, secrets }),
        output: app.output,
        alive: app.alive,
        stop: async () => {
          await app.stop();
          await clean();
        },
      };
    },
  };
}

/** A running application at an address that the owner gave. */
export function urlStage(
  url: string,
  input: Pick<StageInput, 'scheme' | 'budget' | 'chooses'>,
): Stage {
  const secrets = new Secrets();
  const client = new Client(originOf(url));
  const known = testSecrets();
  return {
    restarts: false,
    secrets,
    start: async () => {
      const addresses = new Addresses(input.chooses && client.origin.host === '127.0.0.1');
      return {
        client,
        addresses,
        known,
        identities: new Identities({ ...input, client, addresses, known, secrets }),
        output: () => '',
        alive: () => true,
        stop: async () => undefined,
      };
    },
  };
}
