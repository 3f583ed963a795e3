"""A websocket is decided by a row of its own; a browser cannot send a token with it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, WebSocket
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from security import secure
from security.policy import POLICY
from security.policy_types import Policy


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("JWT_SECRET", "Vd7x_Q2mN8pR5tY7wZ1aB4cD6eF0gH3jK9lM")
    monkeypatch.setenv("SECURITY_DATABASE", ":memory:")
    app = FastAPI()

    @app.websocket("/rooms/{room}")
    async def room(socket: WebSocket, room: str) -> None:
        await socket.accept()
        await socket.send_text(room)
        await socket.close()

    @app.websocket("/inside")
    async def inside(socket: WebSocket) -> None:
        await socket.accept()

    policy: Policy = {
        **POLICY,
        "auth": "jwt",
        "routes": [{"method": "WS", "path": "/rooms/{room}", "access": "public"}],
    }
    secure(app, policy)
    return TestClient(app)


def test_a_public_row_opens_it_to_everybody(client: TestClient) -> None:
    with client.websocket_connect("/rooms/7") as socket:
        assert socket.receive_text() == "7"


def test_without_a_row_a_stranger_is_refused(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/inside"):
        pass


def test_a_page_of_another_site_does_not_open_it_with_a_cookie(client: TestClient) -> None:
    headers = {"Cookie": "session=a", "Sec-Fetch-Site": "cross-site"}
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/rooms/7", headers=headers):
        pass
