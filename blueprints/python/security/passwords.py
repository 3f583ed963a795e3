"""argon2id with the parameters of the level; NIST 800-63B-4 without composition rules (ASVS 6.2.5)."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from .messages import invalid
from .policy_types import Auth

# The most used ones that a length bound alone lets through (ASVS 6.2.4).
_COMMON = frozenset(
    {
        "123123123123",
        "123456789012",
        "1234567890123",
        "1q2w3e4r5t6y",
        "abc123abc123",
        "abcdefghijkl",
        "adminadminadmin",
        "administrator",
        "changemechangeme",
        "correcthorsebatterystaple",
        "iloveyou1234",
        "letmeinletmein",
        "password1234",
        "passwordpassword",
        "q1w2e3r4t5y6",
        "qwertyqwerty",
        "qwertyuiop12",
        "qwertyuiop123",
        "welcome12345",
    }
)


class Passwords:
    def __init__(self, values: Auth) -> None:
        self._values = values
        cost = values["argon2"]
        self._hasher = PasswordHasher(cost["time"], cost["memory"], cost["parallelism"])
        # An unknown account costs the same time as a known one.
        self._nobody = self._hasher.hash("nobody has this password")

    def accept(self, password: str, email: str, path: str = "password") -> None:
        """Refuses a new password by length and by blocklist; it is never changed (ASVS 6.2.8)."""
        low, high = self._values["password_min"], self._values["password_max"]
        if not low <= len(password) <= high:
            raise invalid(f"{low} to {high} characters are needed", path)
        plain = password.lower()
        if plain in _COMMON or len(set(plain)) < 4 or plain == email.lower():
            raise invalid("this one is too common", path)

    def hash(self, password: str) -> str:
        return self._hasher.hash(_plain(password))

    def verify(self, stored: str | None, password: str) -> bool:
        if len(password) > self._values["password_max"]:
            password = ""
        try:
            matches = self._hasher.verify(stored or self._nobody, _plain(password))
        except (VerificationError, InvalidHashError):
            return False
        return matches and stored is not None


def _plain(password: str) -> str:
    """Keyboards compose `ü` in two ways; NIST 800-63B-4 §3.1.1.2 has one."""
    return unicodedata.normalize("NFC", password)
