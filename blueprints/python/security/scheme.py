"""What one kind of authentication is to the gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from .events import Events
from .messages import Answer, Principal, Request, invalid
from .ratelimit import Limiter
from .redis_client import Shared
from .settings import Settings
from .store import Rows


class Scheme(Protocol):
    """One kind of authentication; `make(context)` of each `auth_*.py` returns it."""

    challenge: str
    endpoints: tuple[str, ...]

    def identify(self, request: Request) -> Principal | None: ...
    def answer(self, request: Request, name: str, body: dict[str, Any]) -> Answer: ...


@dataclass(frozen=True)
class Context:
    settings: Settings
    events: Events
    limiter: Limiter
    rows: Rows
    # What instances share, where REDIS_URL is set.
    shared: Shared | None


def text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise invalid("a text is needed", key)
    return value
