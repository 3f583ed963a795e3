"""Prints the routes of a Flask application as JSON: `python table.py module:attribute [--stubs]`."""

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


def rows(app):
    for rule in app.url_map.iter_rules():
        view = app.view_functions.get(rule.endpoint)
        view_class = getattr(view, "view_class", None)
        for method in sorted(rule.methods or []):
            own = getattr(view_class, method.lower(), None) if view_class else view
            yield {
                "method": method,
                "path": rule.rule,
                "endpoint": rule.endpoint,
                "handler": getattr(inspect.unwrap(own), "__qualname__", None) if own else None,
                "place": where(own) if own else None,
            }


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    if "--stubs" in sys.argv:
        sys.meta_path.append(Stubs())
    print(json.dumps(list(rows(find(sys.argv[1])))))
