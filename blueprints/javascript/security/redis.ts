import { createClient, type RedisClientType } from 'redis';
import { urlOf } from './messages.js';

/**
 * One connection for everything that instances share. It never blocks the start: while Redis is away every
 * command fails at once, and each control decides what that means. One that no longer answers is away too.
 */
export function connect(url: string): RedisClientType | undefined {
  if (url === '') return undefined;
  // The error of a URL parser holds the URL, and that its password.
  if (!/^rediss?:$/.test(urlOf(url)?.protocol ?? '')) {
    throw new Error('REDIS_URL is no redis:// or rediss:// address');
  }
  const client = createClient({
    url,
    disableOfflineQueue: true,
    // Milliseconds. The ping keeps a quiet connection from looking like a dead one.
    pingInterval: 1000,
    socket: {
      connectTimeout: 2000,
      socketTimeout: 3000,
      reconnectStrategy: (retries: number) => Math.min(100 * 2 ** retries, 2000),
    },
  });
  // Without a listener a lost connection would end the process; the controls say what fails.
  client.on('error', () => undefined);
  client.connect().catch(() => undefined);
  return client as RedisClientType;
}
