"""A small application with the real framework, in the environment of production."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from security import secure
from security.policy import POLICY

SECRET = "q8Zk2vN5xR7tB1mW4cY6pL9sD3fG0hJk"


class Item(BaseModel):
    name: str
    secret: int = 0


def application() -> FastAPI:
    app = FastAPI()
    notes = APIRouter(prefix="/notes")
    inside = FastAPI()

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/items/{item_id}")
    async def item(item_id: int) -> dict[str, int]:
        return {"id": item_id}

    @app.post("/items")
    def create(body: Item) -> Item:
        return body

    @app.post("/echo")
    async def echo(body: Any = None) -> Any:
        return body

    @app.get("/admin")
    def admin() -> dict[str, str]:
        return {"for": "administrators"}

    @app.get("/boom")
    def boom() -> None:
        raise RuntimeError("the database password is hunter2")

    @app.get("/hidden")
    def hidden() -> str:
        return "not listed in the policy"

    @notes.get("")
    def listed() -> list[str]:
        return []

    @inside.get("/inside")
    def mounted() -> str:
        return "inside"

    app.include_router(notes, prefix="/api")
    app.mount("/sub", inside)
    return app


Make = Callable[..., TestClient]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Make]:
    def made(auth: str = "jwt", off: tuple[str, ...] = (), **env: str) -> TestClient:
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
        return TestClient(app, raise_server_exceptions=False)

    yield made
