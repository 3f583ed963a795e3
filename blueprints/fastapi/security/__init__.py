"""Security of this application: `secure(app)` once, after the application is made."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp

from .asgi import Outermost
from .errors import add_error_handlers
from .gate import Gate
from .messages import Principal, Request
from .policy import POLICY
from .policy_types import Policy
from .settings import read_settings

__all__ = ["Principal", "Request", "principal_of", "secure"]


def secure(app: FastAPI, policy: Policy = POLICY) -> None:
    """Puts every control of the policy around the application.

    `add_middleware` would stand inside Starlette's ServerErrorMiddleware, whose 500 would then lack
    every header. The stack is built at the first request, by a method that subclasses override;
    taking its result is the way to be outside of everything, whenever `secure` is called.
    """
    if app.middleware_stack is not None:
        raise RuntimeError("secure(app) must be called before the first request")
    gate = Gate(read_settings(policy))
    if gate.settings.on("errors"):
        add_error_handlers(app, gate.events)
        if gate.settings.environment == "production":
            # Starlette's debug page shows the source to everybody.
            app.debug = False
    build = app.build_middleware_stack

    def outermost() -> ASGIApp:
        return Outermost(build(), app, gate)

    setattr(app, "build_middleware_stack", outermost)  # noqa: B010


def principal_of(request: HTTPConnection) -> Principal | None:
    """The signed-in caller, for your handlers, also as `Depends(principal_of)`; None for a stranger."""
    seen: Request | None = getattr(request.state, "security", None)
    return None if seen is None else seen.principal
