import { expect, test } from 'vitest';
import { plannedChanges } from '../src/changes/generated.ts';
import type { NewFile } from '../src/frameworks/framework.ts';
import { memoryTree } from '../src/kernel/tree.ts';

type Texts = Record<string, string>;

const folder = 'src/security';
const headers = `${folder}/headers.ts`;
const policyFile = `${folder}/policy.ts`;
const record = `${folder}/generated.txt`;

const policy = (
  level: string,
  routes: readonly string[] = ['GET /a', 'GET /b', 'GET /c'],
): string =>
  [
    'export const policy = {',
    `  level: '${level}',`,
    "  prefix: '/auth',",
    '  routes: [',
    ...routes.map((route) => `    '${route}',`),
    '  ],',
    '};',
    '',
  ].join('\n');

const plan = (level: string, routes?: readonly string[]): NewFile[] => [
  { file: headers, text: 'export const headers = 1;\n', kind: 'copied' },
  { file: policyFile, text: policy(level, routes), kind: 'printed' },
];

test('a second run is an empty change set', () => {
  const once = run({}, plan('strict'));
  expect(Object.keys(once)).toEqual([record, headers, policyFile]);
  expect(planned(once, plan('strict')).changes).toEqual([]);
});

test('strict to basic to strict is the same bytes, with edits of both kinds kept', () => {
  const texts = run({}, plan('strict'));
  texts[headers] += '// mine\n';
  texts[policyFile] = texts[policyFile]!.replace("'/auth'", "'/account'");
  const basic = run(texts, plan('basic'));
  expect(basic[policyFile]).toBe(policy('basic').replace("'/auth'", "'/account'"));
  expect(basic[headers]).toContain('// mine');
  expect(run(basic, plan('strict'))).toEqual(texts);
});

test('a fresh clone knows the edits, also when git gave it other line endings', () => {
  const texts = run({}, plan('strict'));
  texts[policyFile] = texts[policyFile]!.replace("'/auth'", "'/account'");
  const clone = Object.fromEntries(
    Object.entries(texts).map(([file, text]) => [file, text.replaceAll('\n', '\r\n')]),
  );
  expect(planned(clone, plan('strict')).changes).toEqual([]);
  const basic = run(clone, plan('basic'));
  const expected = policy('basic').replace("'/auth'", "'/account'");
  expect(basic[policyFile]).toBe(expected.replaceAll('\n', '\r\n'));
});

test('new routes are printed beside rows that the owner edited and added', () => {
  const texts = run({}, plan('strict'));
  texts[policyFile] = texts[policyFile]!.replace("'GET /a'", "'GET /a', // mine").replace(
    '};\n',
    '};\nexport const own = 1;\n',
  );
  const next = run(texts, plan('strict', ['GET /a', 'GET /b', 'GET /b2', 'GET /c']));
  expect(next[policyFile]).toBe(
    policy('strict', ['GET /a', 'GET /b', 'GET /b2', 'GET /c'])
      .replace("'GET /a'", "'GET /a', // mine")
      .replace('};\n', '};\nexport const own = 1;\n'),
  );
});

test('when both changed the same line, nothing is written and the text to paste is said', () => {
  const texts = run({}, plan('strict'));
  texts[policyFile] = texts[policyFile]!.replace("'strict'", "'mine'");
  const { changes, cannot } = planned(texts, plan('basic'));
  expect(changes.map(({ file }) => file)).not.toContain(policyFile);
  expect(cannot).toMatchObject([{ file: policyFile, why: expect.stringContaining('same lines') }]);
  expect(cannot[0]?.paste).toContain("-  level: 'mine',\n+  level: 'basic',");
  // The base stays the old one, so that the next run does not take the conflict for settled.
  expect(run(texts, plan('basic'))).toEqual(texts);
});

test('a file of that name that we did not write is a conflict, not an edit', () => {
  const { changes, cannot } = planned({ [headers]: 'the owner’s own\n' }, plan('strict'));
  expect(cannot).toMatchObject([{ file: headers, why: expect.stringContaining('did not write') }]);
  expect(changes.map(({ file }) => file)).toEqual([record, policyFile]);
});

test('files that the plan no longer has go away, unless the owner edited them', () => {
  const extra: NewFile[] = ['jwt', 'keys'].map((name) => ({
    file: `${folder}/${name}.ts`,
    text: `export const ${name} = 1;\n`,
    kind: 'copied',
  }));
  const texts = run({}, [...plan('strict'), ...extra]);
  texts[`${folder}/keys.ts`] += '// mine\n';
  const { changes, kept } = planned(texts, plan('strict'));
  expect(changes.find(({ file }) => file.endsWith('jwt.ts'))).toMatchObject({ after: undefined });
  expect(kept).toMatchObject([{ file: `${folder}/keys.ts` }]);
  expect(Object.keys(run(texts, []))).toEqual([`${folder}/keys.ts`]);
});

test('a newer version of an edited copied file is reported, not forced', () => {
  const texts = run({}, plan('strict'));
  texts[headers] += '// mine\n';
  expect(planned(texts, plan('strict')).kept).toEqual([
    { file: headers, why: 'you edited it, so it stays as it is' },
  ]);
  const newer = plan('strict').map((file) =>
    file.file === headers ? { ...file, text: 'export const headers = 2;\n' } : file,
  );
  expect(planned(texts, newer).kept[0]?.why).toContain('that we have now differs');
});

test('merging any two disjoint edits gives both, in either order', () => {
  const lines = Array.from({ length: 12 }, (_, n) => `line ${n}`);
  const text = (edit: (all: string[]) => void): string => {
    const all = [...lines];
    edit(all);
    return `${all.join('\n')}\n`;
  };
  const edits: ((all: string[]) => void)[] = [
    (all) => void all.splice(0, 1),
    (all) => void all.splice(0, 1, 'x', 'y'),
    (all) => void all.splice(3, 2, 'x'),
    (all) => void all.splice(7, 0, 'x', 'y'),
    (all) => void all.splice(9, 2),
    (all) => void all.splice(12, 0, 'x'),
  ];
  // Later edits first: the former do not move their lines.
  const pairs = edits.flatMap((a, i) => edits.slice(i + 2).map((b) => [b, a] as const));
  for (const [late, early] of pairs) {
    const both = text((all) => {
      late(all);
      early(all);
    });
    for (const [mine, ours] of [
      [late, early],
      [early, late],
    ] as const) {
      const file = (make: (all: string[]) => void): NewFile[] => [
        { file: policyFile, text: text(make), kind: 'printed' },
      ];
      const texts = run(
        {},
        file(() => undefined),
      );
      texts[policyFile] = text(mine);
      expect(run(texts, file(ours))[policyFile]).toBe(both);
    }
  }
});

function planned(texts: Texts, files: readonly NewFile[]) {
  return plannedChanges({ files, edited: {}, folder, tree: memoryTree(texts) });
}

/** The texts after the change set was applied. */
function run(texts: Texts, files: readonly NewFile[]): Texts {
  const after = { ...texts };
  for (const change of planned(texts, files).changes) {
    if (change.after === undefined) delete after[change.file];
    else after[change.file] = change.after;
  }
  return after;
}
