'use strict';
// Loaded before the application (`node --require …`) while it is proven: a request that carries the word of this
// run in X-Secure-Proof meets an error behind the first middleware, as if a handler had thrown it. Every other
// request passes, and nothing of the application is changed.

const Module = require('node:module');
const { join } = require('node:path');

const word = process.env.SECURE_PROOF_FAULT;
const patched = new WeakSet();
const faulty = new WeakSet();

function patch(express) {
  const { application } = express ?? {};
  if (typeof application?.use !== 'function' || patched.has(application)) return;
  patched.add(application);
  const { use } = application;
  application.use = function useAndFail(...given) {
    const made = use.apply(this, given);
    if (!faulty.has(this)) {
      faulty.add(this);
      use.call(this, fault);
    }
    return made;
  };
}

function fault(req, _res, next) {
  if (req.headers['x-secure-proof'] !== word) return next();
  return next(new Error('secure-proof-fault in /srv/application/secret.js'));
}

if (word) {
  const { _load } = Module;
  Module._load = function load(request, ...rest) {
    const loaded = _load.call(this, request, ...rest);
    // Express is a function; another module may throw at a name that it does not know.
    if (typeof loaded === 'function' && loaded.application) patch(loaded);
    return loaded;
  };
  // An ES module's import does not pass the loader above, but it shares the loaded copy.
  for (const from of [process.cwd(), join(process.argv[1] ?? process.cwd(), '..')]) {
    try {
      patch(Module.createRequire(join(from, 'package.json'))('express'));
    } catch {
      // It is installed elsewhere; the loader above meets it there.
    }
  }
}
