"""A small application with the real framework; `app` is secured as an owner would do it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, WebSocket
from pydantic import BaseModel

from security import Principal, principal_of, secure
from security.policy import POLICY

POLICY["routes"].append({"method": "GET", "path": "/items/{item_id}", "access": "user"})


Caller = Annotated[Principal | None, Depends(principal_of)]


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
    async def item(item_id: int, caller: Caller) -> dict[str, Any]:
        return {"id": item_id, "mine": caller is not None and caller.owns(item_id)}

    @app.get("/mine")
    def mine(request: Request) -> dict[str, Any]:
        caller = principal_of(request)
        return {"mine": caller is not None and caller.owns(caller.id)}

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

    @app.websocket("/socket")
    async def socket(connection: WebSocket) -> None:
        await connection.accept()
        await connection.send_text("hello")
        await connection.close()

    @notes.get("")
    def listed() -> list[str]:
        return []

    @inside.get("/inside")
    def mounted() -> str:
        return "inside"

    app.include_router(notes, prefix="/api")
    app.mount("/sub", inside)
    return app


app = application()
secure(app)
