"""Carries the gate around a whole WSGI application: 500s, static files and preflights included."""

from __future__ import annotations

import json
from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.http import parse_accept_header
from werkzeug.routing import MapAdapter, RequestRedirect

from .body_schema import Schemas
from .client import client
from .gate import Gate
from .messages import Answer, Problem, Request
from .policy_types import Route
from .routes import Match
from .schemas import SCHEMAS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEY = "security.request"


class Outermost:
    def __init__(self, inner: WSGIApplication, app: Flask, gate: Gate) -> None:
        self._inner = inner
        self._app = app
        self._gate = gate
        unknown = gate.settings.values["validation"]["unknown_keys"]
        self._schemas = Schemas(SCHEMAS, refuse_unknown=unknown == "refuse")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = self._request(environ)
        environ[KEY] = request

        def start_finished(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            self._gate.answered(request, int(status[:3]), _kind(headers))
            return start_response(status, self._gate.finish(request, headers), *rest)

        try:
            answer = self._gate.open(request) or self._enter(request, environ)
        except Problem as problem:
            answer = self._gate.refused(request, problem)
        if answer is None:
            return self._concealing(request, environ, start_finished)
        headers = list(answer.headers)
        if answer.status != 204:
            headers.append(("Content-Length", str(len(answer.body))))
        start_finished(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
        return [] if request.method == "HEAD" else [answer.body]

    def _concealing(
        self, request: Request, environ: WSGIEnvironment, start_finished: Any
    ) -> Iterable[bytes]:
        """Holds back an answer that may tell of the inside until its body is known."""
        held: list[Any] = []
        written: list[bytes] = []
        seen = False

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if seen or not self._gate.conceals(int(status[:3])):
                return start_finished(status, headers, *rest)
            held[:] = [status, headers, *rest]
            return written.append

        parts = self._inner(environ, start)
        # What starts its answer later streams it.
        seen = True
        if not held:
            return parts
        try:
            body = b"".join([*written, *parts])
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        status, headers = held[0], held[1]
        kind = _kind(headers)
        code = int(status[:3])
        answer = self._gate.concealed(request, code, kind, body)
        if _is_default_page(code, body) and not _prefers_page(request):
            answer = Problem(code).answer(request.id)
        if answer is None:
            start_finished(*held)
            return [body]
        length = ("Content-Length", str(len(answer.body)))
        start_finished(status, [*answer.headers, length], *held[2:])
        return [] if request.method == "HEAD" else [answer.body]

    def _enter(self, request: Request, environ: WSGIEnvironment) -> Answer | None:
        row = self._row(request, environ)
        cap = self._gate.cap(row)
        _check_length(environ, cap)
        self._gate.admit(request, row)
        body = _read(environ, cap)
        if self._gate.endpoint(request):
            return self._gate.answer(request, body)
        self._gate.check(request, row, body)
        self._check_schema(request, row, body)
        if body:
            environ["wsgi.input"] = BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        return None

    def _check_schema(self, request: Request, row: Route, body: bytes) -> None:
        kind = request.header("content-type").partition(";")[0].strip().lower()
        if not body or kind != "application/json" or "body" in row:
            return
        if self._gate.settings.on("validation"):
            self._schemas.check(row["method"], row["path"], json.loads(body))

    def _row(self, request: Request, environ: WSGIEnvironment) -> Route:
        try:
            adapter = self._app.create_url_adapter(self._app.request_class(environ))
        except HTTPException:
            # A host that the application does not trust: it says so itself.
            adapter = None
        return self._gate.row(request, find(adapter) if adapter is not None else None)

    def _request(self, environ: WSGIEnvironment) -> Request:
        headers = {
            name[5:].replace("_", "-").lower(): [str(value)]
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if environ.get(name):
                headers[name.replace("_", "-").lower()] = [environ[name]]
        peer = environ.get("REMOTE_ADDR") or "unknown"
        ip, https = client(self._gate.settings, peer, environ["wsgi.url_scheme"], headers)
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        query = environ.get("QUERY_STRING", "")
        return Request(environ["REQUEST_METHOD"], path, query, headers, ip, https)


def _kind(headers: list[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _is_default_page(status: int, body: bytes) -> bool:
    """Werkzeug's own page, which a handler of the application gave back unchanged."""
    return body.startswith(f"<!doctype html>\n<html lang=en>\n<title>{status} ".encode())


def _prefers_page(request: Request) -> bool:
    accepted = parse_accept_header(request.header("accept"), MIMEAccept)
    return accepted.best_match(["application/json", "text/html"]) == "text/html"


def find(adapter: MapAdapter) -> Match | None:
    """The pattern that the application's own URL map matches."""
    try:
        return Match(adapter.match(return_rule=True)[0].rule)
    except RequestRedirect as redirect:
        # The redirect is as open as its target.
        path = urlsplit(redirect.new_url).path.removeprefix(adapter.script_name.rstrip("/"))
        return _other(adapter, path)
    except MethodNotAllowed as refused:
        method = next(iter(sorted(refused.valid_methods or [])), "GET")
        rule = adapter.match(method=method, return_rule=True)[0]
        return Match(rule.rule, method_served=False)
    except HTTPException:
        return None


def _other(adapter: MapAdapter, path: str) -> Match | None:
    try:
        return Match(adapter.match(path, return_rule=True)[0].rule)
    except (HTTPException, RequestRedirect):
        return None


def _check_length(environ: WSGIEnvironment, cap: int | None) -> None:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit():
        raise Problem(400)
    if cap is not None and int(length) > cap:
        raise Problem(413, event="validation.refused", reason="body too large")


def _read(environ: WSGIEnvironment, cap: int | None) -> bytes:
    """Counts what really arrives; a server that ends a chunked body itself says so."""
    length = int(environ.get("CONTENT_LENGTH") or "0")
    if not length and not environ.get("wsgi.input_terminated"):
        return b""
    most = length or (-1 if cap is None else cap + 1)
    parts: list[bytes] = []
    while most:
        part: bytes = environ["wsgi.input"].read(most)
        if not part:
            break
        parts.append(part)
        most = most - len(part) if most > 0 else most
    body = b"".join(parts)
    if cap is not None and len(body) > cap:
        raise Problem(413, event="validation.refused", reason="body too large")
    return body
