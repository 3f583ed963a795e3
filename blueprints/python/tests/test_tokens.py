"""A token whose signature was checked before still ends when it runs out, and with its family."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from conftest import Make
from security.policy import POLICY

pytestmark = pytest.mark.security
CREDENTIALS = {"email": "root@example.com", "password": "a long enough passphrase"}


def signed_in(client: Any) -> str:
    return str(json.loads(client.post("/auth/login", json=CREDENTIALS).text)["accessToken"])


def test_a_checked_token_runs_out(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    values = POLICY["levels"][POLICY["level"]]["auth"]
    monkeypatch.setitem(values, "access_seconds", 2)
    monkeypatch.setitem(values, "clock_skew_seconds", 0)
    client = make()
    token = signed_in(client)
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/auth/me", headers=headers).status_code == 200
    time.sleep(2.1)
    assert client.get("/auth/me", headers=headers).status_code == 401


def test_a_checked_token_ends_with_its_family(make: Make) -> None:
    client = make()
    token = signed_in(client)
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/auth/me", headers=headers).status_code == 200
    assert client.post("/auth/logout", headers=headers).status_code == 204
    assert client.get("/auth/me", headers=headers).status_code == 401


def test_a_token_that_only_resembles_a_checked_one_is_refused(make: Make) -> None:
    client = make()
    token = signed_in(client)
    assert client.get("/auth/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    head, body, signature = token.split(".")
    for other in (f"{head}.{body}.", f"{head}.{body}.{signature[::-1]}", f"{token}A"):
        headers = {"Authorization": f"Bearer {other}"}
        assert client.get("/auth/me", headers=headers).status_code == 401
