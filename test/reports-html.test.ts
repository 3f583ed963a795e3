import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prove } from '../src/proof/prove.ts';
import { htmlReport } from '../src/reports/html.ts';
import type { Report } from '../src/reports/report.ts';
import { proofInput } from './proof-input.ts';
import { hostile, sampleReport } from './report-sample.ts';
import { route, surface } from './surfaces.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const folder = mkdtempSync(path.join(os.tmpdir(), 'secure-report-'));
let browser: Browser;

beforeAll(async () => {
  if (!existsSync(executablePath))
    throw new Error('run scripts/chromium.mjs first: it installs Chromium');
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a report about hostile code runs nothing, loads nothing and complains about nothing', async () => {
  const { page, said, loaded } = await opened(sampleReport(), 'hostile');
  expect(said).toEqual([]);
  expect(loaded).toHaveLength(1);
  expect(await page.locator('script, img, iframe, link, [onerror], [style]').count()).toBe(0);
  const body = String(await page.evaluate('document.body.textContent'));
  expect(body).toContain(hostile.html);
  expect(body.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  await page.close();
});

test('what slips through the escaping is still not run', async () => {
  const report = htmlReport(sampleReport()).replace(
    '<main>',
    '<main><script>document.title = "owned"</script><p style="color:red">',
  );
  const { page, said } = await show(report, 'slipped');
  expect(await page.title()).not.toBe('owned');
  expect(said.filter((text) => text.includes('Content Security Policy'))).toHaveLength(2);
  await page.close();
});

test('a real proof is readable: signs of the matrix lead to their exchange, light, dark and narrow', async () => {
  const input = proofInput('bare');
  const proof = await prove(input);
  const routes = input.policy.decisions.map((decision) => route(decision.route));
  const {
    plan: _plan,
    tests: _tests,
    scanners: _scanners,
    reviews: _reviews,
    ...base
  } = sampleReport();
  const report: Report = {
    ...base,
    target: '.',
    project: { ...base.project, notes: [] },
    findings: base.findings.slice(1),
    postures: base.postures.slice(0, 1),
    surface: surface({ routes, read: { files: 3, bytes: 4000 } }),
    decisions: input.policy.decisions,
    proof,
  };
  const { page, said } = await opened(report, 'proof');
  expect(said).toEqual([]);
  const links = page.locator('#routes td a');
  expect(await links.count()).toBe(proof.matrix.length);
  for (const href of await links.evaluateAll((all) => all.map((a) => a.getAttribute('href')))) {
    expect(await page.locator(`details${href}`).count(), href ?? '').toBe(1);
  }
  expect(await page.locator('#evidence details[open]').count()).toBe(proof.counts.failed);
  expect(proof.counts.failed).toBeGreaterThan(10);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1280, height: 1400 });
    await shot(page, `proof-${colorScheme}`);
  }
  await page.setViewportSize({ width: 400, height: 900 });
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect(await page.evaluate(overflow)).toBe(0);
  await shot(page, 'proof-narrow');
  await page.close();
}, 120_000);

function opened(report: Report, name: string) {
  return show(htmlReport(report), name);
}

async function show(text: string, name: string) {
  const file = path.join(folder, `${name}.html`);
  writeFileSync(file, text);
  const page = await browser.newPage();
  const said: string[] = [];
  const loaded: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('dialog', (dialog) => said.push(dialog.message()));
  page.on('request', (request) => loaded.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, said, loaded };
}

/** Kept where SCREENSHOTS names a folder, for a person to look at. */
async function shot(page: Page, name: string): Promise<void> {
  const image = await page.screenshot({ fullPage: process.env.SCREENSHOTS !== undefined });
  expect(image.length).toBeGreaterThan(10_000);
  const to = process.env.SCREENSHOTS;
  if (to !== undefined) writeFileSync(path.join(to, `${name}.png`), image);
}
