"""Cross-Origin Resource Sharing: exact origins, no fallback (CWE-942), never a 5xx for a refusal."""

from __future__ import annotations

import re

from .messages import Answer, Request
from .settings import Settings

_LOCALHOST = re.compile(r"http://localhost(:\d{1,5})?")


def cors(settings: Settings, request: Request) -> Answer | None:
    """Adds the answer headers of an allowed origin, and answers preflights."""
    origin = request.header("origin")
    if not origin:
        return None
    allowed = _allowed(settings, origin)
    request.answer_headers.append(("Vary", "Origin"))
    values = settings.values["cors"]
    if allowed:
        request.answer_headers.append(("Access-Control-Allow-Origin", origin))
        if settings.policy["auth"] in ("session", "kept"):
            # Only a cookie needs credentialed cross-origin reads.
            request.answer_headers.append(("Access-Control-Allow-Credentials", "true"))
    if request.method != "OPTIONS" or not request.header("access-control-request-method"):
        if allowed:
            exposed = ", ".join(values["exposed_headers"])
            request.answer_headers.append(("Access-Control-Expose-Headers", exposed))
        return None
    if allowed:
        request.answer_headers += [
            ("Access-Control-Allow-Methods", ", ".join(settings.policy["methods"])),
            ("Access-Control-Allow-Headers", ", ".join(values["allowed_headers"])),
            ("Access-Control-Max-Age", str(values["max_age"])),
        ]
    return Answer(204)


def _allowed(settings: Settings, origin: str) -> bool:
    if origin in settings.origins:
        return True
    local = settings.values["cors"]["localhost_in_development"]
    development = settings.environment == "development"
    return local and development and _LOCALHOST.fullmatch(origin) is not None
