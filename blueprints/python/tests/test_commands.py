"""The command that adds the first administrator, run as its owner runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from conftest import Make

ROOT = Path(__file__).resolve().parents[1]


def add(database: Path, password: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "security.users", "add", "--email", "b@example.com"]
    env = {**os.environ, "SECURITY_DATABASE": str(database), "APP_ENV": "production"}
    env["JWT_SECRET"] = "q8Zk2vN5xR7tB1mW4cY6pL9sD3fG0hJk"
    return subprocess.run(  # noqa: S603
        [*command, "--role", "admin"],
        input=password + "\n",
        text=True,
        capture_output=True,
        env=env,
        cwd=ROOT,
        check=False,
    )


def test_an_administrator_of_the_command_may_sign_in(make: Make, tmp_path: Path) -> None:
    client = make(SECURITY_DATABASE=str(tmp_path / "other.sqlite"))
    assert add(tmp_path / "other.sqlite", "short").returncode == 1
    done = add(tmp_path / "other.sqlite", "a long enough passphrase")
    assert done.returncode == 0, done.stderr
    body = {"email": "b@example.com", "password": "a long enough passphrase"}
    assert client.post("/auth/login", json=body).status_code == 200
