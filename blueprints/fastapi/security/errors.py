"""Error answers that tell nothing of the inside; handlers of the application's own stay."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .events import Events
from .messages import problem_document


def add_error_handlers(app: FastAPI, events: Events) -> None:
    usual = FastAPI().exception_handlers

    def untouched(kind: Any) -> bool:
        return app.exception_handlers.get(kind) is usual.get(kind)

    async def unexpected(request: Request, error: Exception) -> Response:
        seen = request.scope["state"]["security"]
        events.emit("error.unhandled", "failure", seen, reason=type(error).__name__)
        return _problem(request, 500)

    async def invalid(request: Request, error: Exception) -> Response:
        """Keeps FastAPI's status and `detail`, without what was submitted."""
        found = error.errors() if isinstance(error, RequestValidationError) else []
        kept = [{key: each[key] for key in ("type", "loc", "msg") if key in each} for each in found]
        paths = [".".join(str(part) for part in each["loc"]) for each in kept]
        pairs = zip(paths, kept, strict=True)
        errors = [{"path": path, "message": each["msg"]} for path, each in pairs]
        seen = request.scope["state"]["security"]
        events.emit("validation.refused", "failure", seen, reason="schema")
        return _problem(request, 422, {"detail": kept, "errors": errors})

    async def http(request: Request, error: Exception) -> Response:
        """Front ends read `detail`, so it stays in the problem document."""
        if not isinstance(error, HTTPException):
            return _problem(request, 500)
        if error.status_code < 400:
            return Response(status_code=error.status_code, headers=error.headers)
        extra = {"detail": error.detail}
        return _problem(request, error.status_code, extra, dict(error.headers or {}))

    if untouched(RequestValidationError):
        app.add_exception_handler(RequestValidationError, invalid)
    if untouched(HTTPException):
        app.add_exception_handler(HTTPException, http)
    if not {500, Exception} & set(app.exception_handlers):
        app.add_exception_handler(Exception, unexpected)


def _problem(
    request: Request,
    status: int,
    extra: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    document = problem_document(status, request.scope["state"]["security"].id) | (extra or {})
    kind = "application/problem+json"
    return JSONResponse(document, status, headers=headers, media_type=kind)
