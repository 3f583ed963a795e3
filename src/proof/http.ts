import net from 'node:net';
import tls from 'node:tls';
import { type Answer, parseAnswer } from './wire.ts';

/** The one application that requests go to. */
export interface Origin {
  protocol: 'http' | 'https';
  host: string;
  port: number;
  /** In front of every request target, from the path of `--url`. */
  base: string;
}

/** A request with everything filled in. */
export interface Sent {
  method: string;
  target: string;
  headers: readonly (readonly [string, string])[];
  body?: Buffer | undefined;
  chunked?: boolean | undefined;
  raw?: Buffer | undefined;
  /** Client address; loopback applications alone. */
  address?: string | undefined;
  timeout?: number | undefined;
}

/**
 * A plain HTTP/1.1 client that goes to one origin and nowhere else: whatever stands in the request
 * target or in a redirect, the bytes go to this host. It sends the target and duplicate headers as
 * given, where client libraries normalise or refuse them.
 */
export class Client {
  readonly origin: Origin;

  constructor(origin: Origin) {
    this.origin = origin;
  }

  /** Sends one request over a connection of its own; a broken connection is an answer with status 0. */
  send(request: Sent): Promise<Answer> {
    const begun = performance.now();
    return new Promise((resolve) => {
      const parts: Buffer[] = [];
      const socket = this.#connect(request.address);
      const head = request.method === 'HEAD' && request.raw === undefined;
      let done = false;
      const finish = (ended: boolean, error?: string): boolean => {
        if (done) return true;
        const parsed = parseAnswer(Buffer.concat(parts), head, ended);
        if (parsed === undefined && !ended) return false;
        done = true;
        clearTimeout(timer);
        const ms = performance.now() - begun;
        const none = { status: 0, headers: [], body: Buffer.alloc(0) };
        const why = parsed === undefined ? (error ?? 'the connection ended without an answer') : '';
        const answer = { ...(parsed ?? none), ms, closed: ended };
        socket.destroy();
        resolve(why === '' ? answer : { ...answer, error: why });
        return true;
      };
      const limit = request.timeout ?? 10_000;
      const timer = setTimeout(() => finish(true, `no answer in ${limit} ms`), limit);
      socket.on('data', (data: Buffer) => {
        parts.push(data);
        finish(false);
      });
      socket.once('end', () => finish(true));
      socket.once('close', () => finish(true));
      // A server that refuses a body may reset the connection after it has answered.
      socket.on('error', (error) => finish(true, error.message));
      socket.once(this.origin.protocol === 'https' ? 'secureConnect' : 'connect', () => {
        socket.write(request.raw ?? this.#bytes(request));
      });
    });
  }

  #connect(address: string | undefined): net.Socket {
    const { protocol, host, port } = this.origin;
    const own = address !== undefined && host === '127.0.0.1' ? { localAddress: address } : {};
    if (protocol === 'http') return net.connect({ host, port, ...own });
    // The owner named this address; a self-signed certificate of a staging host is not the claim.
    return tls.connect({
      host,
      port,
      servername: net.isIP(host) ? '' : host,
      rejectUnauthorized: false,
    });
  }

  #bytes(request: Sent): Buffer {
    const has = (name: string): boolean =>
      request.headers.some(([key]) => key.toLowerCase() === name);
    const lines = [`${request.method} ${this.origin.base}${request.target} HTTP/1.1`];
    if (!has('host')) lines.push(`Host: ${this.authority}`);
    for (const [name, value] of request.headers) lines.push(`${name}: ${value}`);
    if (!has('connection')) lines.push('Connection: close');
    const { body } = request;
    if (request.chunked === true) lines.push('Transfer-Encoding: chunked');
    else if (!has('content-length') && (body !== undefined || writes(request.method))) {
      lines.push(`Content-Length: ${body?.length ?? 0}`);
    }
    const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8');
    if (body === undefined) return head;
    if (request.chunked !== true) return Buffer.concat([head, body]);
    const size = Buffer.from(`${body.length.toString(16)}\r\n`);
    return Buffer.concat([head, size, body, Buffer.from('\r\n0\r\n\r\n')]);
  }

  /** `host:port` as the Host header has it. */
  get authority(): string {
    const { protocol, host, port } = this.origin;
    const name = host.includes(':') ? `[${host}]` : host;
    const usual = port === (protocol === 'https' ? 443 : 80);
    return usual ? name : `${name}:${port}`;
  }

  get url(): string {
    return `${this.origin.protocol}://${this.authority}`;
  }
}

function writes(method: string): boolean {
  return !['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method);
}

/** Client addresses of 127/8, one for each name and a new one for each nameless request. */
export class Addresses {
  /** False: this machine or this host has one client address. */
  readonly choose: boolean;
  readonly #named = new Map<string, string>();
  #next = 0;

  constructor(choose: boolean) {
    this.choose = choose;
  }

  of(name: string | undefined): string | undefined {
    if (!this.choose) return undefined;
    if (name === undefined) return this.#fresh();
    const known = this.#named.get(name) ?? this.#fresh();
    this.#named.set(name, known);
    return known;
  }

  #fresh(): string {
    this.#next += 1;
    const at = this.#next;
    return `127.${64 + ((at >> 16) & 63)}.${(at >> 8) & 255}.${at & 255}`;
  }
}

/** Whether this machine lets a client choose an address of 127/8: Linux does, macOS does not. */
export function choosesAddresses(): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer((socket) => socket.destroy());
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      const socket = net.connect({ host: '127.0.0.1', port, localAddress: '127.64.0.1' });
      const end = (answer: boolean): void => {
        socket.destroy();
        server.close();
        resolve(answer);
      };
      socket.once('connect', () => end(true));
      socket.once('error', () => end(false));
    });
  });
}

/** The address that the owner gave with `--url`. */
export function originOf(url: string): Origin {
  const parsed = new URL(url);
  const protocol = parsed.protocol === 'https:' ? 'https' : 'http';
  return {
    protocol,
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? (protocol === 'https' ? 443 : 80) : Number(parsed.port),
    base: parsed.pathname.replace(/\/$/, ''),
  };
}
