"""What every control sees of a request, and what it may answer."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True)
class Principal:
    """The caller, once authenticated."""

    id: str
    name: str
    roles: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    # Token family, session or key: what a logout ends.
    credential: str = ""

    def owns(self, owner_id: object) -> bool:
        """Whether the caller may touch what belongs to `owner_id`: the owner, or an administrator.

        Ask it in every handler that takes an id (CWE-639).
        """
        return "admin" in self.roles or str(owner_id) == self.id


@dataclass
class Request:
    method: str
    path: str
    query: str
    headers: Mapping[str, list[str]]
    ip: str
    https: bool
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    principal: Principal | None = None
    # Account of a sign-in of the application's own, until its answer is known.
    sign_in: str = ""
    # Answer headers that controls add: limits, CORS, cookies.
    answer_headers: list[tuple[str, str]] = field(default_factory=list)

    def header(self, name: str) -> str:
        """The single value of a header; '' when absent or sent more than once."""
        values = self.headers.get(name, [])
        return values[0] if len(values) == 1 else ""

    def cookies(self, name: str) -> list[str]:
        """Every value under one cookie name: a planted duplicate must not win silently."""
        pairs = ";".join(self.headers.get("cookie", [])).split(";")
        split = (pair.strip().partition("=") for pair in pairs)
        return [value for key, _, value in split if key == name]


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Problem(Exception):
    """A refusal; RFC 9457. `detail` never holds a submitted value."""

    def __init__(
        self,
        status: int,
        *,
        event: str = "",
        reason: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(reason or HTTPStatus(status).phrase)
        self.status = status
        self.event = event
        self.reason = reason
        self.headers = headers
        self.errors = errors

    def answer(self, request_id: str) -> Answer:
        document: dict[str, Any] = problem_document(self.status, request_id)
        if self.errors is not None:
            document["errors"] = self.errors
        content = ("Content-Type", "application/problem+json")
        return Answer(self.status, json.dumps(document).encode(), (content, *self.headers))


def problem_document(status: int, request_id: str) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "requestId": request_id,
    }


def json_answer(status: int, value: object, *headers: tuple[str, str]) -> Answer:
    content = ("Content-Type", "application/json")
    return Answer(status, json.dumps(value).encode(), (content, *headers))


def invalid(message: str, path: str = "") -> Problem:
    return Problem(
        400,
        event="validation.refused",
        reason=message,
        errors=[{"path": path, "message": message}],
    )
