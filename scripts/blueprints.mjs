// The forms in which blueprints go into projects: TypeScript as it is, ES modules and CommonJS with the types
// taken out and formatted, Python as it is; beside them the version ranges of the blueprint's own manifest.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import { shareBlueprints } from './shared.mjs';
import { toCommonJs, toJavaScript } from './strip-types.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Writes every form of every blueprint, or of the named ones, below a folder. */
export function writeBlueprints(target, names = readdirSync(join(root, 'blueprints'))) {
  shareBlueprints();
  rmSync(target, { recursive: true, force: true });
  for (const name of names) {
    const folder = join(root, 'blueprints', name);
    if (existsSync(join(folder, 'pyproject.toml'))) python(name, folder, target);
    else if (existsSync(join(folder, 'package.json'))) node(name, folder, target);
  }
}

function node(name, folder, target) {
  const source = join(folder, 'src', 'security');
  const files = readdirSync(source).filter((file) => file.endsWith('.ts'));
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  // Decorators with metadata need the TypeScript compiler: Nest projects are written in it.
  const onlyTypeScript =
    '@nestjs/core' in { ...manifest.dependencies, ...manifest.devDependencies };
  const forms = {
    ts: join(target, name, 'ts'),
    esm: join(target, name, 'esm'),
    cjs: join(target, name, 'cjs'),
  };
  for (const form of Object.values(forms)) mkdirSync(form, { recursive: true });
  for (const file of files) {
    const text = readFileSync(join(source, file), 'utf8');
    writeFileSync(join(forms.ts, file), text);
    if (onlyTypeScript) continue;
    const plain = toJavaScript(file, text);
    const as = file.replace(/\.ts$/, '.js');
    writeFileSync(join(forms.esm, as), plain);
    writeFileSync(join(forms.cjs, as), toCommonJs(as, plain));
  }
  const owner = join(folder, 'owner');
  if (existsSync(owner)) cpSync(owner, join(target, name, 'owner'), { recursive: true });
  if (!onlyTypeScript) format(target, [forms.esm, forms.cjs]);
  const { dependencies = {}, devDependencies = {} } = manifest;
  writeFileSync(
    join(target, name, 'packages.json'),
    `${JSON.stringify({ ...devDependencies, ...dependencies }, null, 2)}\n`,
  );
}

function format(target, folders) {
  writeFileSync(
    join(target, 'biome.json'),
    JSON.stringify({
      root: true,
      formatter: { indentStyle: 'space', indentWidth: 2, lineWidth: 100 },
      javascript: { formatter: { quoteStyle: 'single' } },
      linter: { enabled: false },
      assist: { enabled: false },
    }),
  );
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  execFileSync(
    process.execPath,
    [biome, 'format', '--write', `--config-path=${target}`, ...folders],
    { stdio: ['ignore', 'ignore', 'inherit'], cwd: target },
  );
  rmSync(join(target, 'biome.json'));
}

function python(name, folder, target) {
  const to = join(target, name, 'py');
  mkdirSync(to, { recursive: true });
  for (const part of ['security', 'owner']) {
    const from = join(folder, part);
    if (!existsSync(from)) continue;
    for (const file of readdirSync(from).filter((each) => each.endsWith('.py'))) {
      cpSync(join(from, file), join(part === 'security' ? to : join(target, name, part), file));
    }
  }
  const { project } = getStaticTOMLValue(
    parseTOML(readFileSync(join(folder, 'pyproject.toml'), 'utf8')),
  );
  const all = [
    ...(project.dependencies ?? []),
    ...Object.values(project['optional-dependencies'] ?? {}).flat(),
  ];
  const ranges = all.map((line) => /^([\w.-]+(?:\[[^\]]*\])?)\s*(.*)$/.exec(line).slice(1, 3));
  writeFileSync(
    join(target, name, 'packages.json'),
    `${JSON.stringify(Object.fromEntries(ranges), null, 2)}\n`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeBlueprints(join(root, 'dist', 'blueprints'));
