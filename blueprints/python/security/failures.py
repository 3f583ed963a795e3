"""Wrong passwords of one account, whatever the address: waits that grow, and an end. NIST SP 800-63B-4 §3.2.2.

A level's number of them is free within its window. Behind it each one makes the next wait, doubled each time.
After `account_stop` in a row no password is taken any more until an administrator sets a new one.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import threading
import time
from typing import Any, Protocol

from .messages import Problem
from .policy_types import Ratelimit
from .redis_client import Shared
from .store import Rows

_DAY = 86_400
# Without a failure for so long an account starts anew; one that is stopped does not.
_REMEMBERED = 30 * _DAY
_FOR_EVER = 36_500 * _DAY
# How often a count is tried again when others change it at the same time.
_TRIES = 20
_PRUNED_AT = 10_000


class Marks(Protocol):
    """A short text for each account. Swapping it against the known one makes counting exact."""

    def get(self, key: str) -> str:
        """'' when there is none."""

    def swap(self, key: str, before: str, after: str, seconds: int) -> bool: ...

    def clear(self, key: str) -> None: ...


class Failures:
    """`secret` keys the names of accounts, so that what stores them does not tell whose they are."""

    def __init__(
        self, marks: Marks, values: Ratelimit, secret: str, *, factor: int = 1, stops: bool
    ) -> None:
        self._marks = marks
        self._secret = secret.encode()
        self._free = values["account"]["limit"] * factor
        self._window = values["account"]["window_seconds"]
        self._wait = values["account_wait"]
        # Whose password we do not hold, we cannot reset: those wait, and are never stopped.
        self._stop = values["account_stop"] * factor if stops else math.inf

    def admit(self, account: str) -> None:
        """Counts an attempt before its password is looked at: many at once do not slip through."""
        self._count(account, late=False)

    def refuse(self, account: str) -> None:
        """Refuses while the account waits; counts nothing."""
        self._refuse(*_read(self._marks.get(self._key(account))), time.time())

    def add(self, account: str) -> None:
        """Counts a failure that was seen afterwards."""
        self._count(account, late=True)

    def clear(self, account: str) -> None:
        """A right password, or a new one by an administrator."""
        self._marks.clear(self._key(account))

    def _count(self, account: str, *, late: bool) -> None:
        key = self._key(account)
        for _ in range(_TRIES):
            before, time_now = self._marks.get(key), time.time()
            row, recent, until = _read(before)
            if not late:
                self._refuse(row, recent, until, time_now)
            row, recent = row + 1, 1 if time_now > until + self._window else recent + 1
            wait = self._seconds(recent)
            after = f"{row} {recent} {int((time_now + wait) * 1000)}"
            if self._marks.swap(key, before, after, self._kept(row, wait)):
                return
        if not late:
            raise exceeded("account", self._wait["first_seconds"])

    def _refuse(self, row: int, recent: int, until: float, time_now: float) -> None:
        if row >= self._stop:
            raise exceeded("account stopped", self._wait["longest_seconds"])
        # Clocks of instances differ: where nothing has to wait, `until` is another one's present.
        if recent >= self._free and time_now < until:
            raise exceeded("account", math.ceil(until - time_now))

    def _seconds(self, recent: int) -> int:
        if recent < self._free:
            return 0
        doubled = self._wait["first_seconds"] << min(recent - self._free, 30)
        return min(doubled, self._wait["longest_seconds"])

    def _kept(self, row: int, wait: int) -> int:
        if row >= self._stop:
            return _FOR_EVER
        return _REMEMBERED if self._stop < math.inf else self._window + wait

    def _key(self, account: str) -> str:
        return hmac.new(self._secret, account.encode(), hashlib.sha256).hexdigest()


def exceeded(name: str, seconds: int) -> Problem:
    retry = (("Retry-After", str(seconds)),)
    return Problem(429, event="ratelimit.exceeded", reason=name, headers=retry)


def marks_in(rows: Rows, shared: Shared | None) -> Marks:
    return InDatabase(rows) if shared is None else InRedis(shared)


class InMemory:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._marks: dict[str, tuple[str, float]] = {}
        self._pruned_at = _PRUNED_AT

    def get(self, key: str) -> str:
        text, ends = self._marks.get(key, ("", 0))
        return text if ends > time.time() else ""

    def swap(self, key: str, before: str, after: str, seconds: int) -> bool:
        with self._lock:
            if self.get(key) != before:
                return False
            self._marks[key] = (after, time.time() + seconds)
            if len(self._marks) > self._pruned_at:
                alive = {name: mark for name, mark in self._marks.items() if mark[1] > time.time()}
                self._marks, self._pruned_at = alive, 2 * len(alive) + _PRUNED_AT
        return True

    def clear(self, key: str) -> None:
        with self._lock:
            self._marks.pop(key, None)


class InDatabase:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def get(self, key: str) -> str:
        sql = "SELECT mark FROM failures WHERE account = ? AND ends > ?"
        row = self._rows.one(sql, key, time.time())
        return "" if row is None else str(row["mark"])

    def swap(self, key: str, before: str, after: str, seconds: int) -> bool:
        ends = time.time() + seconds
        if before:
            sql = "UPDATE failures SET mark = ?, ends = ? WHERE account = ? AND mark = ?"
            return self._rows.change(sql, after, ends, key, before) == 1
        self._rows.change("DELETE FROM failures WHERE ends <= ?", time.time())
        sql = "INSERT INTO failures VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        return self._rows.change(sql, key, after, ends) == 1

    def clear(self, key: str) -> None:
        self._rows.change("DELETE FROM failures WHERE account = ?", key)


_SWAP = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1"""


class InRedis:
    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._swap = shared.client.register_script(_SWAP)

    def get(self, key: str) -> str:
        with self._shared.asked() as redis:
            found: Any = redis.get(f"failures:{key}")
        return "" if found is None else str(found.decode())

    def swap(self, key: str, before: str, after: str, seconds: int) -> bool:
        with self._shared.asked():
            done: Any = self._swap([f"failures:{key}"], [before, after, seconds])
        return bool(done == 1)

    def clear(self, key: str) -> None:
        with self._shared.asked() as redis:
            redis.delete(f"failures:{key}")


def _read(mark: str) -> tuple[int, int, float]:
    """Failures in a row, failures since it was quiet for a window, and when the next may be tried."""
    row, recent, until = (mark or "0 0 0").split()
    return int(row), int(recent), int(until) / 1000
