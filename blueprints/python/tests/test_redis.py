"""Limits over a real Redis that this test starts and ends."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from conftest import Make

server = shutil.which("redis-server")
pytestmark = [
    pytest.mark.security,
    pytest.mark.skipif(server is None, reason="redis-server is not installed"),
]
Running = tuple[str, "subprocess.Popen[bytes]"]


@pytest.fixture
def redis() -> Iterator[Running]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(server), "--port", str(port), "--save", "", "--bind", "127.0.0.1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
    for _ in range(100):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0", process
    process.terminate()
    process.wait()


def test_two_processes_share_one_limit(make: Make, redis: Running) -> None:
    first, second = make(REDIS_URL=redis[0]), make(REDIS_URL=redis[0])
    seen = [client.get("/boom").status_code for _ in range(52) for client in (first, second)]
    assert seen.count(429) == 4


def test_without_redis_sign_in_is_closed_and_the_rest_goes_on(make: Make, redis: Running) -> None:
    client = make(REDIS_URL=redis[0])
    redis[1].terminate()
    redis[1].wait()
    body = {"email": "root@example.com", "password": "a long enough passphrase"}
    assert client.post("/auth/login", json=body).status_code == 503
    seen = [client.get("/boom").status_code for _ in range(105)]
    assert seen.count(503) == 0
    # The login above counted in memory too.
    assert seen.count(429) == 6
