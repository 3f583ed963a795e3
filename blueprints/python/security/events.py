"""Security events as JSON lines on standard output; ASVS 16.2.1, 16.3.1 to 16.3.3."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import datetime, timezone

from .messages import Request
from .settings import Settings

_SECRET = re.compile(
    r"([?&][\w-]*(?:token|key|secret|password|code|signature|csrf|session|sid)[\w-]*=)[^&\s\"]*",
    re.IGNORECASE,
)
_ACCESS_LOGS = ("uvicorn.access", "hypercorn.access", "gunicorn.access", "werkzeug")


class Events:
    def __init__(self, settings: Settings) -> None:
        self._on = settings.on("logging")
        if self._on:
            for name in _ACCESS_LOGS:
                logging.getLogger(name).addFilter(mask_query)
        self._values = settings.values["logging"]

    def emit(
        self, event: str, outcome: str, request: Request | None = None, *, reason: str = ""
    ) -> None:
        """One line. `json.dumps` escapes control characters, so that no value can forge a line."""
        if not self._on or (outcome == "success" and not self._values["successes"]):
            return
        line: dict[str, str] = {
            "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            "level": "info" if outcome == "success" else "warn",
            "event": event,
            "outcome": outcome,
        }
        if request is not None:
            line |= {
                "requestId": request.id,
                "ip": request.ip,
                "method": request.method,
                "path": request.path,
            }
            if request.principal is not None:
                line["userId"] = request.principal.id
        if reason:
            line["reason"] = reason
        longest = self._values["max_value"]
        cut = {key: value[:longest] for key, value in line.items()}
        sys.stdout.write(json.dumps(cut) + "\n")
        sys.stdout.flush()


def mask_query(record: logging.LogRecord) -> bool:
    """Servers write the whole address of a request: a credential there must not stay in the log."""
    if isinstance(record.args, tuple):
        record.args = tuple(_masked(each) for each in record.args)
    record.msg = _masked(record.msg)
    return True


def _masked(value: object) -> object:
    return _SECRET.sub(r"\1***", value) if isinstance(value, str) else value
