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
  return facts.map((one) => {
    if (one.kind === 'sink') return `sink:${one.detail.what}`;
    if (one.kind === 'cors') return `cors:${one.detail.origins}`;
    return one.kind === 'jwt-sign' && !one.detail.expires ? 'jwt-sign:forever' : one.kind;
  });
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
  ['class Config:\n    DEBUG = True', 'debug'],
  ['def reset_code():\n    return random.randint(1000, 9999)', 'weak-random'],
  ['if request_token == stored_token: pass', 'timing-compare'],
  ['jwt.encode({"sub": user}, key, algorithm="HS256")', 'jwt-sign:forever'],
  ['cors = CORS()\ncors.init_app(app)', 'cors:any'],
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
  [
    'def f():\n    u = request.args["u"]\n    return redirect(url_for("user", name=u))',
    'sink:redirect',
  ],
  [
    'def f():\n    n = request.args["next"]\n    if urlsplit(n).netloc != "":\n        n = "/"\n    return redirect(n)',
    'sink:redirect',
  ],
  ['class DevConfig(Config):\n    DEBUG = True', 'debug'],
  ['def roll():\n    return random.randint(1, 6)', 'weak-random'],
  ['select(User).where(User.token == token)', 'timing-compare'],
  ['jwt.encode(payload.model_dump(), key, algorithm="HS256")', 'jwt-sign:forever'],
  ['cors = CORS()\ncors.init_app(app, origins=known)', 'cors:any'],
])('%j does not state %s', async (text, kind) => {
  expect(await kindsOf(text)).not.toContain(kind);
});
