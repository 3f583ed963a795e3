"""API keys `sk_<id>.<secret>`: found by id, compared by hash, shown once."""

from __future__ import annotations

import hmac
import json
import re
import secrets
from typing import Any

from .messages import Answer, Principal, Problem, Request, invalid, json_answer
from .scheme import Context, text
from .settings import SettingsError
from .store import Rows, digest, now

_KEY = re.compile(r"sk_([A-Za-z0-9]{8,64})\.([A-Za-z0-9_-]{32,128})")
_DAY = 86_400


class ApiKeys:
    challenge = 'ApiKey realm="api"'
    endpoints = ("me", "keys")

    def __init__(self, context: Context) -> None:
        self._days = context.settings.values["auth"]["key_days"]
        self._rows = context.rows
        self._events = context.events
        self._first_key(context.settings.admin_key)

    def identify(self, request: Request) -> Principal | None:
        if not request.headers.get("x-api-key"):
            return None
        found = _KEY.fullmatch(request.header("x-api-key"))
        row = self._rows.one("SELECT * FROM keys WHERE id = ?", found[1]) if found else None
        stored = row["secret"] if row else digest("nobody")
        given = digest(found[2]) if found else ""
        if row is None or not hmac.compare_digest(stored, given) or row["expires"] <= now():
            raise Problem(401, event="auth.denied", reason="key")
        roles, scopes = tuple(json.loads(row["roles"])), tuple(json.loads(row["scopes"]))
        return Principal(row["id"], row["name"], roles, scopes, row["id"])

    def answer(self, request: Request, name: str, body: dict[str, Any]) -> Answer:
        caller = request.principal
        if caller is None:
            raise Problem(401)
        if name == "me":
            value = {"id": caller.id, "name": caller.name}
            lists = {"scopes": list(caller.scopes), "roles": list(caller.roles)}
            return json_answer(200, value | lists)
        if "admin" not in caller.roles:
            raise Problem(403, event="authz.denied", reason="role:admin")
        parts = name.split("/")[1:]
        if not parts and request.method == "GET":
            rows = self._rows.all("SELECT id, name, scopes, roles, expires FROM keys ORDER BY id")
            return json_answer(200, [_shown(row) for row in rows])
        if not parts and request.method == "POST":
            return self._create(request, body)
        row = self._rows.one("SELECT * FROM keys WHERE id = ?", parts[0] if parts else "")
        if row is None:
            raise Problem(404)
        if len(parts) == 1 and request.method == "DELETE":
            self._rows.change("DELETE FROM keys WHERE id = ?", row["id"])
            self._events.emit("auth.key_revoked", "success", request)
            return Answer(204)
        if parts[1:] == ["rotate"] and request.method == "POST":
            made = add_key(
                self._rows,
                row["name"],
                json.loads(row["scopes"]),
                json.loads(row["roles"]),
                self._days,
            )
            self._events.emit("auth.key_rotated", "success", request)
            return json_answer(201, made)
        raise Problem(405)

    def _create(self, request: Request, body: dict[str, Any]) -> Answer:
        days = body.get("expiresInDays", self._days)
        if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= self._days:
            raise invalid(f"1 to {self._days} days", "expiresInDays")
        scopes, roles = _texts(body, "scopes"), _texts(body, "roles")
        made = add_key(self._rows, text(body, "name"), scopes, roles, days)
        self._events.emit("auth.key_created", "success", request)
        return json_answer(201, made)

    def _first_key(self, key: str) -> None:
        if not key:
            return
        found = _KEY.fullmatch(key)
        if found is None:
            raise SettingsError("SECURITY_ADMIN_KEY must be sk_<id>.<secret of 32 characters>")
        self._rows.change(
            "INSERT INTO keys VALUES (?, ?, 'administrator', '[]', '[\"admin\"]', ?) "
            "ON CONFLICT DO NOTHING",
            found[1],
            digest(found[2]),
            now() + self._days * _DAY,
        )


def make(context: Context) -> ApiKeys:
    return ApiKeys(context)


def add_key(
    rows: Rows, name: str, scopes: list[str], roles: list[str], days: int
) -> dict[str, str]:
    """Stores the hash of a new key and returns the key, once."""
    identifier, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    values = (identifier, digest(secret), name, json.dumps(scopes), json.dumps(roles))
    rows.change("INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?)", *values, now() + days * _DAY)
    return {"id": identifier, "key": f"sk_{identifier}.{secret}"}


def _texts(body: dict[str, Any], key: str) -> list[str]:
    value = body.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise invalid("a list of texts is needed", key)
    return value


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    lists = {name: json.loads(row[name]) for name in ("scopes", "roles")}
    return {"id": row["id"], "name": row["name"], "expires": int(row["expires"])} | lists
