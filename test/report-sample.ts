import { toFindings } from '../src/findings/judge.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import type { Report } from '../src/reports/report.ts';
import { route, surface } from './surfaces.ts';

/** What a code base would call things to take over the reader of a report. */
export const hostile = {
  ansi: '\u001b]0;owned\u0007\u001b[31mred\u001b[0m',
  html: '</td><script>alert(1)</script><img src=x onerror=alert(2)>"\'',
  markdown: '| [click](https://evil.example) ![x](https://evil.example/i.png) @everyone `<b>`',
  bidi: '\u202Egnp.exe',
} as const;

const everything = Object.values(hostile).join(' ');
const place = { file: `src/${everything}.js`, line: 7 };
const notes = route('GET /notes/:id', {
  place: { file: 'src/routes/notes.js', line: 12 },
  guards: [
    {
      name: 'requireUser',
      kinds: ['auth'],
      scope: 'route',
      place: { file: 'src/auth.js', line: 3 },
      detail: {},
      confidence: 'high',
    },
  ],
  params: [
    {
      name: 'id',
      in: 'path',
      type: 'string',
      optional: false,
      confidence: 'high',
      place: { file: 'src/routes/notes.js', line: 12 },
    },
  ],
});
const odd = route('POST /odd', { place, handler: { name: everything, place } });

/** A report with every stage in it, about a code base that means no good. */
export function sampleReport(over: Partial<Report> = {}): Report {
  return {
    tool: { name: 'secure', version: '0.1.0' },
    at: '2026-01-02T03:04:05.000Z',
    target: everything,
    project: {
      framework: 'express',
      frameworkVersion: '5.1.0',
      language: 'javascript',
      modules: 'esm',
      typescript: true,
      packageManager: 'pnpm',
      member: '',
      notes: [everything],
    },
    level: 'strict',
    auth: 'jwt',
    milliseconds: 84.4,
    surface: surface({
      routes: [notes, odd],
      unresolved: [{ what: everything, place }],
      notAnalysed: [{ file: place.file, reason: everything }],
      read: { files: 9, bytes: 20_000 },
    }),
    postures: [
      {
        control: 'headers',
        title: 'Security headers',
        state: 'Missing',
        good: false,
        evidence: 'no header middleware before the first route',
        places: [{ file: 'src/app.ts', line: 12 }],
        confidence: 'high',
      },
      {
        control: 'cors',
        title: 'CORS',
        state: 'Strict',
        good: true,
        evidence: everything,
        places: [place, place],
        confidence: 'low',
      },
    ],
    findings: toFindings(
      [
        {
          id: 'auth/admin-open',
          place: { file: 'src/routes/notes.js', line: 12 },
          route: 'GET /notes/:id',
          message: 'GET /notes/:id asks for no credential',
          confidence: 'high',
        },
        {
          id: 'cors/any-origin-with-credentials',
          place,
          message: everything,
          confidence: 'medium',
        },
      ],
      memoryTree({}),
    ),
    decisions: [
      {
        route: 'GET /notes/:id',
        method: 'GET',
        path: '/notes/:id',
        class: 'user',
        access: 'user',
        limit: 'api',
        csrf: false,
        body: 'none',
        reason: everything,
        confidence: 'low',
        needsAnswer: true,
        source: 'derived',
      },
    ],
    known: 2,
    plan: {
      steps: [{ control: 'headers', title: 'Security headers', files: [], edits: [], notes: [] }],
      left: [{ control: 'cors', why: everything }],
      cannot: [{ file: place.file, why: everything, paste: `\`\`\`\n${everything}\n` }],
      kept: [{ file: 'src/security/headers.ts', why: 'you edited it, so it stays as it is' }],
      changes: [
        { file: 'src/security/policy.ts', kind: 'new', added: 80, removed: 0 },
        { file: place.file, kind: 'edited', added: 2, removed: 1 },
      ],
      packages: [{ name: 'helmet', range: '^8.1.0', dev: false }],
      environment: [{ name: 'JWT_SECRET', why: everything, required: true, example: '' }],
      diff: `--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\r\n+${everything}\n`,
      applied: true,
    },
    proof: {
      target: 'http://127.0.0.1:40000',
      counts: { proved: 1, failed: 1, notRun: 2 },
      verdicts: [
        {
          probe: 'H-1/json',
          control: 'headers',
          title: 'headers stand',
          route: 'GET /notes/:id',
          identity: 'user',
          verdict: 'proved',
          evidence: [{ request: 'GET /notes/1', answer: `200\n${everything}` }],
        },
        {
          probe: 'J-24',
          control: 'authz',
          title: everything,
          route: 'GET /notes/:id',
          identity: 'anonymous',
          verdict: 'failed',
          why: everything,
          failure: everything,
          evidence: [{ request: `GET /\n\`\`\`\n${everything}`, answer: everything }],
        },
        {
          probe: 'H-6',
          control: 'headers',
          title: 'tls',
          identity: 'anonymous',
          verdict: 'not-run',
          why: 'no TLS here',
          evidence: [],
        },
        {
          probe: 'H-7',
          control: 'headers',
          title: 'hsts',
          identity: 'anonymous',
          verdict: 'not-run',
          why: 'no TLS here',
          evidence: [],
        },
      ],
      matrix: [
        {
          route: 'GET /notes/:id',
          identity: 'user',
          control: 'headers',
          verdict: 'proved',
          probes: ['H-1/json'],
        },
        {
          route: 'GET /notes/:id',
          identity: 'anonymous',
          control: 'authz',
          verdict: 'failed',
          probes: ['J-24'],
        },
      ],
      mutations: [
        { control: 'headers', outcome: 'noticed', why: '', probes: ['H-1'] },
        { control: 'cors', outcome: 'unnoticed', why: everything, probes: [] },
      ],
      live: { missing: [everything], extra: [] },
      ms: 1234,
    },
    tests: {
      before: { command: 'npm test', passed: 41, failed: 0, good: true, said: '' },
      after: { command: everything, passed: 40, failed: 1, good: false, said: everything },
    },
    scanners: [
      { scanner: 'npm audit', counts: { high: 2, low: 0 }, lines: [everything] },
      { scanner: 'bandit', notRun: 'not installed', counts: {}, lines: [] },
    ],
    reviews: [
      {
        reviewer: 'gemini',
        opinion: 'FAIL',
        findings: [{ severity: 'high', message: everything, place: everything }],
      },
    ],
    ...over,
  };
}
