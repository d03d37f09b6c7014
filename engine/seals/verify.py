"""Do the seals hold? Against the ledger, against each other, against the keys, and against copies kept outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from cryptography import x509

from engine.certificates.keys import all_keys
from engine.certificates.signing import PublicKey
from engine.errors import OperatorError
from engine.seals import merkle
from engine.seals.document import Sealed, digest, genuine, read
from engine.seals.export import name_of
from engine.seals.making import leaves
from engine.seals.stamp import problem_of
from engine.storage.connect import Connection

_SHOWN = 5
_CHANGED = (
    "SELECT l.stream_id, l.version FROM seal_leaf l LEFT JOIN entry e ON e.stream_id = l.stream_id AND e.version = l.version"
    " WHERE l.seal = %s AND e.hash IS DISTINCT FROM l.hash ORDER BY 1 LIMIT %s"
)


class SealFault(msgspec.Struct, frozen=True):
    """What of a seal does not hold. `ledger`: an entry that was sealed is gone or another one (`detail` names it); `copy`: see `copies`."""

    number: int
    what: Literal["missing", "unreadable", "signature", "previous", "root", "ledger", "stamp", "copy"]
    detail: str = ""


class SealChecked(msgspec.Struct, frozen=True):
    number: int
    faults: tuple[SealFault, ...]


def verify(
    connection: Connection, roots: Sequence[x509.Certificate] = (), folder: Path | None = None
) -> Iterator[SealChecked]:
    """Every seal in order, then copies in `folder` of seals that are not in the database."""
    keys = {key.kid: key for key in all_keys(connection)}
    copies = _copies(folder) if folder else {}
    expected, previous = 1, None
    rows = connection.execute("SELECT number, document, stamp FROM seal ORDER BY number").fetchall()
    for number, text, stamp in rows:
        document = text.encode()
        faults = [SealFault(gone, "missing") for gone in range(expected, number)]
        faults += _faults(connection, number, document, previous, keys)
        if stamp is not None and (wrong := problem_of(stamp, document, roots)):
            faults.append(SealFault(number, "stamp", wrong))
        if folder:
            faults += _differs(number, document, copies.pop(name_of(number), None))
        yield SealChecked(number, tuple(faults))
        expected, previous = number + 1, digest(document)
    for name in sorted(copies):
        number = int(name.removeprefix("seal-").removesuffix(".json"))
        yield SealChecked(number, (SealFault(number, "missing", name),))


def _faults(
    connection: Connection, number: int, document: bytes, previous: str | None, keys: Mapping[str, PublicKey]
) -> Iterator[SealFault]:  # fmt: skip
    sealed = _read(document)
    if sealed is None or sealed.seal.number != number:
        yield SealFault(number, "unreadable")
        return
    if not genuine(sealed, keys.get(sealed.signature.kid)):
        yield SealFault(number, "signature", sealed.signature.kid)
    if sealed.seal.previous != previous:
        yield SealFault(number, "previous")
    if merkle.root(leaves(connection, number)).hex() != sealed.seal.root:
        yield SealFault(number, "root")
    for stream_id, version in connection.execute(_CHANGED, (number, _SHOWN)).fetchall():
        yield SealFault(number, "ledger", f"{stream_id} #{version}")


def _read(document: bytes) -> Sealed | None:
    try:
        return read(document)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _copies(folder: Path) -> dict[str, bytes]:
    try:
        return {path.name: path.read_bytes() for path in sorted(folder.glob("seal-[0-9]*.json"))}
    except OSError as error:
        raise OperatorError(f"{error.filename or folder}: {error.strerror}") from error


def _differs(number: int, document: bytes, copy: bytes | None) -> list[SealFault]:
    if copy is None:
        return [SealFault(number, "copy", f"{name_of(number)} is not there")]
    return [] if copy == document else [SealFault(number, "copy", f"{name_of(number)} says something else")]
