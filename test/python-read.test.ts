import { expect, test } from 'vitest';
import { addImport, insertAfter } from '../src/languages/python/edit.ts';
import { NotPython3, pythonParser } from '../src/languages/python/parse.ts';
import { printPython } from '../src/languages/python/print.ts';

const parser = await pythonParser();

test('a Python 2 file is refused by name of the reason', () => {
  expect(() => parser.parse('print "a"\n')).toThrow(NotPython3);
});

test.each([
  ['PEP 695 aliases', 'type Pair[T, *Ts, **P] = tuple[T, *Ts]'],
  ['PEP 695 generics', 'class Box[T: (int, str)](Base):\n    def put[U](self, u: U) -> T: ...'],
  ['PEP 696 defaults', 'class Box[T: int = str, U = dict[str, int]](Base): ...'],
  ['PEP 701 f-strings', "path = f\"/{d['a']}/{f'{x!r:>{w}}'}\""],
  ['PEP 750 t-strings', 'page = t"<b>{name}</b>"'],
  ['PEP 758 except', 'try:\n    pass\nexcept A, B:\n    pass'],
  ['PEP 758 except groups', 'try:\n    pass\nexcept* A, B:\n    pass'],
  ['PEP 649 annotations', 'x: Later\nclass Later:\n    y: "Later | None" = None'],
  [
    'patterns',
    'match x:\n    case {"a": [1, *rest], **more} if y: pass\n    case A(b=1) | None: pass',
  ],
])('%s are read without an error', (_, text) => {
  expect(parser.parse(`${text}\n`).errorLine).toBeUndefined();
});

test('what a blanked default stood in keeps its text', () => {
  const { root } = parser.parse('class Box[T = int](Base): ...\n');
  expect(root.kids[0]?.text).toBe('class Box[T = int](Base): ...');
});

test('offsets behind a BOM and an emoji are those of the text', () => {
  const { root } = parser.parse('\ufeff"😀"\nx = 1\n');
  expect([root.kids.at(-1)?.text, root.kids.at(-1)?.line]).toEqual(['x = 1', 2]);
});

test('an import goes after the last one, keeps CRLF, and is added once', () => {
  const text = '"""Doc."""\r\nfrom __future__ import annotations\r\nimport os\r\nx = 1';
  const once = addImport(parser, text, 'from app.security import secure');
  if (once.end !== 'edited') throw new Error(once.end);
  expect(once.text).toBe(
    text.replace('import os\r\n', 'import os\r\nfrom app.security import secure\r\n'),
  );
  expect(addImport(parser, once.text, 'from app.security import secure').end).toBe('there');
});

test('a statement takes the indentation of its anchor, tabs included', () => {
  const text = 'def make():\n\tapp = F()\n\treturn app';
  const anchor = parser.parse(text).root.kids[0]?.field('body')?.kids[0];
  if (anchor === undefined) throw new Error('no anchor');
  expect(insertAfter(parser, text, anchor, 'secure(app)')).toEqual({
    end: 'edited',
    text: 'def make():\n\tapp = F()\n\tsecure(app)\n\treturn app',
  });
});

test('an edit that breaks the file is refused', () => {
  const text = 'x = 1\n';
  const anchor = parser.parse(text).root.kids[0];
  if (anchor === undefined) throw new Error('no anchor');
  expect(insertAfter(parser, text, anchor, 'def (').end).toBe('cannot');
});

test('data prints as a Python literal', () => {
  expect(printPython({ a: true, b: null, c: ['x', 1] })).toBe(
    '{\n    "a": True,\n    "b": None,\n    "c": [\n        "x",\n        1,\n    ],\n}',
  );
});
