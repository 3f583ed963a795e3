"""Opaque session ids in a cookie, new at each login; ASVS 7.2.3, 7.2.4, 7.3.1, 7.3.2."""

from __future__ import annotations

import secrets
from typing import Any

from .credentials import Credentials, me
from .csrf import check_token, token_for
from .messages import Answer, Principal, Problem, Request, json_answer
from .scheme import Context
from .store import digest, now


class Session:
    challenge = 'Session realm="api"'
    endpoints = ("register", "login", "logout", "me", "password", "csrf")

    def __init__(self, context: Context) -> None:
        self._settings = context.settings
        self._values = context.settings.values["auth"]
        self._rows = context.rows
        self._events = context.events
        self._credentials = Credentials(context)

    def identify(self, request: Request) -> Principal | None:
        given = request.cookies(self._name(request))
        if len(given) != 1:
            return None
        row = self._rows.one("SELECT * FROM sessions WHERE token = ?", digest(given[0]))
        if row is None:
            return None
        if min(row["idle_until"], row["absolute_until"]) <= now():
            self._rows.change("DELETE FROM sessions WHERE token = ?", row["token"])
            return None
        account = self._credentials.accounts.by_id(row["account"])
        if account is None:
            return None
        if self._settings.on("csrf"):
            check_token(self._settings, request, given[0])
        idle = now() + self._values["session_idle_seconds"]
        self._rows.change("UPDATE sessions SET idle_until = ? WHERE token = ?", idle, row["token"])
        return Principal(account.id, account.email, account.roles, credential=given[0])

    def answer(self, request: Request, name: str, body: dict[str, Any]) -> Answer:
        mine = request.principal.credential if request.principal else ""
        if name == "register":
            return self._credentials.register(request, body)
        if name == "login":
            return self._login(request, body)
        if name == "me":
            return me(request.principal)
        if name == "csrf":
            if not mine:
                raise Problem(401)
            return json_answer(200, {"csrfToken": token_for(mine)})
        if name == "logout":
            self._rows.change("DELETE FROM sessions WHERE token = ?", digest(mine))
            self._events.emit("auth.logout", "success", request)
            cleared = [("Set-Cookie", self._cookie(request, "", 0))]
            if self._settings.values["headers"]["clear_site_data"]:
                value = self._settings.values["headers"]["clear_site_data"]
                cleared.append(("Clear-Site-Data", value))
            return Answer(204, headers=tuple(cleared))
        account = self._credentials.change_password(request, body)
        sql = "DELETE FROM sessions WHERE account = ? AND token <> ?"
        self._rows.change(sql, account.id, digest(mine))
        return Answer(204)

    def _login(self, request: Request, body: dict[str, Any]) -> Answer:
        account = self._credentials.login(request, body)
        self._rows.change("DELETE FROM sessions WHERE absolute_until <= ?", now())
        for old in request.cookies(self._name(request)):
            self._rows.change("DELETE FROM sessions WHERE token = ?", digest(old))
        token, time = secrets.token_urlsafe(32), now()
        self._rows.change(
            "INSERT INTO sessions VALUES (?, ?, ?, ?)",
            digest(token),
            account.id,
            time + self._values["session_idle_seconds"],
            time + self._values["session_absolute_seconds"],
        )
        cookie = self._cookie(request, token, self._values["session_absolute_seconds"])
        value = {"id": account.id, "email": account.email, "roles": list(account.roles)}
        return json_answer(200, value, ("Set-Cookie", cookie), ("Cache-Control", "no-store"))

    def _https(self, request: Request) -> bool:
        return self._settings.https or request.https

    def _name(self, request: Request) -> str:
        return "__Host-session" if self._https(request) else "session"

    def _cookie(self, request: Request, value: str, seconds: int) -> str:
        same_site = self._values["same_site"].capitalize()
        secure = "; Secure" if self._https(request) else ""
        name = self._name(request)
        return f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={same_site}{secure}"


def make(context: Context) -> Session:
    return Session(context)
