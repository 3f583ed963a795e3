"""Prints the routes of a FastAPI application as one JSON line: `python table.py module:attribute`."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

sys.path.insert(1, os.path.join(os.path.dirname(__file__), "..", "..", "python", "live"))
from secure_live import Row, handler, main  # noqa: E402

sys.path.pop(1)

# How long the application's own start may take, in seconds.
PATIENCE = 10


def is_app(value: Any) -> bool:
    from starlette.applications import Starlette

    return isinstance(value, Starlette)


def guards(dependant: Any) -> Iterator[str]:
    """Every dependency before a handler, those of dependencies included: functions, classes, objects."""
    for one in getattr(dependant, "dependencies", []):
        call = getattr(one.call, "func", one.call)  # functools.partial
        yield getattr(call, "__qualname__", type(call).__qualname__)
        yield from guards(one)
    # Before FastAPI 0.121 security schemes stood beside the dependencies.
    for one in getattr(dependant, "security_requirements", []):
        yield type(one.security_scheme).__qualname__


def flat(routes: Iterable[Any]) -> Iterator[Any]:
    """Newer versions keep an included router as one entry that lists its effective routes."""
    for route in routes:
        contexts = getattr(route, "effective_route_contexts", None)
        if callable(contexts):
            yield from (one.starlette_route or one for one in contexts())
        else:
            yield route


def rows(app: Any, prefix: str = "") -> Iterator[Row]:
    for route in flat(app.routes):
        path = prefix + getattr(route, "path", "")
        inner = getattr(route, "app", None)
        endpoint = getattr(route, "endpoint", None)
        if endpoint is None and getattr(inner, "routes", None):
            yield from rows(inner, path)
        elif endpoint is None:
            yield mounted(path, inner)
        else:
            yield from methods(route, path, endpoint)


def methods(route: Any, path: str, endpoint: Any) -> Iterator[Row]:
    every = "WS" if "WebSocket" in type(route).__name__ else "ALL"
    for method in sorted(getattr(route, "methods", None) or [every]):
        row: Row = {"method": method, "path": path, "handler": handler(endpoint)}
        if getattr(endpoint, "__module__", "") == "fastapi.applications":
            row["kind"] = "docs"
        elif hasattr(route, "dependant"):
            row["guards"] = list(guards(route.dependant))
        yield row


def mounted(path: str, inner: Any) -> Row:
    row: Row = {"method": "ALL", "path": f"{path}/{{path:path}}"}
    if "StaticFiles" in [one.__name__ for one in type(inner).__mro__]:
        row["kind"] = "static"
    return row


def start(app: Any) -> None:
    """What a server does before it listens: routes may be added there."""
    # Not asyncio.run: it waits for the tasks that the application has started.
    asyncio.new_event_loop().run_until_complete(lifespan(app))


async def lifespan(app: Any) -> None:
    started = asyncio.Event()

    async def receive() -> dict[str, str]:
        if not started.is_set():
            return {"type": "lifespan.startup"}
        # The process ends without the application's own end.
        return await asyncio.Future()

    async def send(message: dict[str, Any]) -> None:
        started.set()

    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    running = asyncio.ensure_future(app(scope, receive, send))
    waiting = asyncio.ensure_future(started.wait())
    await asyncio.wait([running, waiting], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)


if __name__ == "__main__":
    main("fastapi", is_app, rows, start)
