"""Carries the gate around a whole ASGI application: 500s, 422s, preflights, streams and mounts included."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from fastapi import FastAPI
from starlette.routing import Match as Found
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .client import client
from .docs import docs_headers
from .gate import Gate
from .messages import Answer, Problem, Request
from .routes import Match

# Threads of its own: handlers that wait for a database hold those of the application.
_THREADS: RunVar[CapacityLimiter] = RunVar("security.threads")


class Outermost:
    def __init__(self, inner: ASGIApp, app: FastAPI, gate: Gate) -> None:
        self._inner = inner
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._inner(scope, receive, send)
            return
        request = self._request(scope)
        scope.setdefault("state", {})["security"] = request
        if scope["type"] == "websocket":
            await self._websocket(request, scope, receive, send)
            return

        async def send_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                if request.sign_in:
                    status, kind = message["status"], _kind(_decode(message))
                    await _in_thread(self._gate.answered, request, status, kind)
                message["headers"] = _encode(self._gate.finish(request, _decode(message)))
            await send(message)

        send_finished = _concealing(self._gate, request, send_headers)
        try:
            answer = self._gate.open(request)
            if answer is None:
                answer, receive = await self._enter(request, scope, receive)
        except Problem as problem:
            answer = self._gate.refused(request, problem)
        if answer is None:
            await self._inner(scope, receive, send_finished)
            return
        await _send(answer, request, send_finished)

    async def _enter(
        self, request: Request, scope: Scope, receive: Receive
    ) -> tuple[Answer | None, Receive]:
        match = self._match(scope)
        row = self._gate.row(request, match)
        cap = self._gate.cap(row)
        _check_length(request, cap)
        await _in_thread(self._gate.admit, request, row)
        if match is not None and self._gate.settings.on("headers"):
            request.answer_headers.extend(docs_headers(match.endpoint))
        if not self._gate.endpoint(request) and not _has_body(request):
            return None, receive
        body = await _read(receive, cap)
        if self._gate.endpoint(request):
            return await _in_thread(self._gate.answer, request, body), receive
        await _in_thread(self._gate.check, request, row, body)
        return None, _replay(body, receive)

    async def _websocket(
        self, request: Request, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """A page of another site must not open a socket with the cookie of the user."""
        try:
            row = self._gate.row(request, self._match(scope))
            await _in_thread(self._gate.admit, request, row)
        except Problem as problem:
            self._gate.refused(request, problem)
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._inner(scope, receive, send)

    def _match(self, scope: Scope) -> Match | None:
        match = find(self._app.router.routes, scope)
        if match is None and self._app.router.redirect_slashes and scope["path"] != "/":
            # The router redirects to this path; the redirect is as open as its target.
            path: str = scope["path"]
            other = path.rstrip("/") if path.endswith("/") else path + "/"
            match = find(self._app.router.routes, {**scope, "path": other})
        return match

    def _request(self, scope: Scope) -> Request:
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        # A unix socket and some test clients name no peer.
        peer = (scope.get("client") or ("unknown", 0))[0]
        scheme: str = scope.get("scheme", "http")
        scheme = "https" if scheme == "wss" else scheme
        ip, https = client(self._gate.settings, peer, scheme, headers)
        method = scope.get("method", "WS")
        query = scope.get("query_string", b"").decode("latin-1")
        return Request(method, scope["path"], query, headers, ip, https)


async def _in_thread(function: Callable[..., Any], *args: Any) -> Any:
    try:
        threads = _THREADS.get()
    except LookupError:
        threads = CapacityLimiter(40)
        _THREADS.set(threads)
    return await to_thread.run_sync(function, *args, limiter=threads)


def find(routes: Iterable[Any], scope: Scope, prefix: str = "") -> Match | None:
    """The pattern that the application's own router matches, through mounts and included routers."""
    partial: Match | None = None
    for route in routes:
        included = getattr(route, "effective_candidates", None)
        if included is not None:
            # FastAPI from 0.13x on keeps included routers as routes of their own.
            match = find(included(), scope, prefix)
            if match is not None and match.method_served:
                return match
            partial = partial or match
            continue
        found, child = route.matches(dict(scope))
        if found == Found.NONE:
            continue
        real = getattr(route, "starlette_route", None) or route
        pattern = prefix + getattr(real, "path", "")
        if isinstance(real, Mount):
            inner = real.routes
            return find(inner, {**scope, **child}, pattern) if inner else Match(pattern + "/*")
        if found == Found.FULL:
            return Match(pattern, endpoint=getattr(real, "endpoint", None))
        partial = partial or Match(pattern, method_served=False)
    return partial


def _has_body(request: Request) -> bool:
    length = request.header("content-length")
    return length not in ("", "0") or "transfer-encoding" in request.headers


def _check_length(request: Request, cap: int | None) -> None:
    length = request.header("content-length")
    if cap is not None and length.isdigit() and int(length) > cap:
        raise Problem(413, event="validation.refused", reason="body too large")


async def _read(receive: Receive, cap: int | None) -> bytes:
    """Counts what really arrives: a length that was sent, or none, proves nothing."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if cap is not None and len(body) > cap:
            raise Problem(413, event="validation.refused", reason="body too large")
    return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _send(answer: Answer, request: Request, send: Send) -> None:
    headers = list(answer.headers)
    if answer.status != 204:
        headers.append(("Content-Length", str(len(answer.body))))
    start = {"type": "http.response.start", "status": answer.status, "headers": _encode(headers)}
    await send(start)
    body = b"" if request.method == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})


def _concealing(gate: Gate, request: Request, send: Send) -> Send:
    """Holds back an answer that may tell of the inside until its body is known."""
    start: Message | None = None
    body = bytearray()

    async def concealing(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start" and gate.conceals(message["status"]):
            start = message
            return
        if start is None:
            await send(message)
            return
        body.extend(message.get("body", b""))
        if message.get("more_body", False):
            return
        held, start = start, None
        kind = _kind(_decode(held))
        answer = gate.concealed(request, held["status"], kind, bytes(body))
        if answer is not None:
            await _send(answer, request, send)
            return
        await send(held)
        await send({"type": "http.response.body", "body": bytes(body)})

    return concealing


def _kind(headers: list[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _decode(message: Message) -> list[tuple[str, str]]:
    raw: Iterable[tuple[bytes, bytes]] = message.get("headers", [])
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw]


def _encode(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
