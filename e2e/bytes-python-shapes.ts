/** A FastAPI or Flask application in one of the ways in which people write it. */
export interface PythonShape {
  name: string;
  framework: 'fastapi' | 'flask';
  entry: string;
  /** Marked: the call comes behind every `mark: complete` and in front of every `mark: served`. */
  text: string;
  more?: Readonly<Record<string, string>>;
  /** The lines that are added beside empty ones; without it the file is the owner's to edit. */
  added?: readonly string[];
  /** Lines of the owner into which something was put. */
  removed?: readonly string[];
  /** What else is left to the owner, as the plan says it. */
  byHand?: RegExp;
}

const flaskHead = 'from flask import Flask, jsonify\n\n';
const fastapiHead = 'from fastapi import FastAPI\n\n';
const routes = `
@app.get("/notes")
def notes():
    return []  # mark: complete
`;

export const pythonShapes: readonly PythonShape[] = [
  {
    name: 'a module docstring and future annotations',
    framework: 'fastapi',
    entry: 'main.py',
    text: `"""The notes API.

Two paragraphs.
"""
from __future__ import annotations

from fastapi import FastAPI

app = FastAPI()

${routes}`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'a shebang, a coding line and a licence',
    framework: 'flask',
    entry: 'app.py',
    text: `#!/usr/bin/env python3
# -*- coding: utf-8 -*-
# Copyright: nobody
import os
from flask import Flask

app = Flask(__name__)


@app.get("/notes")
def notes():
    return os.environ.get("NOTE", "größe")  # mark: complete


if __name__ == "__main__":  # mark: served
    app.run()
`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'decorators with comments between them',
    framework: 'fastapi',
    entry: 'main.py',
    text: `${fastapiHead}app = FastAPI()


# All notes.
@app.get(  # the list
    "/notes",  # its path
    tags=["notes"],
)
# a word about it
def notes():  # and here
    return []  # mark: complete
    # the end of it


# the end of the file
`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'one line',
    framework: 'flask',
    entry: 'app.py',
    text: 'from flask import Flask; app = Flask(__name__)\n',
    removed: ['from flask import Flask; app = Flask(__name__)'],
    added: [
      'from flask import Flask; from security import secure; app = Flask(__name__)',
      'secure(app)',
    ],
  },
  {
    name: 'two statements in one line behind the imports',
    framework: 'flask',
    entry: 'app.py',
    text: `from flask import Flask
app = Flask(__name__); app.config["A"] = 1  # mark: complete
app.run()  # mark: served
`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'a start in the line that makes it',
    framework: 'flask',
    entry: 'app.py',
    text: `from flask import Flask
app = Flask(__name__); app.run()
`,
    removed: ['app = Flask(__name__); app.run()'],
    added: ['from security import secure', 'app = Flask(__name__); secure(app); app.run()'],
  },
  {
    name: 'a call over several lines',
    framework: 'fastapi',
    entry: 'main.py',
    text: `${fastapiHead}app = FastAPI(
    title="Notes",  # shown in the docs
    docs_url=None,
)  # made

app.title = "Notes (all)"  # mark: complete
`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'a parenthesised call with a type',
    framework: 'fastapi',
    entry: 'main.py',
    text: `import fastapi

app: fastapi.FastAPI = (
    fastapi.FastAPI(title="Notes")
)

${routes}`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'a line that is continued',
    framework: 'flask',
    entry: 'app.py',
    text: `${flaskHead}app = \\
    Flask(__name__)
app.config["A"] = \\
    1  # mark: complete
`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'a parenthesised import behind which the application is made',
    framework: 'flask',
    entry: 'app.py',
    text: `from flask import (
    Flask,
    jsonify,
)  # the framework
app = Flask(__name__)


@app.get("/notes")
def notes():
    return jsonify([])  # mark: complete
`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'a factory',
    framework: 'flask',
    entry: 'app.py',
    text: `from flask import Flask


def create_app(config=None) -> Flask:
    """Makes it."""
    app = Flask(__name__)
    app.config.from_mapping(config or {})

    @app.get("/notes")
    def notes():
        return []  # mark: complete

    return app  # mark: served
`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'an asynchronous factory with a nested function and two ends',
    framework: 'fastapi',
    entry: 'main.py',
    text: `from fastapi import FastAPI


async def create_app(bare: bool = False) -> FastAPI:
    app = FastAPI()
    if bare:
        return app

    @app.get("/notes")
    def notes():
        return []  # mark: complete

    return app  # mark: served
`,
    added: ['from security import secure', 'secure(app)', 'secure(app)'],
  },
  {
    name: 'a factory whose end stands in one line with its condition',
    framework: 'flask',
    entry: 'app.py',
    text: `from flask import Flask


def create_app(bare=False):
    app = Flask(__name__)
    if bare: return app
    app.add_url_rule("/notes", view_func=lambda: [])  # mark: complete
    return app  # mark: served
`,
    removed: ['if bare: return app'],
    added: ['from security import secure', 'if bare: secure(app); return app', 'secure(app)'],
  },
  {
    name: 'a factory in the file of its package',
    framework: 'flask',
    entry: 'shop/__init__.py',
    text: `"""The shop."""

from flask import Flask

from . import notes
from .config import Config


def create_app():
    app = Flask(__name__)
    app.config.from_object(Config)
    app.register_blueprint(notes.bp)  # mark: complete
    return app  # mark: served
`,
    more: {
      'shop/config.py': 'class Config:\n    DEBUG = False\n',
      'shop/notes.py':
        'from flask import Blueprint\n\nbp = Blueprint("notes", __name__)\n\n\n@bp.get("/notes")\ndef notes():\n    return []\n',
      'wsgi.py': 'from shop import create_app\n\napp = create_app()\n',
    },
    added: ['from .security import secure', 'secure(app)'],
  },
  {
    name: 'a package whose views are imported at the end of its file',
    framework: 'flask',
    entry: 'shop/__init__.py',
    text: `from flask import Flask

app = Flask(__name__)

from shop import views  # noqa: E402  mark: complete
`,
    more: {
      'shop/views.py':
        'from shop import app\n\n\n@app.route("/notes")\ndef notes():\n    return []\n',
    },
    added: ['from shop.security import secure', 'secure(app)'],
  },
  {
    name: 'a src layout',
    framework: 'fastapi',
    entry: 'src/shop/main.py',
    text: `from fastapi import FastAPI

from shop.notes import router

app = FastAPI()
app.include_router(router)  # mark: complete
`,
    more: {
      'src/shop/__init__.py': '',
      'src/shop/notes.py':
        'from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n@router.get("/notes")\ndef notes():\n    return []\n',
    },
    added: ['from shop.security import secure', 'secure(app)'],
  },
  {
    name: 'an application that an if makes',
    framework: 'flask',
    entry: 'app.py',
    text: `import os

from flask import Flask

if os.environ.get("BARE"):
    app = Flask(__name__, static_folder=None)
else:
    app = Flask(__name__)


@app.get("/notes")
def notes():
    return []  # mark: complete
`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'an application that a try makes',
    framework: 'fastapi',
    entry: 'main.py',
    text: `from fastapi import FastAPI

try:
    app = FastAPI(title="Notes")
except Exception:
    raise SystemExit(1)

${routes}`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'imports in a try',
    framework: 'fastapi',
    entry: 'main.py',
    text: `try:
    import orjson
except ImportError:
    orjson = None
from fastapi import FastAPI

app = FastAPI()

${routes}`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'two applications, one mounted below the other',
    framework: 'fastapi',
    entry: 'main.py',
    text: `from fastapi import FastAPI

app = FastAPI()
admin = FastAPI()


@admin.get("/notes")
def all_notes():
    return []


${routes}
app.mount("/admin", admin)  # mark: complete
`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'two applications, each on its own',
    framework: 'fastapi',
    entry: 'main.py',
    text: `from fastapi import FastAPI

internal = FastAPI()
app = FastAPI()

${routes}

@internal.post("/wipe")
def wipe():
    return []
`,
    added: ['from security import secure', 'secure(app)'],
    byHand: /internal is an application of its own/,
  },
  {
    name: 'a second name for it',
    framework: 'flask',
    entry: 'app.py',
    text: `from flask import Flask

app = Flask(__name__)
application = app


@application.route("/notes")
def notes():
    return []  # mark: complete
`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'two names at once',
    framework: 'flask',
    entry: 'app.py',
    text: `from flask import Flask

app = application = Flask(__name__)

${routes}`,
    added: ['from security import secure', 'secure(application)'],
  },
  {
    name: 'a class of its own',
    framework: 'flask',
    entry: 'app.py',
    text: `from flask import Flask


class Shop(Flask):
    def ready(self):
        return True


app = Shop(__name__)

${routes}`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'a class that keeps it',
    framework: 'fastapi',
    entry: 'main.py',
    text: `from fastapi import FastAPI


class Server:
    def __init__(self):
        self.app = FastAPI()
        self.app.add_api_route("/notes", self.notes)  # mark: complete

    def notes(self):
        return []


app = Server().app
`,
    added: ['from security import secure', 'secure(self.app)'],
  },
  {
    name: 'a start in a main function',
    framework: 'fastapi',
    entry: 'main.py',
    text: `import uvicorn
from fastapi import FastAPI

app = FastAPI()

${routes}

def main():
    uvicorn.run(app)


if __name__ == '__main__':
    main()  # mark: served
`,
    added: ['from security import secure', 'secure(app)'],
  },
  {
    name: 'a name that is taken',
    framework: 'flask',
    entry: 'app.py',
    text: `from flask import Flask

app = Flask(__name__)


def secure(value):
    return value

${routes}`,
    added: ['from security import secure as secure_app', 'secure_app(app)'],
  },
  {
    name: 'an application without a name',
    framework: 'flask',
    entry: 'app.py',
    text: `from flask import Flask


def create_app():
    return Flask(__name__)


app = create_app()

${routes}`,
  },
  {
    name: 'Python 3.12 and 3.14 syntax',
    framework: 'fastapi',
    entry: 'main.py',
    text: `from fastapi import FastAPI

type Name = str


def first[T](values: list[T]) -> T:
    match values:
        case [one, *_]:
            return one
    raise ValueError(f"{'none'!r:>{10}}")


app = FastAPI()

${routes}`,
    added: ['from security import secure', 'secure(app)'],
  },
];
