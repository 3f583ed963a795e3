"""The environment, read once when the application is made. Errors name the variable, never its value."""

from __future__ import annotations

import ipaddress
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from .policy_types import LEVELS, Level, Policy, Values

Environment = Literal["development", "test", "production"]
_PLACEHOLDERS = ("changeme", "secret", "password", "your-", "example", "replace", "placeholder")


class SettingsError(RuntimeError):
    """The application must not start like this."""


@dataclass(frozen=True)
class Settings:
    policy: Policy
    values: Values
    level: Level
    environment: Environment
    https: bool
    origins: frozenset[str]
    proxies: int | tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    redis_url: str
    database: str
    # Accepted secrets, the signing one first; empty where the chosen authentication needs none.
    jwt_secrets: tuple[str, ...]
    jwt_private_key: str
    ephemeral: bool
    admin_email: str
    admin_password: str
    admin_key: str

    def on(self, control: str) -> bool:
        return self.policy["controls"].get(control, False)


def read_settings(policy: Policy, env: Mapping[str, str] | None = None) -> Settings:
    env = os.environ if env is None else env
    environment = _environment(env)
    level = _level(policy, env)
    values = policy["levels"][level]
    needs_secret = policy["auth"] == "jwt" and policy["controls"].get("auth", False)
    private_key = env.get("JWT_PRIVATE_KEY", "")
    found: tuple[str, ...] = ()
    ephemeral = False
    if needs_secret and not private_key:
        found = _secrets(env)
        ephemeral = not found
    if ephemeral:
        if environment == "production":
            raise SettingsError("JWT_SECRET is not set: 32 random bytes or more are needed")
        found = (secrets.token_urlsafe(48),)
    return Settings(
        policy=policy,
        values=values,
        level=level,
        environment=environment,
        https=env.get("SECURITY_HTTPS", "").lower() == "true",
        origins=_origins(policy, values, env),
        proxies=_proxies(policy, env),
        redis_url=env.get("REDIS_URL", ""),
        database=env.get("SECURITY_DATABASE", "security.sqlite"),
        jwt_secrets=found,
        jwt_private_key=private_key,
        ephemeral=ephemeral,
        admin_email=env.get("SECURITY_ADMIN_EMAIL", ""),
        admin_password=env.get("SECURITY_ADMIN_PASSWORD", ""),
        admin_key=env.get("SECURITY_ADMIN_KEY", ""),
    )


def _environment(env: Mapping[str, str]) -> Environment:
    name = env.get("APP_ENV", "")
    if name in ("development", "test", "production"):
        return name  # type: ignore[return-value]
    if name:
        raise SettingsError("APP_ENV must be development, test or production")
    # The owner's own tests keep running without new variables: pytest means `test`.
    return "test" if "PYTEST_VERSION" in env or "pytest" in sys.modules else "production"


def _level(policy: Policy, env: Mapping[str, str]) -> Level:
    asked = env.get("SECURITY_LEVEL", "") or policy["level"]
    if asked not in LEVELS:
        raise SettingsError("SECURITY_LEVEL must be basic, standard or strict")
    level = LEVELS[max(LEVELS.index(asked), LEVELS.index(policy["level"]))]
    if level not in policy["levels"]:
        raise SettingsError("SECURITY_LEVEL names a level that policy.py does not hold")
    return level


def _secrets(env: Mapping[str, str]) -> tuple[str, ...]:
    names = [name for name in ("JWT_SECRET", "JWT_PREVIOUS_SECRET") if env.get(name)]
    for name in names:
        value = env[name]
        if len(value.encode()) < 32 or len(set(value)) < 8:
            raise SettingsError(f"{name} is weak: 32 random bytes or more are needed")
        if any(word in value.lower() for word in _PLACEHOLDERS):
            raise SettingsError(f"{name} is a placeholder")
    if len({env[name] for name in names}) < len(names):
        raise SettingsError("JWT_SECRET and JWT_PREVIOUS_SECRET are equal")
    if names == ["JWT_PREVIOUS_SECRET"]:
        raise SettingsError("JWT_PREVIOUS_SECRET is set without JWT_SECRET")
    return tuple(env[name] for name in names)


def _origins(policy: Policy, values: Values, env: Mapping[str, str]) -> frozenset[str]:
    text = env.get("CORS_ORIGINS", "").strip()
    # With commas, or as JSON where the application's own settings read it so.
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1].replace('"', "")
    given = [part.strip() for part in text.split(",") if part.strip()]
    origins = frozenset([*policy["origins"], *given])
    for origin in origins:
        parts = urlsplit(origin)
        exact = f"{parts.scheme}://{parts.netloc}"
        if parts.scheme not in ("http", "https") or origin != exact.lower() or "*" in origin:
            raise SettingsError("CORS_ORIGINS holds an entry that is not an exact origin")
        if values["cors"]["https_only"] and parts.scheme != "https":
            raise SettingsError("CORS_ORIGINS holds an http origin, which this level refuses")
    if len(origins) > values["cors"]["max_origins"]:
        raise SettingsError("CORS_ORIGINS holds too many origins for this level")
    return origins


def _proxies(
    policy: Policy, env: Mapping[str, str]
) -> int | tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    given = env.get("TRUST_PROXY", "")
    source = policy["proxies"] if not given else int(given) if given.isdigit() else given.split(",")
    if isinstance(source, int):
        return source
    try:
        return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in source)
    except ValueError:
        raise SettingsError("TRUST_PROXY must be a hop count or a list of CIDRs") from None
