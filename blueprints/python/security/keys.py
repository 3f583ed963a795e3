"""Adds an API key and shows it once: `python -m <package>.security.keys add --name ci --role admin`."""

from __future__ import annotations

import argparse
import sys

from .auth_apikey import add_key
from .policy import POLICY
from .settings import read_settings
from .store import open_store


def main() -> int:
    parser = argparse.ArgumentParser(description="API keys of the application.")
    parser.add_argument("action", choices=["add"])
    parser.add_argument("--name", required=True)
    parser.add_argument("--role", action="append", default=[])
    parser.add_argument("--scope", action="append", default=[])
    given = parser.parse_args()
    settings = read_settings(POLICY)
    days = settings.values["auth"]["key_days"]
    print(add_key(open_store(settings), given.name, given.scope, given.role, days)["key"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
