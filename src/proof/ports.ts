import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import net from 'node:net';

/** A free port of 32768 or above: below live well-known development ports and what browsers refuse. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = 32_768 + Math.floor(Math.random() * 28_000);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port between 32768 and 60767');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

/** Whether something accepts connections there. */
export function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(500, () => end(false));
    // A connection to an ephemeral port where nobody listens may get that port for itself and meet itself.
    socket.once('connect', () => end(socket.localPort !== port));
    socket.once('error', () => end(false));
  });
}

/**
 * TCP ports on which a process group listens, from `/proc`: how an application is found that
 * ignores PORT. Empty where there is no `/proc`.
 */
export function listeningPorts(group: number): readonly number[] {
  const inodes = new Set(membersOf(group).flatMap(socketsOf));
  if (inodes.size === 0) return [];
  return [...new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => inFile(file, inodes)))];
}

function membersOf(group: number): string[] {
  return entries('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    // The command may hold spaces and brackets: fields are counted after its last bracket (proc(5)).
    const fields = text(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(fields[2]) === group;
  });
}

function socketsOf(pid: string): string[] {
  return entries(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode === undefined ? [] : [inode];
    } catch {
      return [];
    }
  });
}

function inFile(file: string, inodes: ReadonlySet<string>): number[] {
  return text(file)
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      // 0A is TCP_LISTEN.
      if (fields[3] !== '0A' || !inodes.has(fields[9] ?? '')) return [];
      return [Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)];
    });
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
