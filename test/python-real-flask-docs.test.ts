import { expect, test } from 'vitest';
import { readFlask } from '../src/frameworks/flask/reader.ts';
import { memoryTree } from '../src/kernel/tree.ts';
import { pythonProject } from './surfaces-python.ts';

async function docsOf(text: string): Promise<string[]> {
  const tree = memoryTree({ 'app.py': text });
  const { routes } = await readFlask({ ...pythonProject('flask'), tree });
  return routes.filter((route) => route.traits.includes('docs')).map((route) => route.path);
}

// What the extensions' own `url_map` holds: apiflask 3, flask-restx 1.3, flasgger 0.9, apifairy 1.5.
test.each([
  [
    'APIFlask',
    'from apiflask import APIFlask\napp = APIFlask(__name__, docs_path="/d")\n',
    ['/openapi.json', '/d', '/docs/oauth2-redirect'],
  ],
  [
    'APIFlask without',
    'from apiflask import APIFlask\napp = APIFlask(__name__, enable_openapi=False)\n',
    [],
  ],
  [
    'restx',
    'from flask import Flask\nfrom flask_restx import Api\napp = Flask(__name__)\napi = Api(app, doc="/docs/", prefix="/v1")\n',
    ['/v1/swagger.json', '/docs/', '/swaggerui/<path:filename>'],
  ],
  [
    'restx on a blueprint',
    'from flask import Blueprint, Flask\nfrom flask_restx import Api\nbp = Blueprint("x", __name__, url_prefix="/api")\napi = Api(bp)\napp = Flask(__name__)\napp.register_blueprint(bp)\n',
    ['/api/swagger.json', '/api/', '/swaggerui/<path:filename>'],
  ],
  [
    'restx without',
    'from flask import Flask\nfrom flask_restx import Api\napp = Flask(__name__)\napi = Api(app, doc=False)\n',
    ['/swagger.json'],
  ],
  [
    'APIFairy',
    'from flask import Flask\nfrom apifairy import APIFairy\napifairy = APIFairy()\n\ndef create_app():\n    app = Flask(__name__)\n    apifairy.init_app(app)\n    return app\n',
    ['/apispec.json', '/docs'],
  ],
])('%s registers its documentation', async (_name, text, paths) => {
  expect(await docsOf(text)).toEqual(paths);
});

test('a rule without a function is no second route', async () => {
  const text =
    'from flask import Flask\napp = Flask(__name__)\n\n@app.get("/")\ndef blog():\n    return "a"\n\napp.add_url_rule("/", endpoint="index")\n';
  const tree = memoryTree({ 'app.py': text });
  const { routes } = await readFlask({ ...pythonProject('flask'), tree });
  expect(routes.filter(({ kind }) => kind === 'http').map(({ id }) => id)).toEqual(['GET /']);
});
