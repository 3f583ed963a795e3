"""Accounts of the application, by the command line of its owner.

`python -m <package>.security.users add --email a@b.example --role admin` adds one.
`python -m <package>.security.users password --email a@b.example` sets another password: it ends every session of the
account and opens one that too many wrong passwords stopped. The password is read from the terminal or standard input.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys

from .credentials import failures_in
from .messages import Problem
from .passwords import Passwords
from .policy import POLICY
from .redis_client import Away, connect
from .settings import Settings, read_settings
from .state import state_in
from .store import Accounts, open_store


def main() -> int:
    parser = argparse.ArgumentParser(description="Accounts of the application.")
    parser.add_argument("action", choices=["add", "password"])
    parser.add_argument("--email", required=True)
    parser.add_argument("--role", action="append", default=[], help="with add")
    given = parser.parse_args()
    settings = read_settings(POLICY, {"APP_ENV": "development", **os.environ})
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    passwords = Passwords(settings.values["auth"])
    try:
        passwords.accept(password, given.email)
    except Problem as problem:
        print(f"Password: {problem.reason}", file=sys.stderr)
        return 1
    hashed = passwords.hash(password)
    if given.action == "password":
        return _reset(settings, given.email, hashed)
    roles = tuple(dict.fromkeys(["user", *given.role]))
    if not Accounts(open_store(settings)).add(given.email, hashed, roles):
        print("This address has an account already.", file=sys.stderr)
        return 1
    print("Added.")
    return 0


def _reset(settings: Settings, email: str, hashed: str) -> int:
    rows, shared = open_store(settings), connect(settings.redis_url)
    accounts = Accounts(rows)
    account = accounts.by_email(email)
    if account is None:
        print("This address has no account.", file=sys.stderr)
        return 1
    try:
        failures_in(settings, rows, shared).clear(account.email)
        accounts.set_password(account.id, hashed)
        state_in(rows, shared).end_others(account.id, "")
    except Away:
        print("Redis does not answer: run this again when it does.", file=sys.stderr)
        return 1
    print("Changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
