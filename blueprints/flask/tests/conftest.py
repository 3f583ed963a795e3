"""A small application with the real framework, in the environment of production."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from application import application
from security import secure
from security.policy import POLICY

SECRET = "q8Zk2vN5xR7tB1mW4cY6pL9sD3fG0hJk"


Make = Callable[..., FlaskClient]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Make]:
    def made(auth: str = "jwt", off: tuple[str, ...] = (), **env: str) -> FlaskClient:
        given = {
            "APP_ENV": "production",
            "JWT_SECRET": SECRET,
            "SECURITY_DATABASE": str(tmp_path / "security.sqlite"),
            "SECURITY_ADMIN_EMAIL": "root@example.com",
            "SECURITY_ADMIN_PASSWORD": "a long enough passphrase",
            **env,
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        controls = {name: name not in off for name in POLICY["controls"]}
        app = application()
        secure(app, {**POLICY, "auth": auth, "controls": controls})  # type: ignore[typeddict-item]
        return app.test_client()

    yield made
