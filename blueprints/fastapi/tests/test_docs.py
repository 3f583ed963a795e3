"""Documentation pages keep working in a browser, wherever an application has them."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient

from security import secure
from security.policy import POLICY
from security.policy_types import Policy, Route

PAGES = ["/docs", "/redoc", "/docs/oauth2-redirect", "/inner/docs", "/own-docs", "/page"]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("JWT_SECRET", "Vd7x_Q2mN8pR5tY7wZ1aB4cD6eF0gH3jK9lM")
    monkeypatch.setenv("SECURITY_DATABASE", ":memory:")
    app = FastAPI()
    app.mount("/inner", FastAPI())

    @app.get("/own-docs", include_in_schema=False)
    async def own_docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Own",
            swagger_js_url="https://scripts.example/swagger-ui.js",
        )

    @app.get("/page")
    async def page() -> HTMLResponse:
        return HTMLResponse("<p>hello</p>")

    rows: list[Route] = [{"method": "GET", "path": path, "access": "public"} for path in PAGES]
    policy: Policy = {**POLICY, "routes": rows}
    secure(app, policy)
    return TestClient(app)


@pytest.mark.parametrize("path", PAGES[:4])
def test_pages_of_the_framework_run_their_script(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "script-src 'self' 'unsafe-inline'" in answer.headers["Content-Security-Policy"]


def test_a_page_of_the_application_loads_from_where_it_says(client: TestClient) -> None:
    policy = client.get("/own-docs").headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline' https://scripts.example;" in policy


def test_a_provider_may_send_the_user_back(client: TestClient) -> None:
    assert client.get("/docs").headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    answer = client.get("/docs/oauth2-redirect")
    assert answer.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"


def test_no_other_page_gets_that_policy(client: TestClient) -> None:
    assert "unsafe-inline" not in client.get("/page").headers["Content-Security-Policy"]
