/** An answer as it came over the wire: header lines in order, duplicates kept. */
export interface Answer {
  /** 0 when the connection ended without an answer. */
  status: number;
  headers: readonly (readonly [string, string])[];
  body: Buffer;
  ms: number;
  /** The server ended the connection. */
  closed: boolean;
  /** Why there is no answer. */
  error?: string | undefined;
}

/** What a buffer holds so far: a whole answer, or `undefined` while more is needed. */
export function parseAnswer(
  data: Buffer,
  head: boolean,
  ended: boolean,
): Pick<Answer, 'status' | 'headers' | 'body'> | undefined {
  const end = data.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [statusLine = '', ...lines] = data.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? 0);
  const rest = data.subarray(end + 4);
  // Interim answers (RFC 9110 §15.2) come before the real one.
  if (status >= 100 && status < 200 && status !== 101) return parseAnswer(rest, head, ended);
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const body = bodyOf(rest, headers, head || status === 204 || status === 304, ended);
  return body === undefined ? undefined : { status, headers, body };
}

function bodyOf(
  rest: Buffer,
  headers: Answer['headers'],
  none: boolean,
  ended: boolean,
): Buffer | undefined {
  if (none) return Buffer.alloc(0);
  const value = (name: string): string | undefined =>
    headers.find(([key]) => key.toLowerCase() === name)?.[1];
  if (value('transfer-encoding')?.toLowerCase().includes('chunked')) {
    return dechunk(rest) ?? (ended ? rest : undefined);
  }
  const length = value('content-length');
  if (length === undefined) return ended ? rest : undefined;
  if (rest.length < Number(length)) return ended ? rest : undefined;
  return rest.subarray(0, Number(length));
}

function dechunk(data: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = data.indexOf('\r\n', at);
    if (line === -1) return undefined;
    const size = Number.parseInt(data.subarray(at, line).toString('latin1'), 16);
    if (Number.isNaN(size)) return undefined;
    if (size === 0) return Buffer.concat(parts);
    if (data.length < line + 2 + size + 2) return undefined;
    parts.push(data.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}

/** Values of one header, in their order. */
export function valuesOf(answer: Pick<Answer, 'headers'>, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return answer.headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
}

/** The value of a cookie that the answer sets. */
export function cookieOf(answer: Pick<Answer, 'headers'>, name: string): string | undefined {
  return valuesOf(answer, 'set-cookie')
    .map((line) => line.split(';')[0] ?? '')
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

/** The body as JSON, `undefined` when it is none. */
export function jsonOf(answer: Pick<Answer, 'body'>): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    return undefined;
  }
}
