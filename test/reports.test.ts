import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { marked } from 'marked';
import { describe, expect, test } from 'vitest';
import type { Project } from '../src/project/project.ts';
import type { TestRun } from '../src/proof/owner-tests.ts';
import type { Proof } from '../src/proof/prove.ts';
import { reporterFor, reporters } from '../src/reports/index.ts';
import { jsonValue } from '../src/reports/json.ts';
import { owaspChecklist } from '../src/reports/owasp.ts';
import type { ReportProject, ReportProof, ReportScan, ReportTests } from '../src/reports/report.ts';
import { sarifLog } from '../src/reports/sarif.ts';
import { auditText, terminalReport } from '../src/reports/terminal.ts';
import { diffText } from '../src/reports/terminal-plan.ts';
import type { Scan } from '../src/scanners/scanner.ts';
import { hostile, sampleReport } from './report-sample.ts';
import { route, surface } from './surfaces.ts';

const none = {
  bold: String,
  dim: String,
  red: String,
  green: String,
  yellow: String,
  cyan: String,
};
const look = { paint: none, width: 120 };
const empty = (): ReturnType<typeof sampleReport> => {
  const {
    plan: _p,
    proof: _q,
    tests: _t,
    scanners: _s,
    reviews: _r,
    known: _k,
    ...rest
  } = sampleReport();
  return { ...rest, target: '.', postures: [], findings: [], decisions: [], surface: surface() };
};

test('stages hand their values over as they are', () => {
  // Compiles only while the report's shapes admit what the stages make.
  const proof = (value: Proof): ReportProof => value;
  const tests = (value: TestRun): ReportTests => value;
  const scan = (value: Scan): ReportScan => value;
  const project = (value: Project): ReportProject => value;
  expect([proof, tests, scan, project]).toHaveLength(4);
});

describe('terminal', () => {
  test('nothing of the code base is obeyed by the terminal', () => {
    const text = terminalReport(sampleReport(), look);
    expect(text).toContain('\\u{1b}');
    expect(text.replaceAll('\n', '').match(/[\p{Cc}\p{Cf}]/gu)).toBeNull();
    expect(diffText(`+${hostile.ansi}\r\n`, look)).toContain('␍\n');
  });

  test.each([60, 80, 120, 200])('no table is wider than %i columns', (width) => {
    const lines = auditText(sampleReport(), { paint: none, width }).split('\n').slice(3);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  test('posture is aligned: title, state, evidence, place', () => {
    const report = sampleReport({
      project: { ...sampleReport().project, notes: [] },
      postures: [
        sampleReport().postures[0]!,
        {
          control: 'auth',
          title: 'Authentication',
          state: 'Token',
          good: true,
          evidence: 'jsonwebtoken',
          places: [{ file: 'src/auth.ts', line: 7 }],
          confidence: 'high',
        },
      ],
    });
    expect(auditText(report, look).split('\n').slice(0, 4)).toEqual([
      `express 5.1.0 · TypeScript, ES modules · pnpm · 2 routes in 2 files${' '.repeat(38)}84 ms`,
      '',
      '  Security headers  Missing  no header middleware before the first route  src/app.ts:12',
      '  Authentication    Token    jsonwebtoken                                 src/auth.ts:7',
    ]);
  });

  test('the proof says what failed, what it means, and why the rest was not run', () => {
    const text = terminalReport(sampleReport(), look);
    expect(text).toContain(
      'Proof: 1 proved · 1 failed · 2 not run   1 of 2 controls noticed when removed',
    );
    expect(text).toMatch(/✖ J-24/);
    expect(text).toMatch(/not run\s+2\s+no TLS here\s+H-6 H-7/);
    expect(text).toContain('without cors every probe holds');
    expect(text).toMatch(/your tests: 40 passed, 1 failed/);
  });

  test('stages that did not run are left out', () => {
    const text = terminalReport(empty(), look);
    expect(text).not.toMatch(/Plan|Proof|OWASP|tests/);
    expect(text).toContain('no findings');
  });
});

describe('markdown', () => {
  const text = reporters.md(sampleReport());
  const page = marked.parse(text, { gfm: true, async: false });

  test('rendered, names of the code base are no link, image, tag, mention or command', () => {
    expect(page).not.toMatch(/<(a|img|script|b)[\s>]/);
    const prose = page.replace(/<code[\s\S]*?<\/code>/g, '');
    expect(prose).not.toMatch(/@everyone|https?:\/\/evil/);
    expect(prose).toContain('alert(1)');
  });

  test('rendered, every table keeps its columns and every fence its content', () => {
    const heads = { Posture: 5, Findings: 5, Plan: 3, Proved: 4, OWASP: 4, Routes: 5 };
    for (const [title, count] of Object.entries(heads)) {
      const table = page
        .slice(page.search(new RegExp(`<h[23]>${title}`)))
        .match(/<table>[\s\S]*?<\/table>/)?.[0];
      const rows = table?.split('<tr>').slice(1) ?? [];
      expect(rows.length, title).toBeGreaterThan(1);
      for (const row of rows) expect(row.match(/<t[hd]>/g), title).toHaveLength(count);
    }
    // Two evidences, the text to paste and the diff.
    expect(page.match(/<pre>/g)).toHaveLength(3);
  });
});

describe('JSON', () => {
  test('has the promised shape', () => {
    const value = JSON.parse(reporters.json(sampleReport()));
    expect(value.version).toBe(1);
    expect(value.surface.routes[0]).toMatchObject({
      method: 'GET',
      path: '/notes/:id',
      source: 'src/routes/notes.js:12',
      guards: [{ name: 'requireUser', kinds: ['auth'], source: 'src/auth.js:3' }],
      access: 'user',
    });
    expect(value.findings[0]).toMatchObject({
      source: expect.stringMatching(/:\d+$/),
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(value.plan.changes).toHaveLength(2);
    expect(value.proof.counts).toEqual({ proved: 1, failed: 1, notRun: 2 });
    expect(value.owasp).toHaveLength(20);
    expect(Object.keys(value)).toEqual(Object.keys(jsonValue(sampleReport())));
  });

  test('leaves out what was not run', () => {
    const value = JSON.parse(reporters.json(empty()));
    for (const part of ['plan', 'proof', 'tests', 'scanners', 'reviews'])
      expect(value).not.toHaveProperty(part);
  });
});

describe('SARIF', () => {
  // Draft 4; what it says is the same in draft 7 but for the name of its id.
  const {
    $schema: _draft,
    id: _id,
    ...schema
  } = JSON.parse(
    readFileSync(
      path.resolve(
        import.meta.dirname,
        '../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
      ),
      'utf8',
    ),
  );
  const ajv = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const valid = ajv.compile(schema);

  test.each([
    ['everything', sampleReport()],
    ['nothing', empty()],
  ])('a log of %s is valid by the schema', (_name, report) => {
    valid(JSON.parse(reporters.sarif(report)));
    expect(valid.errors ?? []).toEqual([]);
  });

  test('results name a rule of the log, a relative place and a fingerprint', () => {
    const [run] = sarifLog(
      sampleReport({ project: { ...sampleReport().project, member: 'apps/api' } }),
    ).runs;
    const rules = run?.tool.driver.rules ?? [];
    for (const result of run?.results ?? []) {
      expect(rules[result.ruleIndex ?? -1]?.id).toBe(result.ruleId);
      const uri = result.locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? '';
      expect(new URL(uri, 'file:///root/').href).toMatch(/^file:\/\/\/root\/apps\/api\/src\//);
      expect(result.partialFingerprints?.['secure/v1']).toMatch(/^[0-9a-f]{32}$/);
    }
    expect(run?.results).toHaveLength(2);
    expect(rules.every((rule) => rule.helpUri === undefined)).toBe(true);
    expect(run?.invocations?.[0]?.toolExecutionNotifications).toHaveLength(1);
  });
});

describe('OWASP checklist', () => {
  const markIn = (category: string, over = {}) =>
    owaspChecklist(sampleReport(over)).find(
      (mark) => `${mark.category}:${mark.edition}` === category,
    );

  test('has ten categories of each edition, every mark with its evidence', () => {
    const marks = owaspChecklist(sampleReport());
    expect(marks.map(({ edition, category }) => `${category}:${edition}`)).toHaveLength(20);
    expect(marks.filter(({ evidence }) => evidence === '')).toEqual([]);
  });

  test('a failed probe marks its category, and a proved one says how many', () => {
    expect(markIn('A01:2021')).toMatchObject({ mark: 'failed', probes: ['J-24'] });
    expect(markIn('A05:2021')).toMatchObject({
      mark: 'proved',
      evidence: expect.stringContaining('1 probe held, 2 not run'),
    });
  });

  test('probes that could not run prove nothing', () => {
    expect(markIn('A02:2021')).toMatchObject({
      mark: 'not-run',
      evidence: expect.stringContaining('no TLS here'),
    });
  });

  test('without a proof everything is static, with findings counted', () => {
    const marks = owaspChecklist({ ...sampleReport(), proof: undefined });
    expect(marks.some(({ mark }) => mark === 'proved' || mark === 'failed')).toBe(false);
    const open = marks.find(({ edition, category }) => edition === '2021' && category === 'A07');
    expect(open).toMatchObject({
      mark: 'static',
      open: 2,
      evidence: expect.stringContaining('2 findings, first cors/any-origin-with-credentials at'),
    });
  });

  test('a finding that the security folder overrides is open nowhere', () => {
    const report = sampleReport();
    const findings = report.findings.map((one) => ({ ...one, overridden: 'overridden by x' }));
    const marks = owaspChecklist({ ...report, findings });
    expect(report.findings.length).toBeGreaterThan(0);
    expect(marks.map(({ open }) => open).filter((open) => open > 0)).toEqual([]);
  });

  test('components are never proved: what the scanner said, or that none was asked', () => {
    expect(markIn('A06:2021')).toMatchObject({
      mark: 'static',
      evidence: expect.stringContaining('npm audit: 2 known, bandit not run: not installed'),
    });
    expect(markIn('A03:2025', { scanners: [] })).toMatchObject({ mark: 'not-run' });
  });

  test('SSRF is not applicable only where everything was read and nothing goes out', () => {
    expect(markIn('A10:2021')?.mark).toBe('static');
    const read = surface({ routes: [route('GET /a')] });
    expect(markIn('A10:2021', { surface: read })?.mark).toBe('not-applicable');
    const out = surface({ routes: [route('GET /a', { traits: ['outbound-url'] })] });
    expect(markIn('A10:2021', { surface: out })?.mark).toBe('static');
  });
});

test('the file name chooses the reporter', () => {
  expect(reporterFor('a/report.HTML')).toBe(reporters.html);
  expect(reporterFor('x.sarif')).toBe(reporters.sarif);
  expect(reporterFor('x.constructor')).toBeUndefined();
  expect(reporterFor('report')).toBeUndefined();
});
