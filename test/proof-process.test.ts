import { describe, expect, it } from 'vitest';
import { Client } from '../src/proof/http.ts';
import { run, spawnApp } from '../src/proof/process.ts';
import { switchOff } from '../src/proof/switch.ts';

const node = (code: string) => ({ argv: ['node', '-e', code], cwd: process.cwd(), env: {} });

describe('spawnApp', () => {
  it('finds the port of an application that ignores PORT', async () => {
    const code = "require('http').createServer((q,s)=>s.end('hi')).listen(0,'127.0.0.1')";
    const app = await spawnApp(node(code));
    const client = new Client({ protocol: 'http', host: app.host, port: app.port, base: '' });
    const answer = await client.send({ method: 'GET', target: '/', headers: [] });
    await app.stop();
    expect(answer.body.toString()).toBe('hi');
  });

  it('says the last lines of one that ends', async () => {
    await expect(spawnApp(node("console.error('no database');process.exit(3)"))).rejects.toThrow(
      /ended before it listened \(3\).*no database/s,
    );
  });

  it('stops one that never listens', async () => {
    const silent = { ...node('setInterval(() => {}, 1000)'), timeout: 400 };
    await expect(spawnApp(silent)).rejects.toThrow(/listens on no port/);
  });

  it('leaves no process behind that the application started', async () => {
    const inner =
      "require('http').createServer((q,s)=>s.end()).listen(process.env.PORT,'127.0.0.1')";
    const code = `require('child_process').spawn('node',['-e',${JSON.stringify(inner)}])`;
    const app = await spawnApp(node(code));
    await app.stop();
    const client = new Client({ protocol: 'http', host: app.host, port: app.port, base: '' });
    const answer = await client.send({ method: 'GET', target: '/', headers: [], timeout: 1000 });
    expect(answer.status).toBe(0);
  });
});

describe('run', () => {
  it('tells a missing program from a failing one', async () => {
    const missing = await run(['secure-no-such-program'], { cwd: process.cwd() });
    const failing = await run(['node', '-e', 'process.exit(4)'], { cwd: process.cwd() });
    expect([missing.missing, failing.missing, failing.code]).toEqual([true, false, 4]);
  });

  it('ends a command that takes too long', async () => {
    const ran = await run(['node', '-e', 'setInterval(()=>{},1000)'], {
      cwd: process.cwd(),
      timeout: 300,
    });
    expect(ran.timedOut).toBe(true);
  });
});

describe('switchOff', () => {
  it('changes one word of a printed TypeScript policy', () => {
    const text =
      "export const policy = {\n  level: 'standard',\n  controls: {\n    headers: true,\n    cors: true,\n  },\n  files: { headers: true },\n};\n";
    expect(switchOff(text, 'headers')).toBe(text.replace('headers: true', 'headers: false'));
  });

  it('changes one word of a printed Python policy', () => {
    const text =
      'POLICY = {\n    "controls": {\n        "headers": True,\n        "cors": True,\n    },\n}\n';
    expect(switchOff(text, 'cors')).toBe(text.replace('"cors": True', '"cors": False'));
  });

  it('passes over a comment that speaks of controls', () => {
    const text =
      '# controls: (see docs)\npolicy = Policy(controls=Controls(headers=True, cors=True))\n';
    expect(switchOff(text, 'cors')).toBe(text.replace('cors=True', 'cors=False'));
  });

  it('refuses a control that is off already', () => {
    expect(() => switchOff('controls: { csrf: false }', 'csrf')).toThrow(/no control "csrf"/);
  });
});
