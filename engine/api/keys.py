"""API keys: one source each, kept as SHA-256 only. The key itself is shown once, when it is issued."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import datetime

import msgspec
from starlette.requests import Request

from engine.api.problems import ProblemError
from engine.storage.connect import Connection, Pool

_PREFIX = "jn_"
_TRUSTED_FOR = 5.0  # seconds until a revoked key is noticed by a process that knew it


class Sender(msgspec.Struct, frozen=True):
    """Who sends: the source of the key, and the key's digest in hexadecimal (what the pace is counted by)."""

    source: str
    key: str


def digest(key: str) -> bytes:
    """SHA-256 of a key. Keys carry 256 bits of chance, so no slow hash is needed."""
    return hashlib.sha256(key.encode()).digest()


def issue(connection: Connection, source: str, at: datetime, label: str = "") -> str:
    """Stores a new key of a source and returns it. It cannot be read again."""
    key = _PREFIX + secrets.token_urlsafe(32)
    store(connection, key, source, at, label)
    return key


def store(connection: Connection, key: str, source: str, at: datetime, label: str = "") -> None:
    """Stores a key that was made elsewhere; a known one stays as it is."""
    connection.execute(
        "INSERT INTO api_key (key_hash, source, label, created_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (digest(key), source, label, at),
    )


def revoke(connection: Connection, key_hash: bytes, at: datetime) -> bool:
    """Ends a key. False where there is no such key in force."""
    done = connection.execute(
        "UPDATE api_key SET revoked_at = %s WHERE key_hash = %s AND revoked_at IS NULL", (at, key_hash)
    )
    return done.rowcount == 1


class Keys:
    """Looks keys up, and remembers the good ones for a few seconds."""

    def __init__(self, pool: Pool, now: Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._now = now
        self._known: dict[bytes, tuple[str, float]] = {}

    def remembered(self, key: str) -> Sender | None:
        """The sender of a key seen a moment ago, without a question to the database."""
        hashed = digest(key)
        source, until = self._known.get(hashed, ("", 0.0))
        return Sender(source, hashed.hex()) if until > self._now() else None

    def look_up(self, key: str) -> Sender | None:
        """The sender of a key in force, else None."""
        hashed = digest(key)
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT key_hash, source FROM api_key WHERE key_hash = %s AND revoked_at IS NULL", (hashed,)
            ).fetchone()
        if row is None or not hmac.compare_digest(bytes(row[0]), hashed):
            self._known.pop(hashed, None)
            return None
        self._known[hashed] = (row[1], self._now() + _TRUSTED_FOR)
        return Sender(row[1], hashed.hex())


def presented(request: Request) -> str | None:
    """The key a request carries, in either of its two headers."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return request.headers.get("x-api-key") or None


def refusal() -> ProblemError:
    return ProblemError(401, "unauthorized", "no valid API key or signature")
