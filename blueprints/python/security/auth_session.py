"""Opaque session ids in a cookie, new at each login; ASVS 7.2.3, 7.2.4, 7.3.1, 7.3.2."""

from __future__ import annotations

import secrets
from typing import Any

from .credentials import Credentials, me
from .csrf import check_token, token_for
from .messages import Answer, Principal, Problem, Request, json_answer
from .scheme import Context
from .state import Credential, state_in
from .store import digest, now


class Session:
    challenge = 'Session realm="api"'
    endpoints = ("register", "login", "logout", "me", "password", "csrf")

    def __init__(self, context: Context) -> None:
        self._settings = context.settings
        self._values = context.settings.values["auth"]
        self._state = state_in(context.rows, context.shared)
        self._events = context.events
        self._credentials = Credentials(context)

    def identify(self, request: Request) -> Principal | None:
        given = request.cookies(self._name(request))
        if len(given) != 1:
            return None
        session = self._state.read(digest(given[0]))
        if session is None:
            return None
        account = self._credentials.accounts.by_id(session.account)
        if account is None:
            return None
        if self._settings.on("csrf"):
            check_token(self._settings, request, given[0])
        idle = now() + self._values["session_idle_seconds"]
        # A minute is exact enough, and saves a write on most requests.
        if idle - session.idle_until > 60:
            self._state.touch(session.id, idle)
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
            self._state.end(digest(mine))
            self._events.emit("auth.logout", "success", request)
            cleared = [("Set-Cookie", self._cookie(request, "", 0))]
            if self._settings.values["headers"]["clear_site_data"]:
                value = self._settings.values["headers"]["clear_site_data"]
                cleared.append(("Clear-Site-Data", value))
            return Answer(204, headers=tuple(cleared))
        account = self._credentials.change_password(request, body)
        self._state.end_others(account.id, digest(mine))
        return Answer(204)

    def _login(self, request: Request, body: dict[str, Any]) -> Answer:
        account = self._credentials.login(request, body)
        for old in request.cookies(self._name(request)):
            self._state.end(digest(old))
        token, time = secrets.token_urlsafe(32), now()
        idle = time + self._values["session_idle_seconds"]
        absolute = time + self._values["session_absolute_seconds"]
        self._state.start(Credential(digest(token), account.id, "", idle, absolute))
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
