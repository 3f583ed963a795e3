"""Prints the routes of a FastAPI application as JSON: `python table.py module:attribute [--stubs]`."""

import importlib
import importlib.abc
import importlib.machinery
import inspect
import json
import os
import sys
from unittest.mock import MagicMock


class Stub(MagicMock):
    """As a decorator it gives back what it decorates; as a class it can be inherited from."""

    def __call__(self, *args, **kwargs):
        if len(args) == 1 and not kwargs and inspect.isfunction(args[0]):
            return args[0]
        return super().__call__(*args, **kwargs)

    def __mro_entries__(self, bases):
        return ()


class Stubs(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for packages that are not installed; only the table is wanted."""

    def find_spec(self, name, path=None, target=None):
        here = os.path.join(os.getcwd(), *name.split("."))
        if name.split(".")[0] in sys.stdlib_module_names or os.path.exists(here):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = Stub(name=spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module):
        return None


def find(target):
    name, _, attribute = target.partition(":")
    module = importlib.import_module(name)
    found = module
    for part in (attribute or "app").split("."):
        found = getattr(found, part)
    return found() if inspect.isfunction(found) else found


def where(call):
    try:
        call = inspect.unwrap(call)
        code = getattr(call, "__code__", None)
        file = code.co_filename if code else inspect.getsourcefile(call)
        line = code.co_firstlineno if code else inspect.getsourcelines(call)[1]
        return {"file": os.path.relpath(file), "line": line}
    except (TypeError, OSError, ValueError):
        return None


def tree(dependant):
    return [
        {
            "name": getattr(one.call, "__qualname__", type(one.call).__name__),
            "place": where(one.call),
            "dependencies": tree(one),
        }
        for one in getattr(dependant, "dependencies", [])
    ]


def flat(routes, prefix=""):
    """Newer versions keep an included router as one entry that lists its effective routes."""
    for route in routes:
        contexts = getattr(route, "effective_route_contexts", None)
        if callable(contexts):
            yield from ((one, prefix) for one in contexts())
        else:
            yield route, prefix


def rows(app, prefix=""):
    for route, outer in flat(app.routes, prefix):
        path = outer + getattr(route, "path", "")
        inner = getattr(route, "app", None)
        endpoint = getattr(route, "endpoint", None)
        if endpoint is None and hasattr(inner, "routes"):
            yield from rows(inner, path)
            continue
        methods = sorted(getattr(route, "methods", None) or [])
        if not methods:
            methods = ["WS"] if "WebSocket" in type(route).__name__ else ["MOUNT"]
        for method in methods:
            yield {
                "method": method,
                "path": path,
                "handler": getattr(endpoint, "__qualname__", None),
                "place": where(endpoint) if endpoint else None,
                "dependencies": tree(getattr(route, "dependant", None)),
            }


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    if "--stubs" in sys.argv:
        sys.meta_path.append(Stubs())
    print(json.dumps(list(rows(find(sys.argv[1])))))
