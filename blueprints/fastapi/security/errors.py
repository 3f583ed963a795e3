"""Error answers that tell nothing of the inside; handlers of the application's own stay."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from inspect import isroutine
from typing import Any

from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.exception_handlers import http_exception_handler
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
        """FastAPI's own answer, which front ends and tests know, without what was submitted."""
        found = error.errors() if isinstance(error, RequestValidationError) else []
        seen = request.scope["state"]["security"]
        events.emit("validation.refused", "failure", seen, reason="schema")
        return JSONResponse({"detail": jsonable_encoder([_unsaid(each) for each in found])}, 422)

    async def http(request: Request, error: Exception) -> Response:
        """What a handler says stays; the router's own answer would name the framework."""
        if not isinstance(error, HTTPException):
            return _problem(request, 500)
        if error.status_code < 400 or not _is_routers(request, error):
            return await http_exception_handler(request, error)
        extra = {"detail": error.detail}
        return _problem(request, error.status_code, extra, dict(error.headers or {}))

    if untouched(RequestValidationError):
        app.add_exception_handler(RequestValidationError, invalid)
    if untouched(HTTPException):
        app.add_exception_handler(HTTPException, http)
    if not {500, Exception} & set(app.exception_handlers):
        app.add_exception_handler(Exception, unexpected)


def _unsaid(error: Mapping[str, Any]) -> dict[str, Any]:
    """Without the submitted value; that nothing was submitted may be said."""
    empty = "input" in error and error["input"] in (None, {}, [], "")
    return {key: value for key, value in error.items() if key != "input" or empty}


def _is_routers(request: Request, error: HTTPException) -> bool:
    """No handler was found, or none for this method."""
    endpoint = request.scope.get("endpoint")
    usual = error.detail == HTTPStatus(error.status_code).phrase
    return usual and (error.status_code == 405 or not isroutine(endpoint))


def _problem(
    request: Request,
    status: int,
    extra: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    document = problem_document(status, request.scope["state"]["security"].id) | (extra or {})
    kind = "application/problem+json"
    return JSONResponse(document, status, headers=headers, media_type=kind)
