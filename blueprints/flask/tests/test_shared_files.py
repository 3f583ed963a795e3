"""Files without a framework are the same in both Python blueprints."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[1] / "security"
OTHER = HERE.parents[1] / "fastapi" / "security"
OWN = {
    "__init__.py",
    "asgi.py",
    "wsgi.py",
    "errors.py",
    "policy.py",
    "body_schema.py",
    "schemas.py",
}


@pytest.mark.parametrize("name", sorted({path.name for path in OTHER.glob("*.py")} - OWN))
def test_a_shared_file_is_the_same(name: str) -> None:
    assert (HERE / name).read_bytes() == (OTHER / name).read_bytes()
