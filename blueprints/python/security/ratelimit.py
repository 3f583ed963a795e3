"""Limits per client address and principal; Redis when REDIS_URL is set, memory otherwise."""

from __future__ import annotations

import ipaddress
import secrets
import time
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from limits.util import WindowStats

from .events import Events
from .failures import Failures, InMemory, InRedis, exceeded
from .messages import Problem, Request
from .policy_types import Limit
from .redis_client import Away, Shared
from .settings import Settings

# A test suite asks more in a second than a client in a minute; APP_ENV=production shows the real numbers.
TEST_FACTOR = 1000
_RETRY_SECONDS = "5"


class Limiter:
    def __init__(self, settings: Settings, events: Events, shared: Shared | None) -> None:
        self._settings = settings
        self._events = events
        self._values = settings.values["ratelimit"]
        self._memory = MovingWindowRateLimiter(MemoryStorage())
        self._shared = shared
        self._counters = self._memory
        if shared is not None:
            pool = shared.client.connection_pool
            storage = RedisStorage(settings.redis_url, connection_pool=pool)
            self._counters = MovingWindowRateLimiter(storage)
        self._signs_in = settings.on("auth") and settings.policy["auth"] != "kept"
        # Instances that share counts must give an account one name; they have no common secret here.
        marks, secret = (InRedis(shared), "") if shared else (InMemory(), secrets.token_hex(16))
        self._factor = TEST_FACTOR if settings.environment == "test" else 1
        factor = self._factor
        general, auth, api = self._values["general"], self._values["auth"], self._values["api"]
        named: dict[str, Limit] = {"general": general, "auth": auth, "api": api}
        self._named = {name: self._item(name, limit) for name, limit in named.items()}
        self._failures = Failures(marks, self._values, secret, factor=factor, stops=False)

    def address(self, ip: str) -> str:
        """One customer usually holds an IPv6 /56, so the prefix is counted."""
        return _network(ip, self._values["ipv6_prefix"])

    def count(self, request: Request, name: str, key: str, own: Limit | None = None) -> None:
        """Counts one request and refuses it over the limit."""
        # Sign-in is limited wherever we sign callers in, also when the application limits the rest.
        if not self._settings.on("ratelimit") and not (self._signs_in and name == "auth"):
            return
        limit, item = self._item(name, own)
        admitted, stats = self._hit(request, item, name, key)
        left = max(1, int(stats.reset_time - time.time() + 0.999))
        window = limit["window_seconds"]
        headers = (
            ("RateLimit", f'"{name}";r={stats.remaining};t={left}'),
            ("RateLimit-Policy", f'"{name}";q={item.amount};w={window}'),
        )
        kept = [pair for pair in request.answer_headers if not pair[0].startswith("RateLimit")]
        request.answer_headers[:] = [*kept, *headers]
        if not admitted:
            raise exceeded(name, left)

    def refuse_locked(self, request: Request, account: str) -> None:
        """For a sign-in of the application's own: refuses while the account waits."""
        if not self._settings.on("ratelimit"):
            return
        try:
            self._failures.refuse(account)
        except Away:
            self._away(request, "account")

    def failed(self, request: Request, account: str) -> None:
        """For a sign-in of the application's own, whose answer said no."""
        if not self._settings.on("ratelimit"):
            return
        try:
            self._failures.add(account)
        except Away:
            self._away(request, "account")

    def _item(self, name: str, own: Limit | None) -> tuple[Limit, RateLimitItemPerSecond]:
        if own is None:
            return self._named[name]
        return own, RateLimitItemPerSecond(own["limit"] * self._factor, own["window_seconds"])

    def _hit(
        self, request: Request, item: RateLimitItemPerSecond, name: str, key: str
    ) -> tuple[bool, WindowStats]:
        try:
            with self._asked():
                return _counted(self._counters, item, name, key)
        except Away:
            self._away(request, name)
        return _counted(self._memory, item, name, key)

    def _asked(self) -> AbstractContextManager[object]:
        return nullcontext() if self._shared is None else self._shared.asked()

    def _away(self, request: Request, name: str) -> None:
        """Redis is away: sign-in is refused, the rest follows the policy."""
        self._events.emit("store.down", "failure", request, reason="redis")
        if name in ("auth", "account") or self._values["redis_down"] == "refuse":
            raise unavailable()


@lru_cache(maxsize=4096)
def _network(ip: str, prefix: int) -> str:
    try:
        parsed = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if isinstance(parsed, ipaddress.IPv4Address):
        return ip
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((ip, prefix), strict=False))


def unavailable() -> Problem:
    """What sign-in answers while its store is away; RFC 9110 §15.6.4."""
    return Problem(503, headers=(("Retry-After", _RETRY_SECONDS),))


def _counted(
    limiter: MovingWindowRateLimiter, item: RateLimitItemPerSecond, name: str, key: str
) -> tuple[bool, WindowStats]:
    return limiter.hit(item, name, key), limiter.get_window_stats(item, name, key)
