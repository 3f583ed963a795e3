"""Every control in the one right order, without a framework; `asgi.py` or `wsgi.py` carries it."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from importlib import import_module
from typing import Any, cast

from .cors import cors
from .csrf import check_origin
from .events import Events
from .headers import HeaderList, add_headers
from .messages import Answer, Principal, Problem, Request
from .policy_types import Route
from .ratelimit import Limiter, unavailable
from .redis_client import Away, connect
from .routes import Match, Routes, authorize
from .scheme import Context, Scheme
from .settings import Settings
from .sign_in import REFUSALS, account_in
from .store import open_store
from .validation import check_body, check_query, parse, walk

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
# Servers differ in what they take; Node's default is half of it, nginx's the same.
_HEADER_BYTES = 32 * 1024
# A traceback, as it is and inside of a JSON string.
_STACK = re.compile(rb'Traceback \(most recent call last\)|File \\?"[^"\\]+\\?", line \d+')
_OPEN = ("register", "login", "refresh")


class Gate:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.events = Events(settings)
        self._shared = connect(settings.redis_url)
        self.limiter = Limiter(settings, self.events, self._shared)
        self._routes = Routes(settings.policy)
        self._prefix = settings.policy["auth_prefix"].rstrip("/") + "/"
        self._scheme = self._make_scheme()
        reason = "JWT_SECRET is not set: tokens end with this process" if settings.ephemeral else ""
        self.events.emit("start", "failure" if reason else "success", reason=reason)

    def open(self, request: Request) -> Answer | None:
        """Up to the CSRF origin check: nothing of the body is needed, nothing blocks but Redis."""
        given = request.header("x-request-id")
        if _REQUEST_ID.fullmatch(given):
            request.id = given
        _check_head(request)
        if self.settings.on("cors"):
            answer = cors(self.settings, request)
            if answer is not None:
                return answer
        return None

    def row(self, request: Request, match: Match | None) -> Route:
        if self.endpoint(request):
            return {"method": request.method, "path": request.path, "access": "public"}
        if request.method == "OPTIONS" and request.header("access-control-request-method"):
            # A preflight carries no credential; the application's own CORS answers it.
            return {
                "method": "OPTIONS",
                "path": request.path,
                "access": "public",
                "limit": "exempt",
            }
        return self._routes.find(request.method, request.path, match)

    def admit(self, request: Request, row: Route) -> None:
        """Limit per address, origin, authentication, authorization, limit per principal, query."""
        limit = row.get("limit", "general")
        address = self.limiter.address(request.ip)
        if limit != "exempt":
            self.limiter.count(request, "general", address)
        if limit == "auth" or self.endpoint(request) in _OPEN:
            self.limiter.count(request, "auth", address)
        if isinstance(limit, dict):
            self.limiter.count(request, "route", f"{row['method']} {row['path']} {address}", limit)
        if self.settings.on("csrf"):
            check_origin(self.settings, request)
        if self._scheme is not None:
            request.principal = self._identify(request, row)
            if self.settings.on("authz"):
                authorize(row, request.principal, self._scheme.challenge)
            if request.principal is not None and limit != "exempt":
                self.limiter.count(request, "api", request.principal.id)
        if self.settings.on("validation"):
            check_query(self.settings, request)

    def cap(self, row: Route) -> int | None:
        """Most bytes of a body; `None` where the application bounds it itself."""
        if not self.settings.on("validation"):
            return None
        return row.get("body_bytes", self.settings.values["validation"]["body_bytes"])

    def check(self, request: Request, row: Route, body: bytes) -> None:
        if self.settings.on("validation") and "body" not in row:
            check_body(self.settings, request, body)
        if row.get("limit") == "auth" and body and "body" not in row:
            kind = request.header("content-type").partition(";")[0].strip().lower()
            request.sign_in = account_in(kind, body)
            if request.sign_in:
                self.limiter.refuse_locked(request, request.sign_in)

    def answered(self, request: Request, status: int, kind: str) -> None:
        """Counts a sign-in of the application's own that its answer refuses."""
        account, request.sign_in = request.sign_in, ""
        # A form that is shown again instead of a redirect says no as well.
        refused = status in REFUSALS or (status == 200 and kind.startswith("text/html"))
        if account and refused:
            with contextlib.suppress(Problem):
                self.limiter.failed(request, account)

    def endpoint(self, request: Request) -> str:
        """Name of the emitted endpoint that a request calls; '' for a path of the application."""
        if self._scheme is None or not request.path.startswith(self._prefix):
            return ""
        name = request.path[len(self._prefix) :]
        # Keys alone have paths of their own below them.
        first = "keys" if name.startswith("keys/") else name
        return name if first in self._scheme.endpoints else ""

    def answer(self, request: Request, body: bytes) -> Answer:
        """Answers an emitted endpoint."""
        name = self.endpoint(request)
        if self._scheme is None or not name:
            raise Problem(404)
        reads = name in ("me", "csrf") or (name == "keys" and request.method == "GET")
        if name.split("/")[0] != "keys" and request.method not in (
            ("GET", "HEAD") if reads else ("POST",)
        ):
            raise Problem(405)
        if name not in _OPEN and request.principal is None:
            headers = (("WWW-Authenticate", self._scheme.challenge),)
            raise Problem(401, event="auth.denied", reason="no credential", headers=headers)
        try:
            return self._scheme.answer(request, name, self._json(request, body))
        except (sqlite3.Error, Away) as error:
            raise self._down(request, error) from None

    def finish(self, request: Request, headers: HeaderList) -> HeaderList:
        """The headers of every answer, whoever gave it."""
        if self.settings.on("cors"):
            # CORS of the application's own would open what this one closes.
            own = "access-control-"
            headers = [pair for pair in headers if not pair[0].lower().startswith(own)]
        given = {name.lower() for name, _ in headers}
        # `Vary` adds up; any other header that a route set itself stays.
        given.discard("vary")
        added = [pair for pair in request.answer_headers if pair[0].lower() not in given]
        headers = _one_vary([*headers, *added])
        if self.settings.on("errors") or self.settings.on("logging"):
            name = self.settings.values["errors"]["request_id_header"]
            headers = [pair for pair in headers if pair[0].lower() != name.lower()]
            headers.append((name, request.id))
        if self.settings.on("headers"):
            headers = add_headers(self.settings, request, headers)
        return headers

    def conceals(self, status: int) -> bool:
        """Whether the body of an answer must be seen before it goes out."""
        shown = self.settings.environment == "development"
        return status >= 400 and self.settings.on("errors") and not shown

    def concealed(self, request: Request, status: int, kind: str, body: bytes) -> Answer | None:
        """Another body for an answer that tells of an unexpected error, whoever wrote it."""
        if not self.conceals(status) or kind.startswith("application/problem+json"):
            return None
        # A page of the application's own stays, unless it shows a traceback.
        page = kind.startswith("text/html")
        if (status != 500 or page) and _STACK.search(body) is None:
            return None
        reason = f"answered {status}"
        self.events.emit("error.unhandled", "failure", request, reason=reason)
        return Problem(status).answer(request.id)

    def refused(self, request: Request, problem: Problem) -> Answer:
        if problem.event:
            self.events.emit(problem.event, "failure", request, reason=problem.reason)
        headers = problem.headers
        if problem.status == 401 and self._scheme is not None and not headers:
            problem.headers = (("WWW-Authenticate", self._scheme.challenge),)
        return problem.answer(request.id)

    def _identify(self, request: Request, row: Route) -> Principal | None:
        if self._scheme is None:
            return None
        name = self.endpoint(request)
        if name in _OPEN:
            return None
        # A public route stays public for a caller whose token ran out, and while nobody can be known.
        public = row["access"] in ("public", "kept") and not name
        try:
            return self._scheme.identify(request)
        except (sqlite3.Error, Away) as error:
            problem = self._down(request, error)
            if public:
                return None
            raise problem from None
        except Problem as problem:
            if problem.status == 401 and public:
                return None
            raise

    def _json(self, request: Request, body: bytes) -> dict[str, Any]:
        if not body:
            return {}
        if request.header("content-type").partition(";")[0].strip().lower() != "application/json":
            raise Problem(415)
        value = parse(self.settings, body)
        walk(self.settings, value)
        return value if isinstance(value, dict) else {}

    def _down(self, request: Request, error: Exception) -> Problem:
        reason = "redis" if isinstance(error, Away) else "database"
        self.events.emit("store.down", "failure", request, reason=reason)
        return unavailable()

    def _make_scheme(self) -> Scheme | None:
        kind = self.settings.policy["auth"]
        if kind in ("kept", "oauth") or not self.settings.on("auth"):
            return None
        # Only the chosen kind is in the folder.
        module = import_module(f".auth_{kind}", __package__)
        rows = open_store(self.settings)
        context = Context(self.settings, self.events, self.limiter, rows, self._shared)
        return cast("Scheme", module.make(context))


def _check_head(request: Request) -> None:
    """Two lengths are two requests to two readers (RFC 9112 §6.3); endless headers cost memory."""
    if "content-length" in request.headers and "transfer-encoding" in request.headers:
        raise Problem(400, event="validation.refused", reason="two lengths")
    if any(name != name.strip() for name in request.headers):
        # `Transfer-Encoding : chunked`: a proxy in front may read it as a length.
        raise Problem(400, event="validation.refused", reason="header name")
    size = sum(len(name) + len("".join(values)) for name, values in request.headers.items())
    if size > _HEADER_BYTES:
        raise Problem(431, event="validation.refused", reason="headers too large")


def _one_vary(headers: HeaderList) -> HeaderList:
    parts = [
        part.strip()
        for name, value in headers
        if name.lower() == "vary"
        for part in value.split(",")
    ]
    if not parts:
        return headers
    kept = [pair for pair in headers if pair[0].lower() != "vary"]
    return [*kept, ("Vary", ", ".join(dict.fromkeys(parts)))]
