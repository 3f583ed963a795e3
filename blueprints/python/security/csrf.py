"""Cross-site writes with an ambient cookie; OWASP CSRF cheat sheet, ASVS 3.5.1, Go 1.25 CrossOriginProtection."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from .messages import Problem, Request
from .settings import Settings

_SAFE = ("GET", "HEAD", "OPTIONS")


def check_origin(settings: Settings, request: Request) -> None:
    """First line, before authentication: Fetch-Metadata, then Origin against Host."""
    if request.method in _SAFE or request.header("authorization") or request.header("x-api-key"):
        return
    if settings.policy["auth"] != "session" and not request.headers.get("cookie"):
        return
    origins = request.headers.get("origin", [])
    sites = request.headers.get("sec-fetch-site", [])
    if len(origins) == 1 and origins[0] in settings.origins:
        return
    if sites:
        if sites in (["same-origin"], ["none"]):
            return
        raise _refused("cross-site request")
    if not origins:
        if request.headers.get("cookie") and settings.values["csrf"]["no_origin"] == "refuse":
            raise _refused("neither Sec-Fetch-Site nor Origin")
        return
    same_host = len(origins) == 1 and urlsplit(origins[0]).netloc == request.header("host")
    if not same_host:
        raise _refused("Origin differs from Host")


def token_for(session: str) -> str:
    """Bound to the session: the session id is the key, so a token of another session never fits."""
    return hmac.new(session.encode(), b"csrf-token", hashlib.sha256).hexdigest()


def check_token(settings: Settings, request: Request, session: str) -> None:
    """Second line, after authentication by cookie."""
    if request.method in _SAFE or not settings.values["csrf"]["token"]:
        return
    given = request.header("x-csrf-token").encode("latin-1", "replace")
    if not hmac.compare_digest(given, token_for(session).encode()):
        raise _refused("CSRF token missing or wrong")


def _refused(reason: str) -> Problem:
    return Problem(403, event="csrf.refused", reason=reason)
