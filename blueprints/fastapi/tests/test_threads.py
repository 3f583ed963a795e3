"""Handlers that block every thread of the application do not keep the guard from answering."""

from __future__ import annotations

import asyncio
import threading

import httpx
import pytest
from fastapi import FastAPI

from security import secure
from security.policy import POLICY
from security.policy_types import Policy


def test_a_refusal_does_not_wait_for_blocked_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_ENV", "production")
    app = FastAPI()
    go_on = threading.Event()

    @app.get("/slow")
    def slow() -> str:
        go_on.wait(20)
        return "done"

    policy: Policy = {
        **POLICY,
        "auth": "kept",
        "unlisted": "kept",
        "routes": [{"method": "GET", "path": "/slow", "access": "kept"}],
    }
    secure(app, policy)

    async def ask() -> int:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            # More than the 40 threads that Starlette gives to handlers.
            waiting = [asyncio.create_task(client.get("/slow")) for _ in range(50)]
            await asyncio.sleep(0.5)
            try:
                body = {"Cookie": "session=a", "Sec-Fetch-Site": "cross-site"}
                answer = await asyncio.wait_for(client.post("/slow", headers=body), 5)
            finally:
                go_on.set()
                await asyncio.gather(*waiting)
            return answer.status_code

    assert asyncio.run(ask()) == 403
