"""Security of this application: `secure(app)` once, after its routes and error handlers."""

from __future__ import annotations

from flask import Flask, request

from .errors import add_error_handlers
from .gate import Gate
from .messages import Principal, Request
from .policy import POLICY
from .policy_types import Policy
from .settings import read_settings
from .wsgi import KEY, Outermost

__all__ = ["Principal", "Request", "principal_of", "secure"]


def secure(app: Flask, policy: Policy = POLICY) -> None:
    """Puts every control of the policy around the application.

    `wsgi_app` is Flask's own place for it: outside of `before_request`, sessions and error handling,
    so that 500s and static files have their headers and no handler runs before the guard.
    """
    if isinstance(app.wsgi_app, Outermost):
        raise RuntimeError("secure(app) was called before")
    gate = Gate(read_settings(policy))
    if gate.settings.on("errors"):
        add_error_handlers(app, gate.events)
        if gate.settings.environment == "production":
            # The debugger runs code for whoever asks.
            app.debug = False
    app.wsgi_app = Outermost(app.wsgi_app, app, gate)  # type: ignore[method-assign]


def principal_of() -> Principal | None:
    """The signed-in caller of the current request, for your handlers; None for a stranger."""
    seen: Request | None = request.environ.get(KEY)
    return None if seen is None else seen.principal
