"""Error answers that front ends and tests of the application read stay as FastAPI gives them."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient
from pydantic import BaseModel

from security import secure
from security.policy import POLICY
from security.policy_types import Policy, Route


class Item(BaseModel):
    name: str
    price: int


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("APP_ENV", "production")
    app = FastAPI()

    @app.get("/items/{item}")
    async def read(item: int) -> None:
        raise HTTPException(404, "no such item", {"X-Error": "there"})

    @app.post("/items")
    async def create(item: Item) -> Item:
        return item

    rows: list[Route] = [
        {"method": "GET", "path": "/items/{item}", "access": "public"},
        {"method": "POST", "path": "/items", "access": "public"},
    ]
    policy: Policy = {**POLICY, "routes": rows, "auth": "kept", "unlisted": "kept"}
    secure(app, policy)
    return TestClient(app)


def test_what_a_handler_raises_stays(client: TestClient) -> None:
    answer = client.get("/items/1")
    assert (answer.status_code, answer.json()) == (404, {"detail": "no such item"})
    assert answer.headers["X-Error"] == "there"


def test_a_missing_field_is_said_as_before(client: TestClient) -> None:
    missing = {"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}
    assert client.post("/items").json() == {"detail": [missing]}


def test_a_submitted_value_is_not_repeated(client: TestClient) -> None:
    answer = client.post("/items", json={"name": "a", "price": "Kq7-secret"})
    assert answer.status_code == 422
    assert "Kq7-secret" not in answer.text
    assert answer.json()["detail"][0]["loc"] == ["body", "price"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("DELETE", "/items")])
def test_the_router_does_not_name_the_framework(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["requestId"] == answer.headers["X-Request-Id"]
