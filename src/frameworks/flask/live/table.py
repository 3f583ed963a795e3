"""Prints the routes of a Flask application as one JSON line: `python table.py module:attribute`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

sys.path.insert(1, os.path.join(os.path.dirname(__file__), "..", "..", "python", "live"))
from secure_live import Row, handler, main  # noqa: E402

sys.path.pop(1)


def is_app(value: Any) -> bool:
    from flask import Flask

    return isinstance(value, Flask)


def rows(app: Any) -> Iterator[Row]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions.get(rule.endpoint)
        view_class = getattr(view, "view_class", None)
        static = rule.endpoint == "static" or rule.endpoint.endswith(".static")
        for method in sorted(rule.methods or []):
            # Flask answers these itself; a view that takes OPTIONS says so.
            if method == "OPTIONS" and getattr(rule, "provide_automatic_options", False):
                continue
            own = getattr(view_class, method.lower(), None) or view
            row: Row = {"method": method, "path": rule.rule}
            if own is not None:
                row["handler"] = handler(own)
            if static:
                row["kind"] = "static"
            yield row


if __name__ == "__main__":
    main("flask", is_app, rows)
