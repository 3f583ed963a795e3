import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A Redis that a test takes away and gives back. */
export interface Between {
  url: string;
  become: (state: 'there' | 'gone' | 'silent') => void;
  stop: () => void;
}

/** A Redis that can go away: `gone` closes its connections, `silent` keeps them and says nothing. */
export async function proxyTo(target: string): Promise<Between> {
  const { hostname, port, pathname } = new URL(target);
  const sockets = new Set<Socket>();
  let state: 'there' | 'gone' | 'silent' = 'there';
  const server = createServer((client) => {
    if (state === 'gone') return client.destroy();
    const redis = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, redis],
      [redis, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => state === 'there' && to.write(data));
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = (server.address() as AddressInfo).port;
  return {
    url: `redis://127.0.0.1:${own}${pathname}`,
    become: (next) => {
      state = next;
      if (next === 'gone') for (const socket of sockets) socket.destroy();
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
