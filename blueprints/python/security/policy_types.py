"""Types of `policy.py`, the one file that differs between two projects."""

from __future__ import annotations

from typing import Literal, TypedDict

Level = Literal["basic", "standard", "strict"]
LEVELS: tuple[Level, ...] = ("basic", "standard", "strict")


class Limit(TypedDict):
    limit: int
    window_seconds: int


class _RouteKeys(TypedDict):
    method: str
    path: str
    access: str


class Route(_RouteKeys, total=False):
    limit: str | Limit
    body: Literal["raw", "multipart"]
    body_bytes: int


class Files(TypedDict):
    prefix: str
    directory: str


class Headers(TypedDict):
    json_csp: str
    html_csp: str
    html_csp_report_only: str
    hsts: str
    frame_options_json: str
    frame_options_html: str
    referrer_json: str
    referrer_html: str
    permissions: str
    opener_html: str
    resource_policy: str
    cache_control: str
    clear_site_data: str


class Cors(TypedDict):
    max_age: int
    localhost_in_development: bool
    https_only: bool
    max_origins: int
    allowed_headers: list[str]
    exposed_headers: list[str]


class Wait(TypedDict):
    first_seconds: int
    longest_seconds: int


class Ratelimit(TypedDict):
    general: Limit
    auth: Limit
    api: Limit
    account: Limit
    account_wait: Wait
    account_stop: int
    ipv6_prefix: int
    redis_down: Literal["memory", "refuse"]


class Validation(TypedDict):
    body_bytes: int
    depth: int
    keys: int
    unknown_keys: Literal["allow", "refuse"]


class Argon2(TypedDict):
    memory: int
    time: int
    parallelism: int


class Auth(TypedDict):
    password_min: int
    password_max: int
    argon2: Argon2
    access_seconds: int
    clock_skew_seconds: int
    refresh_idle_seconds: int
    refresh_absolute_seconds: int
    session_idle_seconds: int
    session_absolute_seconds: int
    same_site: Literal["lax", "strict"]
    key_days: int


class Authz(TypedDict):
    roles_from: Literal["token", "store"]


class Csrf(TypedDict):
    token: bool
    no_origin: Literal["allow", "refuse"]


class Errors(TypedDict):
    request_id_header: str


class Logging(TypedDict):
    max_value: int
    successes: bool


class Values(TypedDict):
    headers: Headers
    cors: Cors
    ratelimit: Ratelimit
    validation: Validation
    auth: Auth
    authz: Authz
    csrf: Csrf
    errors: Errors
    logging: Logging


class Policy(TypedDict):
    level: Level
    controls: dict[str, bool]
    auth: Literal["jwt", "session", "apikey", "oauth", "kept"]
    auth_prefix: str
    origins: list[str]
    proxies: int | list[str]
    methods: list[str]
    levels: dict[Level, Values]
    files: list[Files]
    unlisted: Literal["deny", "kept"]
    routes: list[Route]
