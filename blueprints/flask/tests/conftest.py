"""A small application with the real framework, in the environment of production."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, jsonify, request
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from security import secure
from security.policy import POLICY

SECRET = "q8Zk2vN5xR7tB1mW4cY6pL9sD3fG0hJk"


def application() -> Flask:
    app = Flask(__name__)
    api = Blueprint("api", __name__, url_prefix="/api")
    sub = Blueprint("sub", __name__, url_prefix="/sub")

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/items/<int:item_id>")
    def item(item_id: int) -> dict[str, int]:
        return {"id": item_id}

    @app.post("/items")
    def create() -> dict[str, Any]:
        body: dict[str, Any] = request.get_json()
        return body

    @app.post("/echo")
    def echo() -> Any:
        return jsonify(request.get_json())

    @app.get("/admin")
    def admin() -> dict[str, str]:
        return {"for": "administrators"}

    @app.get("/boom")
    def boom() -> str:
        raise RuntimeError("the database password is hunter2")

    @app.get("/hidden")
    def hidden() -> str:
        return "not listed in the policy"

    @api.get("/notes")
    def listed() -> list[str]:
        return []

    @sub.get("/inside")
    def inside() -> str:
        return "inside"

    app.register_blueprint(api)
    app.register_blueprint(sub)
    return app


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
