"""A small application with the real framework; `app` is secured as an owner would do it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, jsonify, request

from security import principal_of, secure
from security.policy import POLICY

POLICY["routes"].append({"method": "GET", "path": "/items/<int:item_id>", "access": "user"})


def application() -> Flask:
    app = Flask(__name__)
    api = Blueprint("api", __name__, url_prefix="/api")
    sub = Blueprint("sub", __name__, url_prefix="/sub")

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/items/<int:item_id>")
    def item(item_id: int) -> dict[str, Any]:
        caller = principal_of()
        return {"id": item_id, "mine": caller is not None and caller.owns(item_id)}

    @app.get("/mine")
    def mine() -> dict[str, Any]:
        caller = principal_of()
        return {"mine": caller is not None and caller.owns(caller.id)}

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


app = application()
secure(app)
