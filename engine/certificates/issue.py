"""Documents as they are kept: made once from the ledger, signed, and never changed or deleted.

Nothing legal hangs on them: the effect and its certificate number stand on the ledger. Whoever asks first has the document made.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.certificates.applicant import applicant_of, disclosed_of
from engine.certificates.content import Issued, IssueError, certificate_of, issued
from engine.certificates.document import Certificate, Document, Signature, read, signed_bytes, write
from engine.certificates.keys import signer
from engine.certificates.signing import ALG
from engine.config import Settings
from engine.ledger.read import read_stream
from engine.storage.connect import Connection
from engine.storage.world import load_world

_STREAM = "SELECT stream_id FROM certificate WHERE number = %s ORDER BY recorded_at DESC LIMIT 1"
_STORED = "SELECT body FROM certificate_document WHERE number = %s AND version = %s"
_KEEP = (
    "INSERT INTO certificate_document (number, version, kid, body) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (number, version) DO NOTHING"
)
_MISSING = (
    "SELECT number FROM certificate k WHERE NOT EXISTS (SELECT FROM certificate_document d WHERE d.number = k.number)"
    " ORDER BY recorded_at LIMIT %s"
)


def site_of(settings: Settings) -> str:
    """The address that certificates carry; it is signed, so it never comes from a request."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    return f"http://{settings.http_host}:{settings.http_port}" if settings.http_port else ""


def document_of(connection: Connection, number: str, at: datetime, site: str) -> bytes | None:
    """The public document of a certificate; None if no such number was ever issued."""
    found = _find(connection, number)
    return _document(connection, found, at, site) if found else None


def applicants_copy(connection: Connection, number: str, at: datetime, site: str) -> bytes | None:
    """The same with the applicant's full name. Whoever calls this records the access; IssueError if the name is not on record."""
    found = _find(connection, number)
    if found is None:
        return None
    disclosed = disclosed_of(connection, found)
    if disclosed is None:
        raise IssueError(f"{number}: the applicant's name is not on record, or was erased; only the public copy exists")
    public = read(_document(connection, found, at, site))
    return write(msgspec.structs.replace(public, disclosed=disclosed))


def make_missing(connection: Connection, at: datetime, site: str, most: int = 100) -> int:
    """Makes documents nobody has asked for yet; returns how many."""
    numbers = [row[0] for row in connection.execute(_MISSING, (most,)).fetchall()]
    return sum(document_of(connection, number, at, site) is not None for number in numbers)


def stored(connection: Connection, number: str, version: int) -> bytes | None:
    """The document that was made for one issue of a number, if it was made."""
    row = connection.execute(_STORED, (number, version)).fetchone()
    return row[0].encode() if row else None


def _find(connection: Connection, number: str) -> Issued | None:
    row = connection.execute(_STREAM, (number,)).fetchone()
    return issued(read_stream(connection, row[0]), number) if row else None


def _document(connection: Connection, found: Issued, at: datetime, site: str) -> bytes:
    """The stored one; or made now. Of two who make it at once one is kept, and both get that."""
    number, version = found.data["number"], found.chained[-1][0].version
    if known := stored(connection, number, version):
        return known
    certificate = certificate_of(found, load_world(connection), applicant_of(connection, found), site)
    made = _signed(connection, certificate, at)
    connection.execute(_KEEP, (number, version, made.signature.kid, write(made).decode()))
    return stored(connection, number, version) or write(made)


def _signed(connection: Connection, certificate: Certificate, at: datetime) -> Document:
    key = signer(connection, at)
    value = key.sign(signed_bytes(certificate, ALG, key.kid))
    return Document(certificate=certificate, signature=Signature(alg=ALG, kid=key.kid, value=value))
