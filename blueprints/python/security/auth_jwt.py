"""Short access tokens and rotating refresh tokens; RFC 8725, RFC 9068, RFC 9700 §4.14.2."""

from __future__ import annotations

import secrets
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from .credentials import Credentials, me
from .messages import Answer, Principal, Problem, Request, json_answer
from .scheme import Context, text
from .settings import Settings, SettingsError
from .state import Credential, state_in
from .store import Account, digest, now

_ISSUER = "security"
_AUDIENCE = "api"
_CLAIMS = ["exp", "iat", "nbf", "iss", "aud", "sub", "jti", "family"]
_HEADER = {"alg", "typ", "kid"}
# A token is about 500 bytes: some megabytes when a client comes with another one each time.
_MOST_CHECKED = 5000


class Keys:
    """The signing key and every accepted one, by `kid`; each has the one algorithm it was made for."""

    def __init__(self, settings: Settings) -> None:
        self.accepted: dict[str, tuple[Any, str]] = {}
        if settings.jwt_private_key:
            self.private, self.algorithm, public, name = _pem(settings.jwt_private_key)
            self.kid = name
            self.accepted[name] = (public, self.algorithm)
            return
        self.private, self.algorithm = settings.jwt_secrets[0], "HS256"
        self.kid = digest(f"kid:{self.private}")[:16]
        for secret in settings.jwt_secrets:
            self.accepted[digest(f"kid:{secret}")[:16]] = (secret, "HS256")


class Jwt:
    challenge = 'Bearer realm="api"'
    endpoints = ("register", "login", "refresh", "logout", "me", "password")

    def __init__(self, context: Context) -> None:
        self._values = context.settings.values["auth"]
        self._from_store = context.settings.values["authz"]["roles_from"] == "store"
        self._state = state_in(context.rows, context.shared)
        self._events = context.events
        self._credentials = Credentials(context)
        self._keys = Keys(context.settings)
        self._checked: dict[str, dict[str, Any]] = {}

    def identify(self, request: Request) -> Principal | None:
        given = request.headers.get("authorization", [])
        if not given:
            return None
        kind, _, token = request.header("authorization").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise self._refused("no bearer token")
        claims = self._claims(token)
        family = self._state.read(claims["family"])
        if family is None or family.account != claims["sub"]:
            raise self._refused("family ended")
        account = self._credentials.accounts.by_id(claims["sub"])
        if account is None:
            raise self._refused("no account")
        roles = account.roles if self._from_store else _roles(claims.get("roles"))
        return Principal(account.id, account.email, roles, credential=family.id)

    def answer(self, request: Request, name: str, body: dict[str, Any]) -> Answer:
        if name == "register":
            return self._credentials.register(request, body)
        if name == "login":
            return self._login(request, body)
        if name == "refresh":
            return self._refresh(request, text(body, "refreshToken"))
        if name == "me":
            return me(request.principal)
        if name == "logout":
            self._state.end(request.principal.credential if request.principal else "")
            self._events.emit("auth.logout", "success", request)
            return Answer(204)
        account = self._credentials.change_password(request, body)
        mine = request.principal.credential if request.principal else ""
        self._state.end_others(account.id, mine)
        return Answer(204)

    def _login(self, request: Request, body: dict[str, Any]) -> Answer:
        account = self._credentials.login(request, body)
        family, secret, time = secrets.token_urlsafe(16), secrets.token_urlsafe(32), now()
        idle = time + self._values["refresh_idle_seconds"]
        absolute = time + self._values["refresh_absolute_seconds"]
        self._state.start(Credential(family, account.id, digest(secret), idle, absolute))
        return self._tokens(account, family, secret)

    def _refresh(self, request: Request, token: str) -> Answer:
        hashed, fresh = digest(token), secrets.token_urlsafe(32)
        family = self._state.by_token(hashed)
        account = self._credentials.accounts.by_id(family.account) if family else None
        idle = now() + self._values["refresh_idle_seconds"]
        # Of two parallel refreshes one wins; the other counts as reuse.
        if family and account and self._state.rotate(family.id, hashed, digest(fresh), idle):
            self._events.emit("auth.refresh", "success", request)
            return self._tokens(account, family.id, fresh)
        stolen = self._state.spent_by(hashed)
        if stolen is not None:
            self._state.end(stolen)
            raise self._refused("refresh token used twice", "auth.refresh_reuse")
        raise self._refused("refresh token unknown", "auth.refresh")

    def _tokens(self, account: Account, family: str, refresh: str) -> Answer:
        time = int(now())
        claims = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": account.id,
            "iat": time,
            "nbf": time,
            "exp": time + self._values["access_seconds"],
            "jti": secrets.token_urlsafe(16),
            "family": family,
            "roles": list(account.roles),
        }
        headers = {"typ": "at+jwt", "kid": self._keys.kid}
        token = jwt.encode(claims, self._keys.private, self._keys.algorithm, headers)
        value = {
            "accessToken": token,
            "tokenType": "Bearer",
            "expiresIn": self._values["access_seconds"],
            "refreshToken": refresh,
        }
        return json_answer(200, value, ("Cache-Control", "no-store"))

    def _claims(self, token: str) -> dict[str, Any]:
        """A signature is checked once; whether it has run out, its family and its account at every request."""
        known = self._checked.get(token)
        if known is not None and known["exp"] + self._values["clock_skew_seconds"] > now():
            return known
        claims = self._verified(token)
        if len(self._checked) >= _MOST_CHECKED:
            self._checked.clear()
        self._checked[token] = claims
        return claims

    def _verified(self, token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            if set(header) != _HEADER or header["typ"] != "at+jwt":
                raise self._refused("header")
            key, algorithm = self._keys.accepted[header["kid"]]
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=_AUDIENCE,
                issuer=_ISSUER,
                leeway=self._values["clock_skew_seconds"],
                options={"require": _CLAIMS, "strict_aud": True},
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError):
            raise self._refused("token") from None
        if not isinstance(claims["family"], str):
            raise self._refused("family")
        return claims

    def _refused(self, reason: str, event: str = "auth.denied") -> Problem:
        challenge = ("WWW-Authenticate", f'{self.challenge}, error="invalid_token"')
        return Problem(401, event=event, reason=reason, headers=(challenge,))


def make(context: Context) -> Jwt:
    return Jwt(context)


def _roles(value: object) -> tuple[str, ...]:
    """A claim that is no list of texts gives no role: `"admin"` must not be searched for "admin"."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return ()
    return tuple(value)


def _pem(pem: str) -> tuple[Any, str, Any, str]:
    try:
        private = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        raise SettingsError("JWT_PRIVATE_KEY is not a PEM private key") from None
    if isinstance(private, ed25519.Ed25519PrivateKey):
        algorithm = "EdDSA"
    elif isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name == "secp256r1":
        algorithm = "ES256"
    else:
        raise SettingsError("JWT_PRIVATE_KEY must be an EC P-256 or Ed25519 key")
    public = private.public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    der = public.public_bytes(serialization.Encoding.DER, form)
    return private, algorithm, public, digest(der.hex())[:16]
