import { expect, test } from 'vitest';
import { readFastapi } from '../src/frameworks/fastapi/reader.ts';
import { printPolicy } from '../src/frameworks/python/print.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import { decide } from '../src/policy/decide.ts';
import { pythonProject } from './surfaces-python.ts';

async function policyOf(text: string) {
  const project = { ...pythonProject('fastapi'), tree: memoryTree({ 'app.py': text }) };
  const surface = await readFastapi(project);
  return decide({
    project,
    surface,
    postures: [
      {
        control: 'validation',
        title: 'Input validation',
        state: 'Complete',
        good: true,
        evidence: 'fastapi before every route',
        places: [],
        confidence: 'high',
      },
    ],
    level: 'standard',
    auth: undefined,
    file: undefined,
    selected: () => true,
  });
}

test('documentation stays open to a browser, and the owner is asked about it', async () => {
  const { decisions } = await policyOf('from fastapi import FastAPI\napp = FastAPI()\n');
  const shown = decisions.map(({ route, access, needsAnswer }) => [route, access, needsAnswer]);
  expect(shown).toEqual([
    ['GET /openapi.json', 'public', true],
    ['GET /docs', 'public', true],
    ['GET /docs/oauth2-redirect', 'public', true],
    ['GET /redoc', 'public', true],
  ]);
});

test('documentation that is switched off has no row', async () => {
  const { decisions } = await policyOf(
    'from fastapi import FastAPI\napp = FastAPI(docs_url=None, redoc_url=None)\n',
  );
  expect(decisions.map(({ route }) => route)).toEqual(['GET /openapi.json']);
});

test('schemas of the application do not replace the bound of a body', async () => {
  const { kept } = await policyOf('from fastapi import FastAPI\napp = FastAPI()\n');
  expect(kept.validation).toBeUndefined();
});

test('a websocket keeps its access, and the owner is asked about it', async () => {
  const policy = await policyOf(
    'from fastapi import FastAPI, WebSocket\napp = FastAPI(openapi_url=None)\n\n@app.websocket("/ws/{room}")\nasync def room(socket: WebSocket, room: str):\n    await socket.accept()\n',
  );
  expect(policy.decisions).toMatchObject([
    { route: 'WS /ws/{room}', access: 'public', needsAnswer: true },
  ]);
  expect(printPolicy(policy)).toContain('"method": "WS",\n            "path": "/ws/{room}"');
});
