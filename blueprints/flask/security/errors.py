"""Error answers that tell nothing of the inside; handlers and pages of the application's own stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, jsonify, request
from werkzeug.exceptions import HTTPException

from .events import Events
from .messages import problem_document
from .wsgi import KEY

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


def add_error_handlers(app: Flask, events: Events) -> None:
    own = app.error_handler_spec[None][None]
    if HTTPException in own or Exception in own:
        return

    def problem(error: Exception) -> ResponseReturnValue:
        if not isinstance(error, HTTPException):
            raise error
        original = getattr(error, "original_exception", None)
        if original is not None:
            name = type(original).__name__
            events.emit("error.unhandled", "failure", request.environ[KEY], reason=name)
        if error.response is not None or (error.code or 500) < 400:
            return error
        if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
            # A person in a browser: Werkzeug's page, which tells nothing either.
            return error
        status = error.code or 500
        document = problem_document(status, request.environ[KEY].id)
        response = jsonify(document | {"detail": error.description})
        response.status_code = status
        kept = [pair for pair in error.get_headers() if pair[0].lower() != "content-type"]
        response.headers.extend(kept)
        response.mimetype = "application/problem+json"
        return response

    app.register_error_handler(HTTPException, problem)
