"""Accounts and keys in SQLite; families and sessions too, without Redis. Credentials as hashes only."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import threading
import time
import unicodedata
from dataclasses import dataclass
from typing import Any, Protocol

from .settings import Settings, SettingsError

_TABLES = """
CREATE TABLE IF NOT EXISTS accounts (
  id TEXT PRIMARY KEY, email TEXT UNIQUE NOT NULL, password TEXT NOT NULL, roles TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS credentials (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, current TEXT NOT NULL,
  idle_until REAL NOT NULL, absolute_until REAL NOT NULL);
CREATE INDEX IF NOT EXISTS credentials_current ON credentials (current);
CREATE TABLE IF NOT EXISTS spent (token TEXT PRIMARY KEY, family TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS keys (
  id TEXT PRIMARY KEY, secret TEXT NOT NULL, name TEXT NOT NULL,
  scopes TEXT NOT NULL, roles TEXT NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS failures (account TEXT PRIMARY KEY, mark TEXT NOT NULL, ends REAL NOT NULL);
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, secret TEXT NOT NULL);
"""


class Rows(Protocol):
    """What the authentication asks of a database; another one can stand in its place."""

    def all(self, sql: str, *values: object) -> list[dict[str, Any]]: ...
    def one(self, sql: str, *values: object) -> dict[str, Any] | None: ...
    def change(self, sql: str, *values: object) -> int: ...


@dataclass(frozen=True)
class Account:
    id: str
    email: str
    password: str
    roles: tuple[str, ...]


class Sqlite:
    def __init__(self, path: str) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=5
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.executescript(_TABLES)

    def all(self, sql: str, *values: object) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(row) for row in self._connection.execute(sql, values).fetchall()]

    def one(self, sql: str, *values: object) -> dict[str, Any] | None:
        rows = self.all(sql, *values)
        return rows[0] if rows else None

    def change(self, sql: str, *values: object) -> int:
        """Each statement is a transaction of its own; the count tells who won a race."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount


def open_store(settings: Settings) -> Sqlite:
    own = settings.environment == "test" and settings.database == "security.sqlite"
    try:
        return Sqlite(":memory:" if own else settings.database)
    except sqlite3.OperationalError:
        reason = "SECURITY_DATABASE names no file that can be opened or made"
        raise SettingsError(reason) from None


class Accounts:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def by_email(self, email: str) -> Account | None:
        return _account(self._rows.one("SELECT * FROM accounts WHERE email = ?", canonical(email)))

    def by_id(self, identifier: str) -> Account | None:
        return _account(self._rows.one("SELECT * FROM accounts WHERE id = ?", identifier))

    def add(self, email: str, password_hash: str, roles: tuple[str, ...] = ("user",)) -> bool:
        """False when the address is known."""
        sql = "INSERT INTO accounts VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        values = (secrets.token_hex(16), canonical(email), password_hash, json.dumps(roles))
        return self._rows.change(sql, *values) == 1

    def set_password(self, identifier: str, password_hash: str) -> None:
        self._rows.change(
            "UPDATE accounts SET password = ? WHERE id = ?", password_hash, identifier
        )


def own_secret(rows: Rows, name: str) -> str:
    """A key that the database made for itself: the same for every instance that uses it."""
    sql = "INSERT INTO secrets VALUES (?, ?) ON CONFLICT DO NOTHING"
    rows.change(sql, name, secrets.token_urlsafe(32))
    row = rows.one("SELECT secret FROM secrets WHERE name = ?", name)
    return "" if row is None else str(row["secret"])


def canonical(email: str) -> str:
    """One spelling of an address: what looks the same is the same account."""
    return unicodedata.normalize("NFKC", email.strip()).lower()


def digest(secret: str) -> str:
    """For random credentials of 128 bits and more; passwords take argon2."""
    return hashlib.sha256(secret.encode()).hexdigest()


def now() -> float:
    return time.time()


def _account(row: dict[str, Any] | None) -> Account | None:
    if row is None:
        return None
    return Account(row["id"], row["email"], row["password"], tuple(json.loads(row["roles"])))
