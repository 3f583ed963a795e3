import { describe, expect, it } from 'vitest';
import {
  addImport,
  insertAfterLine,
  insertBefore,
  styleOf,
} from '../src/languages/javascript/edit.ts';
import { isParsed, lineOf, literal, parseFile, walk } from '../src/languages/javascript/parse.ts';

const security = { from: './security/index.js', names: ['secure'], modules: 'esm' } as const;

function edited(result: { end: string; text?: string; why?: string }): string {
  if (result.end !== 'edited' || result.text === undefined)
    throw new Error(`${result.end}: ${result.why}`);
  return result.text;
}

describe('parseFile', () => {
  it('keeps offsets in a file with BOM, shebang and emoji', () => {
    const text = '\uFEFF#!/usr/bin/env node\nconst é = "😀";\ncall("x");\n';
    const parsed = parseFile('a.js', text);
    if (!isParsed(parsed)) throw new Error(parsed.error);
    const calls: string[] = [];
    walk(parsed.program, (node) => {
      if (node.type === 'CallExpression') {
        calls.push(`${lineOf(parsed, node.start)} ${text.slice(node.start, node.end)}`);
      }
    });
    expect(calls).toEqual(['3 call("x")']);
  });

  it('reads CommonJS with a return at the top level', () => {
    expect(isParsed(parseFile('a.js', 'if (x) return;\nmodule.exports = 1;\n'))).toBe(true);
  });

  it('names the line of a syntax error', () => {
    expect(parseFile('a.ts', 'const a = 1;\nconst = 2;\n')).toHaveProperty(
      'error',
      expect.stringContaining('line 2'),
    );
  });

  it('folds constants, templates and spreads', () => {
    const parsed = parseFile(
      'a.ts',
      "const base = '/v' + 1; x([`$" + "{base}/a`, ...['/b'], { n: -2 } as const]);",
    );
    if (!isParsed(parsed)) throw new Error(parsed.error);
    const found: unknown[] = [];
    walk(parsed.program, (node) => {
      if (node.type !== 'CallExpression') return;
      const [first] = parsed.program.body;
      if (first?.type !== 'VariableDeclaration') return;
      const init = first.declarations[0]?.init;
      found.push(literal(node.arguments[0], new Map(init ? [['base', init]] : []))?.value);
    });
    expect(found).toEqual([['/v1/a', '/b', { n: -2 }]]);
  });
});

describe('addImport', () => {
  it('follows the last import in the style of the file', () => {
    const text =
      '#!/usr/bin/env node\r\nimport express from "express"\r\nimport cors from "cors" // open\r\n\r\nconst app = express()\r\n';
    expect(edited(addImport(text, 'app.mjs', security))).toBe(
      text.replace('// open\r\n', '// open\r\nimport { secure } from "./security/index.js"\r\n'),
    );
  });

  it('is there the second time', () => {
    const text = edited(addImport("import a from 'a';\n", 'app.ts', security));
    expect(addImport(text, 'app.ts', security).end).toBe('there');
    expect(addImport(text, 'app.ts', { ...security, from: './security' }).end).toBe('there');
  });

  it('joins the names of the same source', () => {
    const text = "import x, { a as b } from './security';\n";
    expect(edited(addImport(text, 'app.ts', security))).toBe(
      "import x, { a as b, secure } from './security';\n",
    );
  });

  it('stands before the code that a later require follows', () => {
    const text =
      "'use strict';\n\nvar express = require('express');\nvar app = express();\nvar cors = require('cors');\n";
    const cjs = { ...security, modules: 'cjs' } as const;
    expect(edited(addImport(text, 'app.js', cjs))).toBe(
      text.replace(
        "require('express');\n",
        "require('express');\nconst { secure } = require('./security/index.js');\n",
      ),
    );
  });

  it('stands below a BOM, a shebang and a licence when the file imports nothing', () => {
    const header = '\uFEFF#!/usr/bin/env node\n/* Licence\n */\n\n';
    expect(edited(addImport(`${header}// app\nrun();\n`, 'app.mjs', security))).toBe(
      `${header}import { secure } from './security/index.js';\n// app\nrun();\n`,
    );
  });

  it('splits a line on which other code begins', () => {
    const text = "import a from 'a'; run({\n  a,\n});";
    expect(edited(addImport(text, 'app.ts', security))).toBe(
      "import a from 'a';\nimport { secure } from './security/index.js'; run({\n  a,\n});",
    );
  });

  it('does not take a name that the file uses', () => {
    const result = addImport('const secure = 1;\n', 'app.ts', security);
    expect(result).toMatchObject({ end: 'cannot', paste: expect.stringContaining('secure') });
  });
});

describe('inserting lines', () => {
  it('follows the statement that spans several lines, indented as it is', () => {
    const text =
      'function main() {\n\tconst app = express()\n\t\t.use(a); // first\n\tapp.listen(1);\n}';
    const at = text.indexOf('express()');
    expect(edited(insertAfterLine(text, 'a.ts', at, 'secure(app);', 'mount'))).toBe(
      text.replace('// first\n', '// first\n\tsecure(app);\n'),
    );
  });

  it('ends a file that has no final newline', () => {
    expect(edited(insertAfterLine('run()', 'a.ts', 0, 'secure()', 'mount'))).toBe(
      'run()\nsecure()',
    );
  });

  it('stands above the comment of the statement', () => {
    const text = 'a();\n\n  // routes of the shop\n  b();\n';
    expect(edited(insertBefore(text, 'a.js', text.indexOf('b()'), 'c();', 'mount'))).toBe(
      'a();\n\n  c();\n  // routes of the shop\n  b();\n',
    );
  });

  it('is there when the same call stands beside it', () => {
    expect(insertAfterLine('a()\nsecure( app )\n', 'a.js', 0, 'secure(app);', 'mount').end).toBe(
      'there',
    );
  });

  it('refuses a result that does not parse', () => {
    expect(insertAfterLine('a();\n', 'a.js', 0, 'const = ;', 'mount')).toMatchObject({
      end: 'cannot',
      paste: 'const = ;',
    });
  });
});

describe('styleOf', () => {
  it('reads tabs, double quotes and open ends', () => {
    const text = 'const a = "x"\nif (a) {\n\tb("y")\n}\n';
    expect(styleOf(text)).toEqual({ newline: '\n', quote: '"', semicolons: false, indent: '\t' });
  });
});
