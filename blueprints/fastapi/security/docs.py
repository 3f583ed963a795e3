"""Headers of the documentation pages, which hold inline scripts and load from other hosts."""

from __future__ import annotations

from functools import lru_cache
from types import CodeType
from urllib.parse import urlsplit

# FastAPI makes its documentation pages with these; an application may call them itself.
_DOCS = {"get_swagger_ui_html", "get_redoc_html", "get_swagger_ui_oauth2_redirect_html"}
_CDN = "https://cdn.jsdelivr.net"
_DOCS_CSP = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "connect-src 'self'; worker-src blob:; font-src https://fonts.gstatic.com; "
    "img-src 'self' data: https://fastapi.tiangolo.com https://cdn.redoc.ly; "
    "script-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net; "
    "style-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net https://fonts.googleapis.com"
)


def docs_headers(endpoint: object) -> tuple[tuple[str, str], ...]:
    """A policy of its own for a handler that shows the documentation, wherever it is mounted."""
    code = getattr(endpoint, "__code__", None)
    return _docs_policy(code) if isinstance(code, CodeType) else ()


@lru_cache(maxsize=1024)
def _docs_policy(code: CodeType) -> tuple[tuple[str, str], ...]:
    if not _DOCS & set(code.co_names):
        return ()
    # A page of the application's own may load the same scripts from elsewhere.
    texts = [each for each in code.co_consts if isinstance(each, str)]
    found = [urlsplit(each) for each in texts if each.startswith("https://")]
    hosts = " ".join(dict.fromkeys(f"https://{each.netloc}" for each in found)) or _CDN
    # The provider's page of an OAuth flow stands between the two, and has no policy of theirs.
    redirect = "get_swagger_ui_oauth2_redirect_html" in code.co_names
    opener = "unsafe-none" if redirect else "same-origin-allow-popups"
    policy = _DOCS_CSP.replace(_CDN, hosts)
    return (("Content-Security-Policy", policy), ("Cross-Origin-Opener-Policy", opener))
