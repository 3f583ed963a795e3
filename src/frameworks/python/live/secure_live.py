"""What the live tables share: finding the application without serving it, and printing its routes."""

from __future__ import annotations

import argparse
import ast
import asyncio
import functools
import importlib
import inspect
import json
import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any, NoReturn

# Attributes in which servers look for an application, and in which wrappers keep the one that they wrap.
USUAL = ("app", "application", "api", "server", "create_app", "make_app", "get_app")
INNER = ("app", "_app", "asgi_app", "other_asgi_app", "wsgi_app", "application", "__wrapped__")

Row = dict[str, Any]


def main(
    framework: str,
    is_app: Callable[[Any], bool],
    rows: Callable[[Any], Iterator[Row]],
    start: Callable[[Any], None] | None = None,
) -> NoReturn:
    """Prints one JSON line and ends the process, whichever threads the application has started.

    `start` is what a server would do before it listens. Routes may be added there; it may also
    hang or fail, so the table is printed before it, and again after it.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="+", help="module:attribute, tried in this order")
    parser.add_argument("--path", action="append", default=[], help="a folder of Python's path")
    parser.add_argument("--env-file", action="append", default=[])
    asked = parser.parse_args()
    sys.path[:] = [os.getcwd(), *map(os.path.abspath, asked.path), *sys.path[1:]]
    try:
        serve_nobody()
        for file in asked.env_file:
            read_environment(file)
        app = find(asked.targets, is_app)
        before = list(rows(app))
        write(framework, routes=before)
        if start is not None:
            start(app)
            after = list(rows(app))
            if after != before:
                write(framework, routes=after)
    except BaseException as error:  # noqa: BLE001 - SystemExit too: a settings module may end the process
        write(framework, error=said(error))
    os._exit(0)


def serve_nobody() -> None:
    """A module may start its server when it is imported."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError("nothing is served while the routes are asked for")

    setattr(socket.socket, "listen", refuse)
    # `app.run()` is then left out by Flask itself.
    os.environ["FLASK_RUN_FROM_CLI"] = "true"
    for module, name in (("uvicorn", "run"), ("waitress", "serve")):
        try:
            setattr(importlib.import_module(module), name, lambda *_, **__: None)
        except ImportError:
            continue


def read_environment(file: str) -> None:
    """As `flask run` and `uvicorn --env-file` do: what is set already wins."""
    try:
        from dotenv import load_dotenv
    except ImportError:
        return
    if os.path.isfile(file):
        load_dotenv(file)


def find(targets: Iterable[str], is_app: Callable[[Any], bool]) -> Any:
    """The application of the first target that leads to one."""
    errors: list[BaseException] = []
    for target in targets:
        try:
            return application(target, is_app)
        except BaseException as error:  # noqa: BLE001
            errors.append(error)
    raise errors[0]


def application(target: str, is_app: Callable[[Any], bool]) -> Any:
    name, _, attribute = target.partition(":")
    module = imported(name)
    tried = [attribute] if attribute else [one for one in USUAL if hasattr(module, one)]
    for one in tried:
        found = unwrapped(value_of(module, one), is_app)
        if found is not None:
            return found
    made = [one for one in vars(module).values() if is_app(one)]
    if len(made) == 1:
        return made[0]
    raise LookupError(f"{target} is no application of this framework")


def imported(name: str) -> ModuleType:
    """A module by its name, or by its file: `app/main.py` is `app.main` where `app` is a package."""
    if not name.endswith(".py"):
        return importlib.import_module(name)
    folder, file = os.path.split(os.path.abspath(name))
    parts = [] if file == "__init__.py" else [file.removesuffix(".py")]
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    sys.path.insert(0, folder)
    return importlib.import_module(".".join(parts))


def value_of(module: ModuleType, expression: str) -> Any:
    """`app`, `api.app`, `create_app`, `create_app("production")`: gunicorn's and flask's spelling."""
    name, called, rest = expression.partition("(")
    value: Any = module
    for part in name.split("."):
        value = getattr(value, part)
    if called:
        call = ast.parse(f"f({rest}", mode="eval").body
        assert isinstance(call, ast.Call)
        args = [ast.literal_eval(one) for one in call.args]
        kwargs = {one.arg: ast.literal_eval(one.value) for one in call.keywords if one.arg}
        value = value(*args, **kwargs)
    elif inspect.isroutine(value) or isinstance(value, functools.partial):
        value = value()
    return asyncio.run(value) if inspect.iscoroutine(value) else value


def unwrapped(value: Any, is_app: Callable[[Any], bool]) -> Any:
    """The framework's application inside of middleware that wraps it."""
    waiting, seen = [value], set[int]()
    while waiting and len(seen) < 50:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        if is_app(one):
            return one
        bound = getattr(one, "__self__", None)
        inner = [getattr(one, name, None) for name in INNER]
        waiting.extend(each for each in [bound, *inner] if each is not None)
    return None


def where(call: Any) -> dict[str, str | int] | None:
    """File and line of a function or a class, seen from the working directory."""
    try:
        call = inspect.unwrap(call)
        code = getattr(call, "__code__", None)
        file = code.co_filename if code else inspect.getsourcefile(call)
        line = code.co_firstlineno if code else inspect.getsourcelines(call)[1]
        return {"file": os.path.relpath(file).replace(os.sep, "/"), "line": line}
    except (TypeError, OSError, ValueError):
        return None


def handler(call: Any) -> dict[str, Any]:
    made = {"name": getattr(inspect.unwrap(call), "__qualname__", None), "place": where(call)}
    return {key: value for key, value in made.items() if value is not None}


def write(framework: str, **table: object) -> None:
    """Around `sys.stdout`, which the application may have replaced."""
    line = json.dumps({"live": framework, **table}, separators=(",", ":"))
    with open(1, "w", encoding="utf-8", closefd=False) as out:
        out.write(f"\n{line}\n")


def said(error: BaseException) -> str:
    first = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
