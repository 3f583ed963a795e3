"""What policy.py promises for each route of this application: `pytest -m security`."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from application import app
from security.policy import POLICY

pytestmark = pytest.mark.security
APP = app
GUARDED = [
    row
    for row in POLICY["routes"]
    if row["access"] not in ("public", "kept") and row["method"] != "WS"
]
OURS = POLICY["auth"] != "kept" and POLICY["controls"]["auth"] and POLICY["controls"]["authz"]


def name(row: object) -> str:
    """Pytest asks for a name where no route is guarded, too."""
    return f"{row['method']} {row['path']}" if isinstance(row, dict) else "none"


def ask(method: str, path: str, **headers: str) -> Any:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    concrete = re.sub(r"\{[^}]*\}|<[^>]*>", "1", path)
    client = TestClient(APP, raise_server_exceptions=False)
    return client.request(method, concrete, headers=given)


@pytest.mark.skipif(not OURS, reason="the application decides access itself")
@pytest.mark.parametrize("row", GUARDED, ids=name)
def test_a_stranger_is_refused(row: dict[str, str]) -> None:
    assert ask(row["method"], row["path"]).status_code in (401, 403)


@pytest.mark.skipif(
    not OURS or POLICY["unlisted"] == "kept", reason="unlisted paths stay as they are"
)
def test_a_path_that_no_row_lists_is_not_there() -> None:
    assert ask("GET", "/a-path-that-no-row-lists").status_code == 404


@pytest.mark.skipif(not POLICY["controls"]["headers"], reason="headers are kept")
def test_a_refusal_has_its_headers() -> None:
    answer = ask("GET", "/a-path-that-no-row-lists")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] in ("DENY", "SAMEORIGIN")


@pytest.mark.skipif(not POLICY["controls"]["cors"], reason="CORS is kept")
def test_an_unknown_origin_may_not_read() -> None:
    answer = ask("GET", "/", Origin="https://unknown.example")
    assert "Access-Control-Allow-Origin" not in answer.headers
