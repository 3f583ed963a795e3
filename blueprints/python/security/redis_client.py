"""One Redis for everything that instances share; REDIS_URL. It may be away at the start, and come back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import RedisError
from redis.retry import Retry

from .settings import SettingsError

# Seconds. A Redis that hangs must not hang the application.
_TIMEOUT = 1.0
_PAUSE = 1.0


class Away(Exception):
    """Redis does not answer. Each control decides what that means."""


class Shared:
    """While Redis is away callers are told so at once, and one of them tries again each second."""

    def __init__(self, client: Redis) -> None:
        self.client = client
        self._lock = threading.Lock()
        # 0 while Redis answers.
        self._next_try = 0.0

    @contextmanager
    def asked(self) -> Iterator[Redis]:
        with self._lock:
            time_now = time.monotonic()
            if time_now < self._next_try:
                raise Away
            if self._next_try:
                self._next_try = time_now + _TIMEOUT + _PAUSE
        try:
            yield self.client
        except RedisError:
            self._next_try = time.monotonic() + _PAUSE
            raise Away from None
        self._next_try = 0.0


def connect(url: str) -> Shared | None:
    """`None` without a URL. Nothing is sent yet."""
    if not url:
        return None
    try:
        if urlsplit(url).scheme not in ("redis", "rediss"):
            raise ValueError
        client = Redis.from_url(
            url,
            socket_timeout=_TIMEOUT,
            socket_connect_timeout=_TIMEOUT,
            # A connection that Redis closed is made anew; one that hangs is not asked twice.
            retry=Retry(NoBackoff(), 1, (Disconnected,)),
        )
        # Options of the URL are read when a connection is made.
        client.connection_pool.make_connection()
    except (ValueError, TypeError):
        # The error of a parser holds the URL, and that its password.
        raise SettingsError("REDIS_URL is no redis:// or rediss:// address") from None
    return Shared(client)
