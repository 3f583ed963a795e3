import type { Tree } from '../kernel/tree.ts';
import { type FoundCommand, startCommands } from './commands.ts';
import { chooseEntry, type Entry } from './entry.ts';
import { folderOf, joined } from './paths.ts';
import type { FrameworkId } from './project.ts';
import { at, object, tomlOf } from './toml.ts';

export const pythonForeign =
  /(?:^|\/)(?:tests?|docs?(?:_src)?|examples?|samples?|migrations|alembic|versions|scripts|benchmarks?)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|tests|conftest|setup)\.py$/;

/** The module that makes the application: the one that servers are told of leads to it. */
export function pythonEntry(tree: Tree, framework: FrameworkId, within: string): Entry {
  const makers = tree
    .paths()
    .filter((file) => file.endsWith('.py') && makes(framework, tree.read(file) ?? ''));
  return chooseEntry({
    makers,
    started: startedModules(tree),
    importsOf: (file) => importsOf(file, tree),
    isForeign: (file) => pythonForeign.test(file),
    usual: /(?:^|\/)(?:main|app|__init__|wsgi|asgi|server|api)\.py$/,
    within,
    sideBySide: false,
  });
}

function makes(framework: FrameworkId, text: string): boolean {
  if (framework === 'fastapi')
    return (
      text.includes('FastAPI') &&
      /\bFastAPI\s*\((?!\s*\)\s*\.)|\(\s*FastAPI\s*\)\s*:/.test(withoutComments(text))
    );
  if (!/\b(?:flask|apiflask|flask_openapi3|connexion)\b/.test(text)) return false;
  const code = withoutComments(text);
  return (
    /\b(?:Flask|APIFlask)\s*\(|\(\s*(?:Flask|APIFlask)\s*\)\s*:/.test(code) ||
    (/\bflask_openapi3\b/.test(code) && /\bOpenAPI\s*\(/.test(code)) ||
    (/\bconnexion\b/.test(code) && /\b(?:FlaskApp|connexion\.App)\s*\(/.test(code))
  );
}

export function withoutComments(text: string): string {
  return text.replace(/("""|''')[\s\S]*?\1/g, '""').replace(/(^|\s)#.*$/gm, '$1');
}

/** Modules that a server, a manifest or a usual launcher starts, as files. */
function startedModules(tree: Tree): string[] {
  const toml = tomlOf(tree.read('pyproject.toml'));
  const scripts = Object.values({
    ...object(at(toml, 'project', 'scripts')),
    ...object(at(toml, 'tool', 'poetry', 'scripts')),
  }).filter((one): one is string => typeof one === 'string');
  const fastapi = at(toml, 'tool', 'fastapi', 'entrypoint');
  const files = [
    ...(typeof fastapi === 'string' ? moduleFiles(fastapi, '', tree) : []),
    ...flaskApps(tree).flatMap((name) => moduleFiles(name, '', tree)),
    ...startCommands(tree).flatMap((command) => commandFiles(command, tree)),
    ...runsInSources(tree).flatMap((name) => moduleFiles(name, '', tree)),
    ...scripts.flatMap((name) => moduleFiles(name, '', tree)),
    ...tree.paths().filter((file) => launcher.test(file) && !pythonForeign.test(file)),
  ];
  return [...new Set(files)];
}

const launcher = /^(?:[\w-]+\/)?(?:wsgi|asgi|autoapp|main|app|application|run|server|manage)\.py$/;

/** `FLASK_APP=microblog.py` of the files in which it is usually set. */
function flaskApps(tree: Tree): string[] {
  const files = tree
    .paths()
    .filter((file) =>
      /^(?:\.flaskenv|\.env[\w.]*|(?:docker\/)?Dockerfile[\w.-]*|(?:docker-)?compose[\w.-]*\.ya?ml|[\w.-]+\.sh|Makefile|README\.\w+)$/.test(
        file,
      ),
    );
  return files.flatMap((file) =>
    [...(tree.read(file) ?? '').matchAll(/\bFLASK_APP\s*[=: ]\s*["']?([\w./:]+)/g)].map(
      (match) => match[1] ?? '',
    ),
  );
}

/** `uvicorn.run("app.main:app")`. */
function runsInSources(tree: Tree): string[] {
  return tree
    .paths()
    .filter((file) => file.endsWith('.py') && !pythonForeign.test(file))
    .flatMap((file) => {
      const text = tree.read(file) ?? '';
      if (!text.includes('uvicorn')) return [];
      return [...text.matchAll(/uvicorn\.(?:run|Config)\(\s*["']([\w.]+:\w+)/g)].map(
        (match) => match[1] ?? '',
      );
    });
}

function commandFiles({ argv, folder }: FoundCommand, tree: Tree): string[] {
  const server = argv.findIndex((word) =>
    /(?:^|\/)(?:uvicorn|gunicorn|hypercorn|granian|waitress-serve|daphne|fastapi|flask|python3?)$/.test(
      word,
    ),
  );
  if (server === -1) return [];
  const words = argv.slice(server + 1);
  const module = words.indexOf('-m');
  const isRun = /python3?$/.test(argv[server] ?? '') && module !== -1;
  const named = words.filter(
    (word) => /^[\w./]+:[\w.]+(?:\(.*\))?$/.test(word) || /^[\w./-]+\.py$/.test(word),
  );
  const asModule = isRun && named.length === 0 ? [words[module + 1] ?? ''] : [];
  return [...named, ...asModule].flatMap((name) => moduleFiles(name, folder, tree));
}

/** `app.main:create_app()`, `app/main.py` or `pkg` as files, seen from the usual roots of Python's path. */
function moduleFiles(name: string, folder: string, tree: Tree): string[] {
  const module = name.replace(/:.*$/, '');
  const stem = module.endsWith('.py')
    ? module.replace(/\.py$/, '').replace(/^\/(?:code|app|src|usr\/src\/app)\//, '')
    : module.replace(/\./g, '/');
  for (const root of new Set(['', 'src', folder])) {
    const at = joined(root, stem);
    const found = [`${at}.py`, `${at}/__init__.py`, `${at}/__main__.py`].filter((file) =>
      tree.has(file),
    );
    if (found.length > 0) return found;
  }
  return [];
}

/** Modules of this project behind the imports of a file. */
export function importsOf(file: string, tree: Tree): string[] {
  const text = tree.read(file) ?? '';
  const found: string[] = [];
  for (const match of text.matchAll(
    /^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]+)/gm,
  )) {
    const [, dots = '', module = '', names = ''] = match;
    const roots =
      dots === '' ? rootsOf(file) : [joined(folderOf(file), '../'.repeat(dots.length - 1))];
    const inner = names.replace(/#.*$/gm, '').match(/\w+/g) ?? [];
    for (const root of roots) {
      const base = joined(root, module.replace(/\./g, '/'));
      const tries = [
        `${base}.py`,
        `${base}/__init__.py`,
        ...inner.map((name) => joined(base, `${name}.py`)),
      ];
      found.push(...tries.filter((each) => tree.has(each)));
    }
  }
  for (const match of text.matchAll(/^[ \t]*import[ \t]+([\w.]+)/gm)) {
    for (const root of rootsOf(file)) {
      const base = joined(root, (match[1] ?? '').replace(/\./g, '/'));
      found.push(...[`${base}.py`, `${base}/__init__.py`].filter((each) => tree.has(each)));
    }
  }
  return found;
}

/** A script finds its neighbours; a package is found from the root, from `src` or from its own top folder. */
function rootsOf(file: string): string[] {
  const top = file.includes('/') ? (file.split('/')[0] ?? '') : '';
  return [...new Set(['', 'src', top, folderOf(file)])];
}
