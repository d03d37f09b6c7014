"""The list of certificates that are no longer simply valid, signed: who holds a copy can check without asking about one number."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.certificates.document import signed_bytes
from engine.certificates.keys import signer
from engine.certificates.signing import ALG
from engine.ledger.canonical import canonical
from engine.storage.connect import Connection

FORMAT = "jiannuo/certificate-status-list/1"
_NOT_VALID = (
    "SELECT DISTINCT ON (number) number, status, coalesce(status_since, changed_at) FROM certificate"
    " WHERE status <> 'valid' ORDER BY number, recorded_at DESC"
)


def status_list(connection: Connection, at: datetime) -> bytes:
    """Canonical JSON in the shape of a certificate's document: `list` and `signature`. A number that is not named was valid at `at`, if it was ever issued."""
    rows = connection.execute(_NOT_VALID).fetchall()
    listed: dict[str, Any] = {
        "format": FORMAT,
        "at": at,
        "certificates": [{"number": number, "status": status, "since": since} for number, status, since in rows],
    }
    key = signer(connection, at)
    value = key.sign(signed_bytes(listed, ALG, key.kid, "list"))
    return canonical({"list": listed, "signature": {"alg": ALG, "kid": key.kid, "value": value}})
