"""Security events are JSON lines without secrets."""

from __future__ import annotations

import json

import pytest

from conftest import Make

pytestmark = pytest.mark.security


def test_a_failed_login_is_one_line_without_its_password(
    make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"email": "root@example.com", "password": "not the right passphrase"}
    make().post("/auth/login", json=body)
    lines = capsys.readouterr().out.splitlines()
    events = [json.loads(line) for line in lines]
    assert [each["outcome"] for each in events if each["event"] == "auth.login"] == ["failure"]
    assert not any("passphrase" in line for line in lines)
