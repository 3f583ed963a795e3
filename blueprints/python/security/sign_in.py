"""The account that a body wants to sign in to, for applications with a sign-in of their own."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

_NAMES = ("email", "username", "login", "user", "identifier", "phone")
REFUSALS = (400, 401, 403, 422)


def account_in(kind: str, body: bytes) -> str:
    """In JSON also one level down, in a form by its field; '' when no known name is there."""
    if kind.endswith("json"):
        value = json.loads(body)
        outer = value if isinstance(value, dict) else {}
        inner = [each for each in outer.values() if isinstance(each, dict)]
        return next((found for each in [outer, *inner] if (found := _named(each))), "")
    return _named(dict(parse_qsl(body.decode("latin-1"))))


def _named(fields: dict[str, Any]) -> str:
    texts = (fields.get(name) for name in _NAMES)
    return next((text.strip().lower() for text in texts if isinstance(text, str) and text), "")
