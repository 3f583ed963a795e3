"""Limits per client address, principal and account; Redis when REDIS_URL is set, memory otherwise."""

from __future__ import annotations

import hashlib
import ipaddress
import time

from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from .events import Events
from .messages import Problem, Request
from .policy_types import Limit
from .settings import Settings

# A test suite asks more in a second than a client in a minute; APP_ENV=production shows the real numbers.
_TEST_FACTOR = 1000


class Limiter:
    def __init__(self, settings: Settings, events: Events) -> None:
        self._settings = settings
        self._events = events
        self._values = settings.values["ratelimit"]
        self._memory = MovingWindowRateLimiter(MemoryStorage())
        self._shared = self._memory
        if settings.redis_url:
            shared = storage_from_string(settings.redis_url, wrap_exceptions=True)
            self._shared = MovingWindowRateLimiter(shared)

    @property
    def blocking(self) -> bool:
        """Redis is asked over a socket: not on an event loop."""
        return self._shared is not self._memory

    def address(self, ip: str) -> str:
        """One customer usually holds an IPv6 /56, so the prefix is counted."""
        try:
            parsed = ipaddress.ip_address(ip)
        except ValueError:
            return ip
        if isinstance(parsed, ipaddress.IPv4Address):
            return ip
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((ip, self._values["ipv6_prefix"]), strict=False))

    def count(self, request: Request, name: str, key: str, own: Limit | None = None) -> None:
        """Counts one request and refuses it over the limit."""
        if not self._settings.on("ratelimit"):
            return
        limit, item = self._item(name, own)
        limiter = self._shared
        try:
            admitted = limiter.hit(item, name, key)
        except StorageError:
            limiter = self._away(request, name)
            admitted = limiter.hit(item, name, key)
        stats = limiter.get_window_stats(item, name, key)
        left = max(1, int(stats.reset_time - time.time() + 0.999))
        window = limit["window_seconds"]
        headers = (
            ("RateLimit", f'"{name}";r={stats.remaining};t={left}'),
            ("RateLimit-Policy", f'"{name}";q={item.amount};w={window}'),
        )
        kept = [pair for pair in request.answer_headers if not pair[0].startswith("RateLimit")]
        request.answer_headers[:] = [*kept, *headers]
        if not admitted:
            raise _exceeded(name, left)

    def refuse_locked(self, request: Request, account: str) -> None:
        """Failures of one account, whatever the address; NIST 800-63B."""
        if not self._settings.on("ratelimit"):
            return
        _, item = self._item("account", None)
        try:
            free = self._shared.test(item, "account", _digest(account))
        except StorageError:
            self._away(request, "account")
        else:
            if not free:
                raise _exceeded("account", self._values["account"]["window_seconds"])

    def failed(self, request: Request, account: str) -> None:
        if not self._settings.on("ratelimit"):
            return
        try:
            self._shared.hit(self._item("account", None)[1], "account", _digest(account))
        except StorageError:
            self._away(request, "account")

    def _item(self, name: str, own: Limit | None) -> tuple[Limit, RateLimitItemPerSecond]:
        named: dict[str, Limit] = {
            "general": self._values["general"],
            "auth": self._values["auth"],
            "api": self._values["api"],
            "account": self._values["account"],
        }
        limit = own or named[name]
        factor = _TEST_FACTOR if self._settings.environment == "test" else 1
        return limit, RateLimitItemPerSecond(limit["limit"] * factor, limit["window_seconds"])

    def _away(self, request: Request, name: str) -> MovingWindowRateLimiter:
        self._events.emit("store.down", "failure", request, reason="redis")
        if name in ("auth", "account") or self._values["redis_down"] == "refuse":
            raise Problem(503)
        return self._memory


def _exceeded(name: str, seconds: int) -> Problem:
    retry = (("Retry-After", str(seconds)),)
    return Problem(429, event="ratelimit.exceeded", reason=name, headers=retry)


def _digest(account: str) -> str:
    return hashlib.sha256(account.encode()).hexdigest()
