"""The stream of signing keys: one signs, those before it still verify, one that got into other hands no longer does.

Private halves lie wrapped by the vault's master key and are destroyed when their key is retired. Every change is a line of the
ledger (`keys:signing`), so that nobody can slip a key in.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

import msgspec

from engine.certificates.signing import ALG, PublicKey, fingerprint, public_of, sign
from engine.errors import OperatorError
from engine.ledger.canonical import canonical
from engine.ledger.heads import lock, save
from engine.ledger.line import Line, chain
from engine.ledger.write import append
from engine.storage.connect import Connection

STREAM = "keys:signing"
_SEED_BYTES = 32
_ALL = "SELECT kid, alg, public_key, created_at, retired_at, compromised_at FROM signing_key"


class UnknownKeyError(OperatorError):
    """A key that is not there, or is no longer what is asked of it."""


class Signer(msgspec.Struct, frozen=True):
    """The key that signs now."""

    kid: str
    private: bytes

    def sign(self, content: bytes) -> str:
        return sign(self.private, content)


def all_keys(connection: Connection) -> list[PublicKey]:
    """Every key there ever was, newest first."""
    rows = connection.execute(f"{_ALL} ORDER BY created_at DESC, kid").fetchall()
    return [_key(row) for row in rows]


def signer(connection: Connection, at: datetime) -> Signer:
    """The key in force; the first one is made when it is first needed."""
    return _in_force(connection) or _make(connection, at, actor=None)


def rotate(connection: Connection, at: datetime, actor: str | None, compromised: str | None = None) -> str:
    """Retires the key in force and makes a new one; `compromised` names a key that is not to be trusted any more. Returns the new kid."""
    lock(connection, [STREAM])
    if compromised is not None:
        _mark(connection, compromised, at, actor)
    for key in all_keys(connection):
        if key.retired_at is None:
            connection.execute(
                "UPDATE signing_key SET retired_at = %s, private_sealed = NULL WHERE kid = %s", (at, key.kid)
            )
            _tell(connection, "key.retired", {"kid": key.kid}, at, actor)
    return _make(connection, at, actor).kid


def _in_force(connection: Connection) -> Signer | None:
    row = connection.execute(
        "SELECT kid, private_sealed FROM signing_key WHERE retired_at IS NULL AND compromised_at IS NULL"
        " AND private_sealed IS NOT NULL ORDER BY created_at DESC, kid LIMIT 1"
    ).fetchone()
    return Signer(row[0], connection.vault.unwrap(row[1], _name(row[0]))) if row else None


def _make(connection: Connection, at: datetime, actor: str | None) -> Signer:
    """Whoever comes second waits for the stream and finds the first one's key."""
    lock(connection, [STREAM])
    if found := _in_force(connection):
        return found
    private = os.urandom(_SEED_BYTES)
    public = public_of(private)
    kid = fingerprint(public)
    connection.execute(
        "INSERT INTO signing_key (kid, alg, public_key, private_sealed, created_at) VALUES (%s, %s, %s, %s, %s)",
        (kid, ALG, public, connection.vault.wrap(private, _name(kid)), at),
    )
    _tell(connection, "key.created", {"kid": kid, "alg": ALG, "public": public.hex()}, at, actor)
    return Signer(kid, private)


def _mark(connection: Connection, kid: str, at: datetime, actor: str | None) -> None:
    marked = connection.execute(
        "UPDATE signing_key SET compromised_at = %s WHERE kid = %s AND compromised_at IS NULL", (at, kid)
    )
    if marked.rowcount != 1:
        raise UnknownKeyError(f"no trusted key has the fingerprint {kid!r}; see jiannuo certificate key list")
    _tell(connection, "key.compromised", {"kid": kid}, at, actor)


def _tell(connection: Connection, type_: str, data: dict[str, Any], at: datetime, actor: str | None) -> None:
    head = lock(connection, [STREAM])[STREAM]
    line = Line(
        stream_kind=head.kind,
        stream_id=STREAM,
        version=head.version + 1,
        kind="fact",
        type=type_,
        body=msgspec.Raw(canonical(data)),
        recorded_at=max(at, head.recorded_at or at),
        actor=actor,
    )
    chained = chain([line], head.head_hash)
    append(connection, chained)
    moved = msgspec.structs.replace(head, version=line.version, head_hash=chained[0][2], recorded_at=line.recorded_at)
    save(connection, [moved])


def _key(row: tuple[Any, ...]) -> PublicKey:
    kid, alg, public, created_at, retired_at, compromised_at = row
    return PublicKey(
        kid=kid,
        alg=alg,
        public=bytes(public),
        created_at=created_at,
        retired_at=retired_at,
        compromised_at=compromised_at,
    )


def _name(kid: str) -> bytes:
    return f"signing key {kid}".encode()
