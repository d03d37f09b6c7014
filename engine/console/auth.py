"""Signing in: argon2 passwords, sessions on the server, a limit on failures. The browser holds a random token, the database its hash."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec
import psycopg
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.rights import ROLES, Actor, Grant

COOKIE = "jiannuo_session"
SESSION_HOURS = 12
_HASHER = PasswordHasher()
# Verified when nobody has that login, so that the answer takes as long.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


class Account(msgspec.Struct, frozen=True):
    """Who is signed in. `person` is the id under which facts are signed; it is the login where no person is named."""

    login: str
    person: str
    name: str
    roles: tuple[str, ...]
    units: tuple[str, ...]
    locale: str
    csrf: str

    @property
    def actor(self) -> Actor:
        places: tuple[str | None, ...] = self.units or (None,)
        return Actor(self.person, tuple(Grant(role, unit) for role in ROLES if role in self.roles for unit in places))


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def check_password(db: psycopg.Connection[Any], login: str, password: str) -> bool:
    row = db.execute("SELECT password_hash FROM app_user WHERE login = %s AND active", (login,)).fetchone()
    try:
        _HASHER.verify(row[0] if row else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return row is not None


def start_session(db: psycopg.Connection[Any], login: str) -> str:
    """A new session; returns the cookie's value, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    db.execute(
        "INSERT INTO login_session (token_hash, login, csrf, created_at, seen_at, expires_at)"
        " VALUES (%s, %s, %s, now(), now(), now() + make_interval(hours => %s))",
        (_digest(token), login, secrets.token_urlsafe(24), SESSION_HOURS),
    )
    db.execute("DELETE FROM login_session WHERE expires_at < now()")
    return token


def end_session(db: psycopg.Connection[Any], token: str) -> None:
    db.execute("DELETE FROM login_session WHERE token_hash = %s", (_digest(token),))


_FIND = """
SELECT u.login, coalesce(u.person, u.login) AS person, u.name, u.roles, u.units, u.locale, s.csrf
FROM login_session s JOIN app_user u USING (login)
WHERE s.token_hash = %s AND s.expires_at > now() AND u.active
"""
# Sessions live in real time, also where the world's clock is simulated; each is renewed at most once in five minutes.
_RENEW = """
UPDATE login_session SET seen_at = now(), expires_at = now() + make_interval(hours => %s)
WHERE token_hash = %s AND seen_at < now() - interval '5 minutes'
"""


def find_account(db: psycopg.Connection[Any], token: str | None) -> Account | None:
    if not token:
        return None
    row = db.execute(_FIND, (_digest(token),)).fetchone()
    if row is None:
        return None
    db.execute(_RENEW, (SESSION_HOURS, _digest(token)))
    login, person, name, roles, units, locale, csrf = row
    return Account(login, person, name, tuple(roles), tuple(units), locale, csrf)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


class FailureLimit:
    """Failed sign-ins of one key (login or address) within a window of real seconds; a success forgets them."""

    def __init__(self, most: int, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._now = most, seconds, now
        self._failures: dict[str, deque[float]] = {}

    def wait(self, key: str) -> int:
        """Seconds until the key may try again; 0 if it may now."""
        failures = self._recent(key)
        if len(failures) < self._most:
            return 0
        return max(1, round(failures[0] + self._seconds - self._now()))

    def failed(self, key: str) -> None:
        self._recent(key).append(self._now())

    def forget(self, key: str) -> None:
        self._failures.pop(key, None)

    def _recent(self, key: str) -> deque[float]:
        if len(self._failures) > 10_000:
            self._failures.clear()
        failures = self._failures.setdefault(key, deque())
        while failures and failures[0] <= self._now() - self._seconds:
            failures.popleft()
        return failures
