"""The vault's tables: one key per case, one item per message, reading them again, and erasure."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from engine.storage.connect import Connection
from engine.vault.master import KEY_BYTES
from engine.vault.sealing import Words, locker, unlock


class Deposit(msgspec.Struct, frozen=True):
    """One message to lock away. `applicant` is the person's reference, where the message names one."""

    item: str
    subject: str
    words: Words
    applicant: str | None = None


class Revealed(msgspec.Struct, frozen=True):
    """A message in its own words. None: its key was destroyed."""

    item: str
    said: dict[str, Any] | None
    raw: bytes | None


def item_id(source: str, message_id: str) -> str:
    """The id of a message's vault item; the same whenever it is asked for."""
    return hashlib.sha256(f"{len(source)}:{source}{message_id}".encode()).hexdigest()[:32]


def lock_away(connection: Connection, deposits: Sequence[Deposit], at: datetime) -> None:
    """Two statements whatever the number. Words for a subject whose key was destroyed are not kept."""
    keys = _keys_of(connection, deposits, at)
    lockers = {subject: locker(key) for subject, key in keys.items() if key is not None}
    rows = [(d.item, d.subject, lockers[d.subject](d.words, d.item.encode())) for d in deposits if d.subject in lockers]
    with connection.cursor().copy(
        "COPY vault_item (id, subject, sealed, created_at) FROM STDIN (FORMAT BINARY)"
    ) as copy:
        copy.set_types(("varchar", "varchar", "bytea", "timestamptz"))
        for row in rows:
            copy.write_row((*row, at))


def _keys_of(connection: Connection, deposits: Sequence[Deposit], at: datetime) -> dict[str, bytes | None]:
    """Existing keys, and new ones for subjects seen for the first time (the streams' locks keep others away)."""
    master = connection.vault
    wanted = sorted({deposit.subject for deposit in deposits})
    known = _load(connection, wanted)
    fresh = {subject: os.urandom(KEY_BYTES) for subject in wanted if subject not in known}
    digests = {d.subject: master.digest(d.applicant.encode()) for d in deposits if d.applicant}
    touched = [subject for subject in wanted if subject in fresh or subject in digests]
    if touched:
        wrapped = [master.wrap(fresh[s], s.encode()) if s in fresh else None for s in touched]
        connection.execute(
            "INSERT INTO vault_key AS k (subject, wrapped, applicant, created_at)"
            " SELECT s, w, a, %b FROM unnest(%b::text[], %b::bytea[], %b::bytea[]) AS t(s, w, a)"
            " ON CONFLICT (subject) DO UPDATE SET applicant = coalesce(EXCLUDED.applicant, k.applicant)",
            (at, touched, wrapped, [digests.get(subject) for subject in touched]),
        )
    return known | fresh


def _load(connection: Connection, subjects: Sequence[str]) -> dict[str, bytes | None]:
    rows = connection.execute(
        "SELECT subject, wrapped FROM vault_key WHERE subject = ANY(%b::text[])", (list(subjects),), binary=True
    ).fetchall()
    return {
        subject: None if wrapped is None else connection.vault.unwrap(wrapped, subject.encode())
        for subject, wrapped in rows
    }


def subject_secret(connection: Connection, subject: str, purpose: str) -> bytes | None:
    """A secret of one subject for one purpose, always the same, gone with the subject's key; None if there is no key."""
    key = _load(connection, [subject]).get(subject)
    return hmac.digest(key, f"jiannuo {purpose}".encode(), "sha256") if key else None


def reveal(connection: Connection, subject: str) -> Mapping[str, Revealed]:
    """Every message of a case in its own words, by vault item. Whoever calls this records the access."""
    key = _load(connection, [subject]).get(subject)
    rows = connection.execute(
        "SELECT id, sealed FROM vault_item WHERE subject = %s", (subject,), binary=True
    ).fetchall()
    return {id_: _revealed(id_, key, sealed) for id_, sealed in rows}


def reveal_items(connection: Connection, items: Iterable[str]) -> Mapping[str, Revealed]:
    """The same for chosen messages, of one case or many."""
    rows = connection.execute(
        "SELECT id, subject, sealed FROM vault_item WHERE id = ANY(%b::text[])", (list(items),), binary=True
    ).fetchall()
    keys = _load(connection, sorted({subject for _, subject, _ in rows}))
    return {id_: _revealed(id_, keys.get(subject), sealed) for id_, subject, sealed in rows}


def _revealed(id_: str, key: bytes | None, sealed: bytes) -> Revealed:
    if key is None:
        return Revealed(id_, None, None)
    words = unlock(key, sealed, id_.encode())
    return Revealed(id_, words.said, words.raw)


def erase_case(connection: Connection, case: str, at: datetime) -> int:
    """Destroys the key of a case's words. The ledger's chain is untouched. Returns the number of keys destroyed."""
    return _erase(connection, "subject = %s", case, at)


def erase_applicant(connection: Connection, reference: str, at: datetime) -> int:
    """Destroys the keys of all cases of one applicant."""
    return _erase(connection, "applicant = %s", connection.vault.digest(reference.encode()), at)


def _erase(connection: Connection, where: str, value: str | bytes, at: datetime) -> int:
    # The inbox's digest of the whole message goes too: it would let a holder of the master key try out words.
    erased = connection.execute(
        "WITH gone AS (UPDATE vault_key SET wrapped = NULL, applicant = NULL, erased_at = %s"  # noqa: S608 - names of our own, no values
        f" WHERE {where} AND wrapped IS NOT NULL RETURNING subject),"
        " forgotten AS (UPDATE inbox SET body_hash = NULL FROM gone WHERE case_id = gone.subject)"
        " SELECT count(*) FROM gone",
        (at, value),
    ).fetchone()
    return int(erased[0]) if erased else 0
