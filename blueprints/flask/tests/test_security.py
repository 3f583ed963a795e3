"""What the application promises to whoever calls it: `pytest -m security`."""

from __future__ import annotations

import time
from io import BytesIO
from typing import Any

import jwt
import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from conftest import SECRET, Make
from security import secure
from security.policy import POLICY
from security.policy_types import Route

pytestmark = pytest.mark.security
PASSWORD = "a long enough passphrase"


def value(answer: Any) -> Any:
    return answer.json


def login(client: FlaskClient, email: str = "root@example.com") -> dict[str, str]:
    answer = client.post("/auth/login", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    tokens: dict[str, str] = value(answer)
    return tokens


def bearer(tokens: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['accessToken']}"}


@pytest.mark.parametrize("path", ["/health", "/boom", "/items/1", "/nowhere"])
def test_headers_stand_on_every_answer(make: Make, path: str) -> None:
    answer = make().get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"]


def test_an_unexpected_error_tells_nothing(make: Make) -> None:
    answer = make().get("/boom")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("path", ["/items/1", "/api/notes", "/sub/inside", "/admin"])
def test_a_listed_route_asks_for_its_user(make: Make, path: str) -> None:
    assert make().get(path).status_code == 401


@pytest.mark.parametrize("path", ["/hidden", "/nowhere", "/HEALTH", "//admin"])
def test_what_no_row_lists_is_not_there_for_strangers(make: Make, path: str) -> None:
    assert make().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/items/1", "/api/notes", "/sub/inside", "/hidden", "/admin"])
def test_a_signed_in_administrator_reaches_every_route(make: Make, path: str) -> None:
    client = make()
    assert client.get(path, headers=bearer(login(client))).status_code == 200


def test_a_handler_tells_what_belongs_to_its_caller(make: Make) -> None:
    client = make()
    client.post("/auth/register", json={"email": "a@example.com", "password": PASSWORD})
    headers = bearer(login(client, "a@example.com"))
    assert value(client.get("/items/7", headers=headers))["mine"] is False
    assert value(client.get("/mine", headers=headers))["mine"] is True
    assert value(client.get("/items/7", headers=bearer(login(client))))["mine"] is True


def test_a_user_is_no_administrator(make: Make) -> None:
    client = make()
    client.post("/auth/register", json={"email": "a@example.com", "password": PASSWORD})
    assert client.get("/admin", headers=bearer(login(client, "a@example.com"))).status_code == 403


def test_a_spent_refresh_token_ends_its_family(make: Make) -> None:
    client = make()
    first = login(client)
    second = client.post("/auth/refresh", json={"refreshToken": first["refreshToken"]})
    assert second.status_code == 200
    again = client.post("/auth/refresh", json={"refreshToken": first["refreshToken"]})
    assert again.status_code == 401
    assert client.get("/auth/me", headers=bearer(value(second))).status_code == 401


def test_a_logout_ends_the_access_token(make: Make) -> None:
    client = make()
    headers = bearer(login(client))
    assert client.get("/auth/me", headers=headers).status_code == 200
    assert client.post("/auth/logout", headers=headers).status_code == 204
    assert client.get("/auth/me", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ({"typ": "JWT"}, {}),
        ({"kid": "../../dev/null"}, {}),
        ({"jku": "http://127.0.0.1:9/"}, {}),
        ({}, {"exp": 1}),
        ({}, {"iss": "https://evil.example"}),
        ({}, {"aud": "another"}),
        ({}, {"nbf": int(time.time()) + 3600}),
    ],
)
def test_a_changed_token_is_refused(
    make: Make, header: dict[str, str], claims: dict[str, object]
) -> None:
    client = make()
    token = login(client)["accessToken"]
    headers = jwt.get_unverified_header(token) | header
    body = jwt.decode(token, options={"verify_signature": False}) | claims
    forged = jwt.encode(body, SECRET, "HS256", headers)
    answer = client.get("/auth/me", headers={"Authorization": f"Bearer {forged}"})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,}',
        b'{"__proto__":{}}',
        b'{"$ne":1}',
        b'{"a":"\\u0000"}',
        b'{"a":1,"a":2}',
        b'{"a":"\\ud800"}',
        b"[" * 10_000 + b"]" * 10_000,
        b"[" + b"0," * 1001 + b"0]",
        b"\xff\xfe",
        b"42",
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_input_out_of_bounds_is_refused(make: Make, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert make().post("/echo", data=body, headers=headers).status_code == 400


def test_a_body_over_the_cap_is_refused_without_a_length(make: Make) -> None:
    stream = BytesIO(b"x" * 200_000)
    server = {"wsgi.input_terminated": True}
    answer = make().post("/echo", input_stream=stream, environ_overrides=server)
    assert answer.status_code == 413


def test_a_body_reaches_its_handler_unchanged(make: Make) -> None:
    client = make()
    body = {"name": "a < b && <i>O'Brian</i>", "secret": 7}
    answer = client.post("/items", json=body, headers=bearer(login(client)))
    assert value(answer) == body


def test_the_general_limit_ends_with_429(make: Make) -> None:
    client = make()
    answers = [client.get("/boom") for _ in range(105)]
    assert [answer.status_code for answer in answers].count(429) == 5
    assert answers[-1].headers["ratelimit"].startswith('"general";r=0;t=')
    assert answers[-1].headers["retry-after"].isdigit()


def test_health_is_not_limited(make: Make) -> None:
    client = make()
    assert {client.get("/health").status_code for _ in range(120)} == {200}


def test_an_unknown_origin_gets_no_cors_header(make: Make) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = make().options("/items", headers=headers)
    assert answer.status_code == 204
    assert "access-control-allow-origin" not in answer.headers


def test_a_list_of_origins_may_be_json(make: Make) -> None:
    client = make(CORS_ORIGINS='["https://second.example", "https://third.example"]')
    for origin in ("https://second.example", "https://third.example"):
        answer = client.get("/health", headers={"Origin": origin})
        assert answer.headers["access-control-allow-origin"] == origin


def test_a_listed_origin_may_read(make: Make) -> None:
    headers = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
    answer = make().options("/items", headers=headers)
    assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("secret", ["", "changeme", "k3Jx9vQ2mN8pR5tY7wZ1aB4cD6eF0gH"])
def test_a_weak_secret_stops_the_start(make: Make, secret: str) -> None:
    with pytest.raises(RuntimeError, match="JWT_SECRET"):
        make(JWT_SECRET=secret)


def test_session_writes_need_the_token_of_their_session(make: Make) -> None:
    client = make("session")
    body = {"email": "root@example.com", "password": PASSWORD}
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/auth/login", json=body, headers=cross).status_code == 403
    assert client.post("/auth/login", json=body).status_code == 200
    assert client.get("/items/1").status_code == 200
    evil = {"Origin": "https://evil.example"}
    assert client.post("/auth/logout", headers=evil).status_code == 403
    assert client.post("/auth/logout").status_code == 204
    assert client.get("/auth/me").status_code == 401


def test_session_token_of_the_standard_level(make: Make) -> None:
    client = make("session", SECURITY_LEVEL="standard")
    client.post("/auth/login", json={"email": "root@example.com", "password": PASSWORD})
    assert client.post("/auth/logout").status_code == 403
    token = value(client.get("/auth/csrf"))["csrfToken"]
    answer = client.post("/auth/logout", headers={"X-CSRF-Token": token})
    assert answer.status_code == 204


def test_keys_are_made_used_and_revoked(make: Make) -> None:
    first = "sk_administrator1." + "k3Jx9vQ2mN8pR5tY7wZ1aB4cD6eF0gHi"
    client = make("apikey", SECURITY_ADMIN_KEY=first)
    admin = {"X-API-Key": first}
    made = client.post("/auth/keys", json={"name": "ci"}, headers=admin)
    assert made.status_code == 201
    key = {"X-API-Key": value(made)["key"]}
    assert value(client.get("/auth/me", headers=key))["name"] == "ci"
    assert client.get("/auth/keys", headers=key).status_code == 403
    path = f"/auth/keys/{value(made)['id']}"
    assert client.post(f"{path}/rotate", headers=admin).status_code == 201
    assert client.delete(path, headers=admin).status_code == 204
    assert client.get("/auth/me", headers=key).status_code == 401
    wrong = {"X-API-Key": first[:-1] + "x"}
    assert client.get("/auth/me", headers=wrong).status_code == 401


@pytest.mark.parametrize(
    ("control", "path", "header"),
    [("headers", "/health", "x-frame-options"), ("ratelimit", "/boom", "ratelimit")],
)
def test_a_control_that_is_off_is_gone(make: Make, control: str, path: str, header: str) -> None:
    assert header in make().get(path).headers
    assert header not in make(off=(control,)).get(path).headers


def test_the_owners_tests_run_without_new_variables(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert make(APP_ENV="", JWT_SECRET="").get("/health").status_code == 200
    with pytest.raises(RuntimeError, match="APP_ENV"):
        make(APP_ENV="prod")


def test_forwarded_addresses_are_believed_from_counted_proxies_alone(make: Make) -> None:
    def rotate(client: FlaskClient) -> int:
        answers = [
            client.get("/boom", headers={"X-Forwarded-For": f"9.9.9.{n}"}) for n in range(105)
        ]
        return [answer.status_code for answer in answers].count(429)

    assert rotate(make()) == 5
    assert rotate(make(TRUST_PROXY="1")) == 0
    with pytest.raises(RuntimeError, match="TRUST_PROXY"):
        make(TRUST_PROXY="true")


def test_hsts_is_sent_where_clients_come_over_https(make: Make) -> None:
    assert "strict-transport-security" not in make().get("/health").headers
    assert "strict-transport-security" in make(SECURITY_HTTPS="true").get("/health").headers


@pytest.mark.parametrize("body", [{}, {"name": 1}, {"name": "n", "secret": "hunter2"}])
def test_a_body_that_its_route_cannot_read_is_refused(make: Make, body: dict[str, object]) -> None:
    client = make()
    answer = client.post("/items", json=body, headers=bearer(login(client)))
    assert answer.status_code == 400
    assert "hunter2" not in answer.text


def test_unknown_fields_are_refused_at_the_strict_level(make: Make) -> None:
    client = make(SECURITY_LEVEL="strict", CORS_ORIGINS="")
    body = {"name": "n", "isAdmin": True}
    answer = client.post("/items", json=body, headers=bearer(login(client)))
    assert answer.status_code == 400


def test_a_sign_in_of_the_applications_own_is_limited_per_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("APP_ENV", "production")
    app = Flask(__name__)
    answers = {"no": ("<form>", 200), "yes": ("", 302)}
    app.post("/login")(lambda: answers[request.form["password"]])
    row: Route = {"method": "POST", "path": "/login", "access": "public", "limit": "auth"}
    controls = {**POLICY["controls"], "auth": False, "authz": False}
    secure(app, {**POLICY, "auth": "kept", "controls": controls, "routes": [row]})
    client = app.test_client()

    def sign_in(account: str, password: str, caller: int) -> int:
        form = {"username": account, "password": password}
        where = {"REMOTE_ADDR": f"192.0.2.{caller}"}
        return client.post("/login", data=form, environ_base=where).status_code

    assert {sign_in("ada", "no", caller) for caller in range(1, 11)} == {200}
    assert sign_in("ADA", "yes", 50) == 429
    assert sign_in("grace", "yes", 51) == 302
