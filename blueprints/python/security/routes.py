"""Authorization: what holds for a route, by the path pattern that the framework's own router matched."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .messages import Principal, Problem
from .policy_types import Policy, Route

_PARAMETER = re.compile(r"\{[^}]*\}|<[^>]*>|(?<=/):\w+")


@dataclass(frozen=True)
class Match:
    """What the router says: the pattern that a request reaches, and whether its method is served there."""

    pattern: str
    method_served: bool = True
    # The handler, where the framework tells it.
    endpoint: object = None


class Routes:
    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._rows: dict[tuple[str, str], Route] = {}
        for row in policy["routes"]:
            # In registration order: the first match decides.
            self._rows.setdefault((row["method"], shape(row["path"])), row)

    def find(self, method: str, path: str, match: Match | None) -> Route:
        """The row of a request; one is made for what no row lists."""
        if match is None:
            # FastAPI's `frontend` serves what no route matches; nothing else is behind such a path.
            prefixes = [folder["prefix"].rstrip("/") + "/" for folder in self._policy["files"]]
            if method in ("GET", "HEAD") and path.startswith(tuple(prefixes)):
                return {"method": method, "path": path, "access": "public", "limit": "exempt"}
            return self._unlisted(method, path)
        pattern = shape(match.pattern)
        methods = [method, "GET"] if method == "HEAD" else [method]
        if not match.method_served:
            # The router answers 405 itself; it may tell whoever may call the path at all.
            methods += self._policy["methods"]
        for each in [*methods, "ALL"]:
            row = self._rows.get((each, pattern))
            if row is not None:
                return row
        for folder in self._policy["files"]:
            prefix = folder["prefix"].rstrip("/")
            # The route that serves the folder, and nothing else that begins like it.
            serving = (f"{prefix}/*", f"{prefix}/<path:filename>")
            if method in ("GET", "HEAD") and match.pattern in serving:
                return {"method": method, "path": path, "access": "public", "limit": "exempt"}
        return self._unlisted(method, path)

    def _unlisted(self, method: str, path: str) -> Route:
        kept = self._policy["unlisted"] == "kept"
        return {"method": method, "path": path, "access": "kept" if kept else "unlisted"}


def shape(pattern: str) -> str:
    """A pattern without the names and kinds of its parameters."""
    return _PARAMETER.sub("{}", pattern)


def authorize(row: Route, principal: Principal | None, challenge: str) -> None:
    access = row["access"]
    if access in ("public", "kept"):
        return
    if principal is None and access == "unlisted":
        raise Problem(404, event="auth.denied", reason="unlisted path")
    if principal is None:
        headers = (("WWW-Authenticate", challenge),)
        raise Problem(401, event="auth.denied", reason="no credential", headers=headers)
    role = access.removeprefix("role:")
    if role != access and role not in principal.roles:
        raise Problem(403, event="authz.denied", reason=access)
