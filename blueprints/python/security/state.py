"""Refresh families and sessions: in Redis when instances share it, else in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from .redis_client import Shared
from .store import Rows, now


@dataclass(frozen=True)
class Credential:
    """A refresh family or a session: what a login starts and a logout ends."""

    id: str
    account: str
    # Hash of the refresh token that is good now; '' for a session.
    current: str
    # Seconds since 1970.
    idle_until: float
    absolute_until: float


class State(Protocol):
    """Where families and sessions live; another store can stand in its place."""

    def start(self, credential: Credential) -> None: ...

    def read(self, identifier: str) -> Credential | None:
        """`None` when it ended or ran out."""

    def touch(self, identifier: str, idle_until: float) -> None: ...

    def by_token(self, hashed: str) -> Credential | None: ...

    def rotate(self, identifier: str, spent: str, fresh: str, idle_until: float) -> bool:
        """False when another request was faster."""

    def spent_by(self, hashed: str) -> str | None:
        """The family that a spent token belonged to."""

    def end(self, identifier: str) -> None: ...

    def end_others(self, account: str, kept: str) -> None: ...


def state_in(rows: Rows, shared: Shared | None) -> State:
    return InDatabase(rows) if shared is None else InRedis(shared)


class InDatabase:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def start(self, credential: Credential) -> None:
        self._rows.change("DELETE FROM credentials WHERE absolute_until <= ?", now())
        self._rows.change("DELETE FROM spent WHERE family NOT IN (SELECT id FROM credentials)")
        self._rows.change(
            "INSERT INTO credentials VALUES (?, ?, ?, ?, ?)",
            credential.id,
            credential.account,
            credential.current,
            credential.idle_until,
            credential.absolute_until,
        )

    def read(self, identifier: str) -> Credential | None:
        return _alive(self._rows.one("SELECT * FROM credentials WHERE id = ?", identifier))

    def touch(self, identifier: str, idle_until: float) -> None:
        sql = "UPDATE credentials SET idle_until = ? WHERE id = ?"
        self._rows.change(sql, idle_until, identifier)

    def by_token(self, hashed: str) -> Credential | None:
        return _alive(self._rows.one("SELECT * FROM credentials WHERE current = ?", hashed))

    def rotate(self, identifier: str, spent: str, fresh: str, idle_until: float) -> bool:
        self._rows.change("INSERT OR IGNORE INTO spent VALUES (?, ?)", spent, identifier)
        sql = "UPDATE credentials SET current = ?, idle_until = ? WHERE id = ? AND current = ?"
        return self._rows.change(sql, fresh, idle_until, identifier, spent) == 1

    def spent_by(self, hashed: str) -> str | None:
        row = self._rows.one("SELECT family FROM spent WHERE token = ?", hashed)
        return None if row is None else str(row["family"])

    def end(self, identifier: str) -> None:
        self._rows.change("DELETE FROM credentials WHERE id = ?", identifier)

    def end_others(self, account: str, kept: str) -> None:
        self._rows.change("DELETE FROM credentials WHERE account = ? AND id <> ?", account, kept)


# Each script is one step for Redis, whatever another instance does at the same time. Times in milliseconds.
_START = """
redis.call('HSET', KEYS[1], 'account', ARGV[2], 'current', ARGV[3], 'idleUntil', ARGV[4],
  'absoluteUntil', ARGV[5])
redis.call('PEXPIREAT', KEYS[1], ARGV[5])
if ARGV[3] ~= '' then
  redis.call('SET', KEYS[2], ARGV[1])
  redis.call('PEXPIREAT', KEYS[2], ARGV[5])
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[6])
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[1])
redis.call('PEXPIREAT', KEYS[3], redis.call('ZRANGE', KEYS[3], -1, -1, 'WITHSCORES')[2])"""

# A session that ended meanwhile must not come back.
_TOUCH = """
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'idleUntil', ARGV[1]) end"""

# Of two refreshes at the same time one finds its token, the other does not.
_ROTATE = """
if redis.call('HGET', KEYS[1], 'current') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'current', ARGV[2], 'idleUntil', ARGV[3])
local left = redis.call('PTTL', KEYS[1])
redis.call('DEL', KEYS[4])
redis.call('SET', KEYS[2], ARGV[4], 'PX', left)
redis.call('SET', KEYS[3], ARGV[4], 'PX', left)
return 1"""


class InRedis:
    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._start = shared.client.register_script(_START)
        self._touch = shared.client.register_script(_TOUCH)
        self._rotate = shared.client.register_script(_ROTATE)

    def start(self, credential: Credential) -> None:
        keys = [
            _key("row", credential.id),
            _key("token", credential.current),
            _key("account", credential.account),
        ]
        args: list[str | int] = [
            credential.id,
            credential.account,
            credential.current,
            _milliseconds(credential.idle_until),
            _milliseconds(credential.absolute_until),
            _milliseconds(now()),
        ]
        with self._shared.asked():
            self._start(keys, args)

    def read(self, identifier: str) -> Credential | None:
        with self._shared.asked() as redis:
            found: Any = redis.hgetall(_key("row", identifier))
        if not found:
            return None
        texts = {name.decode(): value.decode() for name, value in found.items()}
        return _alive(
            {
                "id": identifier,
                "account": texts["account"],
                "current": texts["current"],
                "idle_until": int(texts["idleUntil"]) / 1000,
                "absolute_until": int(texts["absoluteUntil"]) / 1000,
            }
        )

    def touch(self, identifier: str, idle_until: float) -> None:
        with self._shared.asked():
            self._touch([_key("row", identifier)], [_milliseconds(idle_until)])

    def by_token(self, hashed: str) -> Credential | None:
        identifier = self._text(_key("token", hashed))
        found = None if identifier is None else self.read(identifier)
        return found if found is not None and found.current == hashed else None

    def rotate(self, identifier: str, spent: str, fresh: str, idle_until: float) -> bool:
        keys = [
            _key("row", identifier),
            _key("token", fresh),
            _key("spent", spent),
            _key("token", spent),
        ]
        with self._shared.asked():
            done: Any = self._rotate(keys, [spent, fresh, _milliseconds(idle_until), identifier])
        return bool(done == 1)

    def spent_by(self, hashed: str) -> str | None:
        return self._text(_key("spent", hashed))

    def end(self, identifier: str) -> None:
        with self._shared.asked() as redis:
            account: Any = redis.hget(_key("row", identifier), "account")
            redis.delete(_key("row", identifier))
            if account is not None:
                redis.zrem(_key("account", account.decode()), identifier)

    def end_others(self, account: str, kept: str) -> None:
        with self._shared.asked() as redis:
            members: Any = redis.zrange(_key("account", account), 0, -1)
        for member in members:
            if member.decode() != kept:
                self.end(member.decode())

    def _text(self, key: str) -> str | None:
        with self._shared.asked() as redis:
            found: Any = redis.get(key)
        return None if found is None else str(found.decode())


def _key(kind: str, name: str) -> str:
    return f"credential:{kind}:{name}"


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def _alive(row: dict[str, Any] | None) -> Credential | None:
    if row is None:
        return None
    credential = Credential(**row)
    return credential if min(credential.idle_until, credential.absolute_until) > now() else None
