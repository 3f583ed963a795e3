"""The fields that a route reads, by type alone; a value is refused or left as it is, never changed."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from .messages import Problem
from .routes import shape

Kind = Literal["string", "number", "integer", "boolean", "array", "object", "unknown"]


class _FieldKeys(TypedDict):
    name: str
    type: Kind
    optional: bool


class Field(_FieldKeys, total=False):
    enum: list[str | int | float]


class Schema(TypedDict):
    method: str
    path: str
    # Everything that the handler reads was seen, so that unknown keys may be refused.
    closed: bool
    fields: list[Field]


class Schemas:
    def __init__(self, schemas: list[Schema], *, refuse_unknown: bool) -> None:
        self._refuse_unknown = refuse_unknown
        self._schemas = {(each["method"], shape(each["path"])): each for each in schemas}

    def check(self, method: str, pattern: str, body: Any) -> None:
        """Refuses a parsed JSON body that its route cannot read; messages name fields, no values."""
        schema = self._schemas.get((method, shape(pattern)))
        if schema is None:
            return
        if not isinstance(body, dict):
            raise _refused([{"path": "", "message": "an object is needed"}])
        errors = [
            {"path": field["name"], "message": message}
            for field in schema["fields"]
            if (message := _message(field, body)) != ""
        ]
        if schema["closed"] and self._refuse_unknown:
            known = {field["name"] for field in schema["fields"]}
            if not known.issuperset(body):
                errors.append({"path": "", "message": "unknown fields"})
        if errors:
            raise _refused(errors)


def _message(field: Field, body: dict[str, Any]) -> str:
    if field["name"] not in body:
        return "" if field["optional"] else "is needed"
    value = body[field["name"]]
    if value is None and field["optional"]:
        return ""
    if not _fits(field["type"], value):
        return f"must be of type {field['type']}"
    allowed = field.get("enum")
    return "is not one of the allowed values" if allowed and value not in allowed else ""


def _fits(kind: Kind, value: Any) -> bool:
    # A bool is an int to Python, and not to JSON.
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    whole = number and (isinstance(value, int) or float(value).is_integer())
    return {
        "string": isinstance(value, str),
        "number": number,
        "integer": whole,
        "boolean": isinstance(value, bool),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
        "unknown": True,
    }[kind]


def _refused(errors: list[dict[str, str]]) -> Problem:
    return Problem(400, event="validation.refused", reason="schema", errors=errors)
