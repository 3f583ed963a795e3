"""Bounds of what a request may carry. It refuses and never changes a value (ASVS 1.3.1)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from .messages import Problem, Request, invalid
from .settings import Settings

_PROTOTYPE = ("__proto__", "constructor", "prototype")


def check_query(settings: Settings, request: Request) -> None:
    _check_pairs(settings, request.query, "query")


def check_body(settings: Settings, request: Request, body: bytes) -> None:
    kind, _, parameters = request.header("content-type").lower().partition(";")
    kind = kind.strip()
    if body and (kind == "application/json" or kind.endswith("+json")):
        charset = parameters.replace(" ", "").replace('"', "")
        if "charset=" in charset and "charset=utf-8" not in charset:
            raise Problem(415)
        walk(settings, parse(settings, body))
    elif kind == "application/x-www-form-urlencoded":
        _check_pairs(settings, body.decode("latin-1"), "body")
    elif body and (kind in ("", "text/plain") or kind.endswith(("/xml", "+xml"))):
        # A route that wants text or XML is decided as `raw` in secure.yaml.
        raise Problem(415, event="validation.refused", reason="content type")


def parse(settings: Settings, body: bytes) -> Any:
    """JSON that is strict UTF-8 and never nested deeper than the parser can bear."""
    _check_nesting(body, settings.values["validation"]["depth"])
    try:
        text = body.decode("utf-8")
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError):
        raise invalid("malformed JSON") from None


def walk(settings: Settings, value: Any) -> None:
    """Keys and texts, without recursion."""
    if not isinstance(value, (dict, list)):
        raise invalid("an object or a list is needed")
    seen = 0
    pending: list[Any] = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            _check_text(item)
            continue
        if not isinstance(item, (dict, list)):
            continue
        seen += len(item)
        if seen > settings.values["validation"]["keys"]:
            raise invalid("too many keys or items")
        if isinstance(item, dict):
            for key in item:
                _check_key(key)
            pending.extend(item.values())
        else:
            pending.extend(item)


def _check_nesting(body: bytes, depth: int) -> None:
    level, text, escaped = 0, False, False
    for byte in body:
        if text:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                text = False
        elif byte == 0x22:
            text = True
        elif byte in b"{[":
            level += 1
            if level > depth:
                raise invalid("nested too deeply")
        elif byte in b"}]":
            level -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Two readers would see two values.
        raise ValueError("a key comes twice")
    return found


def _constant(_name: str) -> None:
    raise ValueError("not JSON")


def _check_key(key: str) -> None:
    if key in _PROTOTYPE or key.startswith("$"):
        raise invalid("a key is not allowed")
    _check_text(key)


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise invalid("a text holds characters that are not allowed") from None
    if "\x00" in text:
        raise invalid("a text holds characters that are not allowed")


def _check_pairs(settings: Settings, text: str, path: str) -> None:
    try:
        most = settings.values["validation"]["keys"]
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=most)
    except ValueError:
        raise invalid("too many fields", path) from None
    for key, value in pairs:
        parts = key.replace("]", "").split("[")
        if any(part in _PROTOTYPE or part.startswith("$") for part in parts):
            raise invalid("a key is not allowed", path)
        if "\x00" in key or "\x00" in value:
            raise invalid("a text holds characters that are not allowed", path)
