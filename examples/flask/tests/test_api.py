import hashlib
import hmac
import json

import pytest

from app import create_app
from app.store import add, find, remove


@pytest.fixture
def client():
    return create_app({"TESTING": True}).test_client()


def test_is_healthy(client):
    response = client.get("/health")
    assert response.status_code == 200
    assert response.json == {"status": "ok"}


def test_serves_the_style_sheet(client):
    assert client.get("/static/style.css").status_code == 200


def test_takes_a_signed_payment(client):
    body = json.dumps({"id": "pay_1", "amount": 1200}).encode()
    signature = hmac.new(b"whsec_4f9a27c1d05e", body, hashlib.sha256).hexdigest()
    response = client.post(
        "/hooks/payments",
        data=body,
        content_type="application/json",
        headers={"x-signature": signature},
    )
    assert response.status_code == 200


def test_refuses_an_unsigned_payment(client):
    assert client.post("/hooks/payments", json={}).status_code == 401


def test_answers_404_where_nothing_is(client):
    assert client.get("/nothing-here").status_code == 404


def test_adds_finds_and_removes_a_row():
    rows = []
    row = add(rows, {"title": "a"})
    assert find(rows, row["id"]) is row
    assert remove(rows, row["id"])
    assert not remove(rows, row["id"])
