"""Security headers, chosen by the content type of each answer; what a route set itself stays."""

from __future__ import annotations

from .messages import Request
from .settings import Settings

HeaderList = list[tuple[str, str]]


def add_headers(settings: Settings, request: Request, headers: HeaderList) -> HeaderList:
    present = {name.lower() for name, _ in headers}
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    wanted = _html(settings) if kind.startswith("text/html") else _json(settings)
    if settings.environment == "production" and (settings.https or request.https):
        # RFC 6797 §7.2: never over plain http.
        wanted["Strict-Transport-Security"] = settings.values["headers"]["hsts"]
    if request.principal is not None or "set-cookie" in present:
        wanted["Cache-Control"] = settings.values["headers"]["cache_control"]
    added = [(name, value) for name, value in wanted.items() if name.lower() not in present]
    # Versions of the server help nobody but an attacker (ASVS 13.4.6).
    kept = [(name, value) for name, value in headers if name.lower() != "x-powered-by"]
    return [*kept, *added]


def _json(settings: Settings) -> dict[str, str]:
    values = settings.values["headers"]
    return {
        "Content-Security-Policy": values["json_csp"],
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": values["frame_options_json"],
        "Referrer-Policy": values["referrer_json"],
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": values["resource_policy"],
    }


def _html(settings: Settings) -> dict[str, str]:
    values = settings.values["headers"]
    wanted = {
        "Content-Security-Policy": values["html_csp"],
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": values["frame_options_html"],
        "Referrer-Policy": values["referrer_html"],
        "Permissions-Policy": values["permissions"],
        "Cross-Origin-Opener-Policy": values["opener_html"],
        "Cross-Origin-Resource-Policy": values["resource_policy"],
    }
    if values["html_csp_report_only"]:
        wanted["Content-Security-Policy-Report-Only"] = values["html_csp_report_only"]
    return wanted
