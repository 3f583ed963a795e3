"""What instances share over a real Redis that this test starts, stops and ends."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from conftest import Make
from security.settings import SettingsError

server = shutil.which("redis-server")
pytestmark = [
    pytest.mark.security,
    pytest.mark.skipif(server is None, reason="redis-server is not installed"),
]
ROOT = {"email": "root@example.com", "password": "a long enough passphrase"}


class Redis:
    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = [str(server), "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
        for _ in range(100):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def hang(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def redis() -> Iterator[Redis]:
    running = Redis()
    yield running
    running.stop()


def login(client: Any) -> dict[str, str]:
    answer = client.post("/auth/login", json=ROOT)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, str] = json.loads(answer.text)
    return tokens


def refresh(client: Any, token: str) -> Any:
    return client.post("/auth/refresh", json={"refreshToken": token})


def me(client: Any, tokens: dict[str, str]) -> int:
    headers = {"Authorization": f"Bearer {tokens['accessToken']}"}
    status: int = client.get("/auth/me", headers=headers).status_code
    return status


def carry_session(signed_in: Any, other: Any) -> None:
    """What a balancer does with a browser: the cookie of one instance goes to another."""
    answer = signed_in.post("/auth/login", json=ROOT)
    value = answer.headers["set-cookie"].partition(";")[0].partition("=")[2]
    keep = getattr(other, "set_cookie", None) or other.cookies.set
    keep("session", value)


def eventually(status: int, ask: Callable[[], int]) -> None:
    for _ in range(60):
        if ask() == status:
            return
        time.sleep(0.1)
    assert ask() == status


def test_two_instances_honour_one_limit(make: Make, redis: Redis) -> None:
    first, second = make(REDIS_URL=redis.url), make(REDIS_URL=redis.url)
    seen = [client.get("/boom").status_code for _ in range(52) for client in (first, second)]
    assert seen.count(429) == 4


def test_a_spent_token_ends_its_family_at_every_instance(make: Make, redis: Redis) -> None:
    first, second = make(REDIS_URL=redis.url), make(REDIS_URL=redis.url)
    tokens = login(first)
    fresh = refresh(second, tokens["refreshToken"])
    assert fresh.status_code == 200
    assert me(first, tokens) == 200
    assert refresh(first, tokens["refreshToken"]).status_code == 401
    newest = json.loads(fresh.text)
    assert refresh(second, newest["refreshToken"]).status_code == 401
    assert [me(client, newest) for client in (first, second)] == [401, 401]


def test_of_many_refreshes_at_once_one_wins_at_most(make: Make, redis: Redis) -> None:
    clients = [make(REDIS_URL=redis.url) for _ in range(4)]
    for _ in range(2):
        token = login(clients[0])["refreshToken"]
        with ThreadPoolExecutor(4) as pool:
            seen = list(pool.map(lambda each, spent=token: refresh(each, spent), clients))
        won = [json.loads(answer.text) for answer in seen if answer.status_code == 200]
        assert len(won) <= 1
        # The others counted as reuse: what the winner holds is dead too.
        assert all(me(clients[0], tokens) == 401 for tokens in won)


def test_a_session_begins_and_ends_at_every_instance(make: Make, redis: Redis) -> None:
    first, second = make("session", REDIS_URL=redis.url), make("session", REDIS_URL=redis.url)
    carry_session(first, second)
    assert second.get("/auth/me").status_code == 200
    token = json.loads(second.get("/auth/csrf").text)["csrfToken"]
    assert second.post("/auth/logout", headers={"X-CSRF-Token": token}).status_code == 204
    assert first.get("/auth/me").status_code == 401


def test_another_password_ends_the_sessions_of_every_instance(make: Make, redis: Redis) -> None:
    first, second = make(REDIS_URL=redis.url), make(REDIS_URL=redis.url)
    mine, other = login(first), login(second)
    body = {"currentPassword": ROOT["password"], "newPassword": "another long enough one"}
    headers = {"Authorization": f"Bearer {mine['accessToken']}"}
    assert first.post("/auth/password", json=body, headers=headers).status_code == 204
    assert [me(second, mine), me(first, other)] == [200, 401]
    assert refresh(first, other["refreshToken"]).status_code == 401


def test_no_credential_stands_in_redis(make: Make, redis: Redis) -> None:
    client = make(REDIS_URL=redis.url)
    tokens = login(client)
    with socket.create_connection(("127.0.0.1", redis.port)) as raw:
        raw.sendall(b"KEYS *\r\n")
        keys = raw.recv(65536).decode()
    assert "credential:row:" in keys
    assert tokens["refreshToken"] not in keys
    assert ROOT["email"] not in keys


@pytest.mark.parametrize("trouble", ["gone", "hangs"])
def test_redis_that_goes_and_comes_back_needs_no_restart(
    make: Make, redis: Redis, trouble: str, capsys: pytest.CaptureFixture[str]
) -> None:
    client = make(REDIS_URL=redis.url)
    tokens = login(client)
    bearer = {"Authorization": f"Bearer {tokens['accessToken']}"}
    assert client.get("/items/1", headers=bearer).status_code == 200
    if trouble == "gone":
        redis.stop()
    else:
        redis.hang()
    capsys.readouterr()
    began = time.monotonic()
    refused = client.post("/auth/login", json=ROOT)
    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) > 0
    assert me(client, tokens) == 503
    assert client.get("/items/1", headers=bearer).status_code == 503
    seen = [client.get("/health", headers=bearer).status_code for _ in range(20)]
    assert seen == [200] * 20
    # One request at a time finds out by waiting; the others are told at once.
    assert time.monotonic() - began < 5
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {each["reason"] for each in lines if each["event"] == "store.down"} == {"redis"}
    if trouble == "gone":
        redis.start()
        eventually(200, lambda: client.post("/auth/login", json=ROOT).status_code)
        assert me(client, tokens) == 401
    else:
        redis.go_on()
        eventually(200, lambda: me(client, tokens))


def test_general_traffic_follows_the_policy_while_redis_is_away(make: Make) -> None:
    client = make(REDIS_URL="redis://127.0.0.1:9/0")
    assert client.post("/auth/login", json=ROOT).status_code == 503
    seen = [client.get("/boom").status_code for _ in range(105)]
    assert seen.count(503) == 0
    # The login above counted in memory too.
    assert seen.count(429) == 6


@pytest.mark.parametrize(
    "url",
    ["hunter2", "http://hunter2@127.0.0.1", "redis://127.0.0.1:hunter2", "redis://h/0?db=hunter2"],
)
def test_a_wrong_url_names_the_variable_alone(make: Make, url: str) -> None:
    with pytest.raises(SettingsError, match="REDIS_URL") as refused:
        make(REDIS_URL=url)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_a_wrong_database_names_the_variable_alone(make: Make) -> None:
    with pytest.raises(SettingsError, match="SECURITY_DATABASE") as refused:
        make(SECURITY_DATABASE="/nowhere/hunter2")
    assert "hunter2" not in str(refused.value)
