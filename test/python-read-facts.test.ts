import { expect, test } from 'vitest';
import { readFlask } from '../src/frameworks/flask/reader.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import type { Project } from '../src/project/project.ts';

async function kindsOf(text: string): Promise<string[]> {
  const project: Project = {
    root: '/project',
    tree: memoryTree({ 'app.py': text }),
    language: 'python',
    framework: 'flask',
    frameworkVersion: undefined,
    frameworkMajor: undefined,
    manifest: 'requirements.txt',
    modules: undefined,
    typescript: false,
    packageManager: 'pip',
    entry: undefined,
    start: undefined,
    test: undefined,
    member: '',
    dependencies: {},
    notes: [],
  };
  const { facts } = await readFlask(project);
  return facts.map((one) => (one.kind === 'sink' ? `sink:${one.detail.what}` : one.kind));
}

test.each([
  ['app.config["SECRET_KEY"] = "hunter22"', 'secret'],
  ['import os\nSECRET_KEY = os.environ.get("X", "hunter22")', 'secret'],
  ['jwt.decode(t, k, options={"verify_signature": False})', 'jwt-verify'],
  ['app.run(debug=True)', 'debug'],
  ['def f():\n    q = request.args.get("q")\n    db.execute(f"select {q}")', 'sink:sql'],
  ['def f():\n    return redirect(request.args["next"])', 'sink:redirect'],
  ['def f():\n    return render_template_string(request.args["t"])', 'sink:template'],
  ['yaml.load(data)', 'sink:deserialise'],
  ['requests.get(url, verify=False)', 'tls-verify-off'],
  [
    'def f():\n    try:\n        g()\n    except Exception as e:\n        return str(e), 500',
    'request-to-error',
  ],
])('%j states %s', async (text, kind) => {
  expect(await kindsOf(text)).toContain(kind);
});

test.each([
  ['import os\nSECRET_KEY = os.environ["X"]', 'secret'],
  ['yaml.load(data, Loader=yaml.SafeLoader)', 'sink:deserialise'],
  ['def f():\n    db.execute("select ?", (request.args["q"],))', 'sink:sql'],
])('%j does not state %s', async (text, kind) => {
  expect(await kindsOf(text)).not.toContain(kind);
});
