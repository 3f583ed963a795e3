/** An Express application of one file in one of the ways in which people write it. */
export interface Shape {
  name: string;
  entry: string;
  /** Marked: `first` and `last` of what sets it up, `listen`. */
  text: string;
  more?: Readonly<Record<string, string>>;
  /** How the emitted folder is imported there. */
  imports?: string;
}

const esm = {
  'package.json': '{\n  "type": "module",\n  "dependencies": {\n    "express": "^5.1.0"\n  }\n}\n',
};
const notes = `import { Router } from 'express';

export const notes = Router();
notes.get('/', (_req, res) => { res.json([]); });
`;

export const shapes: readonly Shape[] = [
  {
    name: 'a script with a shebang and use strict',
    entry: 'server.js',
    text: `#!/usr/bin/env node
'use strict';

const express = require('express');

const app = express();
app.use(express.json()); // mark: first
app.get('/notes', (req, res) => res.json([])); // mark: last
app.listen(process.env.PORT || 3000); // mark: listen
`,
  },
  {
    name: 'one file that makes, registers and listens, without semicolons',
    entry: 'index.js',
    text: `const express = require('express')
const app = express()
const port = 3000

app.get('/', (req, res) => res.json({ hello: 'world' })) // mark: first

app.post('/notes', (req, res) => {
  res.json({})
}) // mark: last

app.listen(port, () => { // mark: listen
  console.log('up')
})
`,
  },
  {
    name: 'a factory',
    entry: 'app.js',
    text: `const express = require('express');

module.exports = function createApp(store) {
  const app = express();
  app.use(express.json()); // mark: first
  app.get('/notes', (req, res) => res.json(store.all()));
  app.use((err, req, res, next) => res.status(500).end()); // mark: last
  return app;
};
`,
  },
  {
    name: 'an arrow factory',
    entry: 'app.js',
    text: `const express = require('express');

const createApp = () => {
  const app = express();
  app.get('/notes', (req, res) => res.json([])); // mark: first, mark: last
  return app;
};

module.exports = { createApp };
`,
  },
  {
    name: 'an asynchronous start that listens',
    entry: 'server.js',
    text: `const express = require('express');
const app = express();

app.get('/notes', (req, res) => res.json([])); // mark: first, mark: last

async function start() {
  app.listen(3000); // mark: listen
}

start();
`,
  },
  {
    name: 'an asynchronous start that registers and listens',
    entry: 'server.js',
    text: `const express = require('express');
const app = express();
app.use(express.json()); // mark: first

async function start() {
  await new Promise(setImmediate);
  app.get('/notes', (req, res) => res.json([])); // mark: last
  app.listen(3000); // mark: listen
}

start();
`,
  },
  {
    name: 'a start behind a promise',
    entry: 'server.js',
    text: `const express = require('express');
const app = express();
app.use(express.json()); // mark: first

Promise.resolve().then(() => {
  app.get('/notes', (req, res) => res.json([])); // mark: last
  app.listen(3000); // mark: listen
});
`,
  },
  {
    name: 'routes that a function registers',
    entry: 'server.js',
    text: `const express = require('express');
const app = express();
setup(app); // mark: first, mark: last
app.listen(3000); // mark: listen

function setup(server) {
  server.get('/notes', (req, res) => res.json([]));
}
`,
  },
  {
    name: 'a class that keeps it',
    entry: 'app.js',
    text: `const express = require('express');

class Server {
  constructor() {
    this.app = express();
    this.app.use(express.json()); // mark: first
    this.app.get('/notes', (req, res) => res.json([]));
    this.app.get('/health', (req, res) => res.json({})); // mark: last
  }

  start() {
    this.app.listen(3000); // mark: listen
  }
}

module.exports = new Server();
`,
  },
  {
    name: 'a class whose constructor calls what registers',
    entry: 'app.js',
    text: `const express = require('express');

class Server {
  constructor() {
    this.app = express();
    this.middleware(); // mark: first
    this.routes(); // mark: last
  }

  middleware() {
    this.app.use(express.json());
  }

  routes() {
    this.app.get('/notes', (req, res) => res.json([]));
  }
}

new Server().app.listen(3000);
`,
  },
  {
    name: 'a class whose methods are called later',
    entry: 'app.js',
    text: `const express = require('express');

class Server {
  constructor() {
    this.app = express();
  }

  routes() {
    this.app.use(express.json()); // mark: first
    this.app.get('/notes', (req, res) => res.json([])); // mark: last
  }

  listen() {
    this.app.listen(3000); // mark: listen
  }
}

const server = new Server();
server.routes();
server.listen();
`,
  },
  {
    name: 'top-level await',
    entry: 'server.mjs',
    text: `import express from 'express';
import { connect } from './store.mjs';

const store = await connect();
const app = express();

app.use(express.json()); // mark: first
app.get('/notes', async (req, res) => res.json(await store.all())); // mark: last

await new Promise((resolve) => app.listen(3000, resolve)); // mark: listen
`,
    more: { 'store.mjs': 'export const connect = async () => ({ all: async () => [] });\n' },
  },
  {
    name: 'an exported constant',
    entry: 'app.js',
    text: `import express from 'express';

export const app = express();

app.get('/notes', (req, res) => res.json([])); // mark: first, mark: last
`,
    more: esm,
  },
  {
    name: 'a server of node:http',
    entry: 'server.js',
    text: `import { createServer } from 'node:http';
import express from 'express';

const app = express();
app.get('/notes', (req, res) => res.json([])); // mark: first, mark: last

const server = createServer(app); // mark: listen
server.listen(3000);
`,
    more: esm,
  },
  {
    name: 'TypeScript with endings',
    entry: 'src/app.ts',
    text: `import express, { type Express } from 'express';
import { notes } from './notes.js';

const app: Express = express();
app.use(express.json()); // mark: first
app.use('/notes', notes); // mark: last

export default app;
`,
    more: {
      ...esm,
      'tsconfig.json': '{ "compilerOptions": { "module": "nodenext", "strict": true } }\n',
      'src/notes.ts': notes,
    },
    imports: "'./security/index.js';",
  },
  {
    name: 'TypeScript without endings',
    entry: 'src/app.ts',
    text: `import express, { Application } from 'express';
import { notes } from './notes';

export function createApp(): Application {
    const app: Application = express();
    app.use('/notes', notes); // mark: first, mark: last
    return app;
}
`,
    more: {
      'package.json':
        '{\n  "dependencies": {\n    "express": "^4.21.0"\n  },\n  "devDependencies": {\n    "typescript": "^5.0.0"\n  }\n}\n',
      'tsconfig.json': '{ "compilerOptions": { "module": "commonjs", "esModuleInterop": true } }\n',
      'src/notes.ts': notes,
    },
    imports: "'./security/index';",
  },
];
