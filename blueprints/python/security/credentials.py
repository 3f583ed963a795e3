"""What `jwt` and `session` share: registration, the check of a password and its change."""

from __future__ import annotations

import re
from typing import Any

from .failures import Failures, marks_in
from .messages import Answer, Principal, Problem, Request, invalid, json_answer
from .passwords import Passwords
from .ratelimit import TEST_FACTOR
from .redis_client import Shared
from .scheme import Context, text
from .settings import Settings, SettingsError
from .store import Account, Accounts, Rows, canonical, own_secret

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")


class Credentials:
    def __init__(self, context: Context) -> None:
        self._events = context.events
        self._failures = failures_in(context.settings, context.rows, context.shared)
        self.accounts = Accounts(context.rows)
        self.passwords = Passwords(context.settings.values["auth"])
        self._first_administrator(context.settings)

    def register(self, request: Request, body: dict[str, Any]) -> Answer:
        """The same answer, in the same time, for a known and an unknown address."""
        email, password = text(body, "email"), text(body, "password")
        if _EMAIL.fullmatch(email) is None:
            raise invalid("an e-mail address is needed", "email")
        self.passwords.accept(password, email)
        added = self.accounts.add(email, self.passwords.hash(password))
        self._events.emit("auth.register", "success" if added else "failure", request)
        return json_answer(202, {"status": "accepted"})

    def login(self, request: Request, body: dict[str, Any]) -> Account:
        email, password = text(body, "email"), text(body, "password")
        self._failures.admit(canonical(email))
        account = self.accounts.by_email(email)
        matches = self.passwords.verify(account.password if account else None, password)
        if account is None or not matches:
            raise Problem(401, event="auth.login", reason="wrong credentials")
        self._failures.clear(account.email)
        self._events.emit("auth.login", "success", request)
        return account

    def change_password(self, request: Request, body: dict[str, Any]) -> Account:
        current, new = text(body, "currentPassword"), text(body, "newPassword")
        account = self.accounts.by_id(request.principal.id) if request.principal else None
        if account is None:
            raise Problem(401, event="auth.password", reason="no account")
        self._failures.admit(account.email)
        if not self.passwords.verify(account.password, current):
            raise Problem(401, event="auth.password", reason="wrong credentials")
        self._failures.clear(account.email)
        self.passwords.accept(new, account.email, "newPassword")
        self.accounts.set_password(account.id, self.passwords.hash(new))
        self._events.emit("auth.password", "success", request)
        return account

    def _first_administrator(self, settings: Settings) -> None:
        if not settings.admin_email or self.accounts.by_email(settings.admin_email) is not None:
            return
        try:
            self.passwords.accept(settings.admin_password, settings.admin_email)
        except Problem:
            raise SettingsError("SECURITY_ADMIN_PASSWORD is missing or weak") from None
        hashed = self.passwords.hash(settings.admin_password)
        self.accounts.add(settings.admin_email, hashed, ("user", "admin"))


def failures_in(settings: Settings, rows: Rows, shared: Shared | None) -> Failures:
    """Counts of the accounts that we hold; they outlast a restart."""
    secret = own_secret(rows, "failures")
    factor = TEST_FACTOR if settings.environment == "test" else 1
    values = settings.values["ratelimit"]
    return Failures(marks_in(rows, shared), values, secret, factor=factor, stops=True)


def me(principal: Principal | None) -> Answer:
    if principal is None:
        raise Problem(401)
    roles = list(principal.roles)
    return json_answer(200, {"id": principal.id, "email": principal.name, "roles": roles})
