'use strict';
// Where functions and classes are written, as the debugger of this process knows it.

const inspector = require('node:inspector');
const { relative, sep } = require('node:path');
const { fileURLToPath } = require('node:url');

let session;
const scripts = new Map();

function connected() {
  if (session) return session;
  session = new inspector.Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, params.url));
  session.post('Debugger.enable');
  return session;
}

/** File, seen from the working directory, and line of a function; `undefined` for a native one. */
function locate(fn) {
  if (typeof fn !== 'function') return undefined;
  try {
    const { objectId } = asked(
      'Runtime.evaluate',
      { expression: 'globalThis.__liveHandler' },
      fn,
    ).result;
    const own = asked('Runtime.getProperties', { objectId, ownProperties: true });
    const at = own.internalProperties?.find((one) => one.name === '[[FunctionLocation]]');
    const found = at?.value?.value;
    const url = found && scripts.get(found.scriptId);
    return url ? { file: local(url), line: found.lineNumber + 1 } : undefined;
  } catch {
    return undefined;
  }
}

/** The answer of the debugger: in the same process it comes before `post` returns. */
function asked(method, params, fn) {
  let answer;
  if (fn) globalThis.__liveHandler = fn;
  connected().post(method, params, (error, given) => {
    if (!error) answer = given;
  });
  delete globalThis.__liveHandler;
  return answer;
}

function local(file) {
  const path = file.startsWith('file://') ? fileURLToPath(file) : file;
  return relative(process.cwd(), path).split(sep).join('/');
}

module.exports = { local, locate };
