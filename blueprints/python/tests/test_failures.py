"""Guessing the password of one account: waits that grow, an end, and the way back."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from conftest import SECRET, Make
from security import failures
from security.policy import POLICY
from test_redis import Redis

pytestmark = pytest.mark.security
EMAIL, PASSWORD, WRONG = "root@example.com", "a long enough passphrase", "not that one"
addresses = (f"198.51.{high}.{low}" for high, low in itertools.product(range(256), repeat=2))


class Clock:
    """It moves when it is told to: the waits of a hundred failures last most of a day."""

    def __init__(self) -> None:
        self.now = time.time()

    def time(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(failures, "time", made)
    # Hundreds of hashes: their cost is not what is looked at here.
    cheap = {"memory": 64, "time": 1, "parallelism": 1}
    monkeypatch.setitem(POLICY["levels"]["basic"]["auth"], "argon2", cheap)
    return made


@pytest.fixture(params=["database", "redis"])
def env(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    proxied = {"TRUST_PROXY": "1"}
    if request.param == "database":
        yield proxied
        return
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    running = Redis()
    yield {**proxied, "REDIS_URL": running.url}
    running.stop()


def sign_in(client: Any, password: str = WRONG, email: str = EMAIL) -> Any:
    """Each from an address of its own: what is counted is the account."""
    headers = {"X-Forwarded-For": next(addresses)}
    body = {"email": email, "password": password}
    return client.post("/auth/login", json=body, headers=headers)


def statuses(client: Any, times: int, email: str = EMAIL) -> list[int]:
    return [sign_in(client, email=email).status_code for _ in range(times)]


def test_each_failure_behind_the_free_ones_doubles_the_wait(
    make: Make, env: dict[str, str], clock: Clock
) -> None:
    client = make(**env)
    assert statuses(client, 10) == [401] * 10
    waits = []
    for _ in range(12):
        refused = sign_in(client, PASSWORD)
        assert refused.status_code == 429
        waits.append(int(refused.headers["retry-after"]))
        clock.now += waits[-1]
        assert sign_in(client).status_code == 401
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_a_right_password_behind_the_wait_starts_anew(
    make: Make, env: dict[str, str], clock: Clock
) -> None:
    client = make(**env)
    assert statuses(client, 11) == [401] * 10 + [429]
    clock.now += 1
    assert sign_in(client, PASSWORD).status_code == 200
    assert statuses(client, 11) == [401] * 10 + [429]


def test_a_quiet_window_makes_failures_free_again(
    make: Make, env: dict[str, str], clock: Clock
) -> None:
    client = make(**env)
    assert statuses(client, 11) == [401] * 10 + [429]
    clock.now += 902
    assert statuses(client, 11) == [401] * 10 + [429]


def test_after_a_hundred_in_a_row_only_another_password_helps(
    make: Make, env: dict[str, str], clock: Clock, tmp_path: Path
) -> None:
    client = make(**env)
    for email in (EMAIL, "nobody@example.com"):
        for _ in range(10):
            assert statuses(client, 10, email) == [401] * 10
            clock.now += 902
        clock.now += 20 * 86_400
        # The same for an account that nobody has.
        refused = sign_in(client, PASSWORD, email)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "900")
    assert other_password(tmp_path, env) == 0
    assert sign_in(client, PASSWORD).status_code == 401
    assert sign_in(client, "another long enough one").status_code == 200


def other_password(tmp_path: Path, env: dict[str, str]) -> int:
    command = [sys.executable, "-m", "security.users", "password", "--email", EMAIL]
    given = {"JWT_SECRET": SECRET, "SECURITY_DATABASE": str(tmp_path / "security.sqlite")}
    done = subprocess.run(  # noqa: S603
        command,
        input="another long enough one\n",
        text=True,
        env={**os.environ, **given, **env, "APP_ENV": "production"},
        cwd=Path(__file__).resolve().parents[1],
        check=False,
    )
    return done.returncode


def test_guesses_at_the_same_time_do_not_slip_through(make: Make, env: dict[str, str]) -> None:
    clients = [make(**env) for _ in range(24)]
    with ThreadPoolExecutor(24) as pool:
        seen = list(pool.map(lambda each: sign_in(each).status_code, clients))
    assert seen.count(401) == 10
    assert seen.count(429) == 14


def test_a_wrong_current_password_counts_too(make: Make, env: dict[str, str]) -> None:
    client = make(**env)
    tokens = json.loads(sign_in(client, PASSWORD).text)
    bearer = {"Authorization": f"Bearer {tokens['accessToken']}"}
    body = {"currentPassword": WRONG, "newPassword": "another long enough one"}
    seen = [
        client.post("/auth/password", json=body, headers={**bearer, "X-Forwarded-For": each})
        for each in itertools.islice(addresses, 11)
    ]
    assert [answer.status_code for answer in seen] == [401] * 10 + [429]


def test_what_is_stored_does_not_tell_whose_it_is(make: Make, tmp_path: Path) -> None:
    client = make(TRUST_PROXY="1")
    sign_in(client, email="Nobody@example.com ")
    with sqlite3.connect(tmp_path / "security.sqlite") as connection:
        names = [row[0] for row in connection.execute("SELECT account FROM failures")]
    assert len(names) == 1
    assert names[0] not in ("nobody@example.com", hashlib.sha256(b"nobody@example.com").hexdigest())
