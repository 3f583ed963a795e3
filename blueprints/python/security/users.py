"""Adds an account: `python -m <package>.security.users add --email a@b.example --role admin`."""

from __future__ import annotations

import argparse
import getpass
import os
import sys

from .messages import Problem
from .passwords import Passwords
from .policy import POLICY
from .settings import read_settings
from .store import Accounts, open_store


def main() -> int:
    parser = argparse.ArgumentParser(description="Accounts of the application.")
    parser.add_argument("action", choices=["add"])
    parser.add_argument("--email", required=True)
    parser.add_argument("--role", action="append", default=[])
    given = parser.parse_args()
    settings = read_settings(POLICY, {"APP_ENV": "development", **os.environ})
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    passwords = Passwords(settings.values["auth"])
    try:
        passwords.accept(password, given.email)
    except Problem as problem:
        print(f"Password: {problem.reason}", file=sys.stderr)
        return 1
    accounts = Accounts(open_store(settings))
    roles = tuple(dict.fromkeys(["user", *given.role]))
    if not accounts.add(given.email, passwords.hash(password), roles):
        print("This address has an account already.", file=sys.stderr)
        return 1
    print("Added.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
