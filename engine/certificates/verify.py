"""Whether a certificate is genuine (by signature) and in force (by what stands on the ledger now)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from engine.certificates.applicant import committed
from engine.certificates.document import Disclosed, signed_bytes
from engine.certificates.issue import stored
from engine.certificates.keys import all_keys
from engine.certificates.pdf_seal import attachment, seal_of
from engine.certificates.signing import PublicKey
from engine.ledger.canonical import canonical
from engine.storage.connect import Connection

Genuine = Literal["valid", "altered", "unknown_key"]
Force = Literal["valid", "superseded", "revoked", "under_review", "unknown"]

_PARTS = ({"certificate", "signature"}, {"certificate", "signature", "disclosed"})
_STATUS = (
    "SELECT status, CASE WHEN status = 'valid' THEN coalesce(issued_at, recorded_at) ELSE coalesce(status_since, changed_at) END"
    " FROM certificate WHERE number = %s ORDER BY recorded_at DESC LIMIT 1"
)


class Verdict(msgspec.Struct, frozen=True):
    """interfaces.md 4. `since`: when the certificate was issued, or when its status changed."""

    signature: Genuine
    status: Force
    since: datetime | None
    number: str | None = None

    @property
    def in_force(self) -> bool:
        return self.signature == "valid" and self.status == "valid"


class Checked(msgspec.Struct, frozen=True):
    """A document by its signature alone. `content` is the parsed document where it is one of ours."""

    signature: Genuine
    content: dict[str, Any] | None = None
    kid: str | None = None

    @property
    def number(self) -> str | None:
        return str(self.content["certificate"]["number"]) if self.content else None


def verify_offline(file: bytes, keys: Sequence[PublicKey]) -> Verdict:
    """By the keys at hand. Nothing tells when a file was made, so a compromised key vouches for none."""
    trusted = [key for key in keys if key.compromised_at is None]
    checked = check(file, trusted)
    return Verdict(checked.signature, "unknown", None, checked.number)


def verify_online(connection: Connection, file: bytes) -> Verdict:
    """By the installation's own keys, its own copy and the ledger's present status.

    Our own copy vouches for what a key signed before it was compromised; another document of the same number is a forgery.
    """
    keys = all_keys(connection)
    checked = check(file, keys)
    if checked.signature == "valid" and not _is_ours(connection, checked, keys):
        checked = msgspec.structs.replace(checked, signature="altered")
    status, since = status_of(connection, checked.number)
    return Verdict(checked.signature, status, since, checked.number)


def status_of(connection: Connection, number: str | None) -> tuple[Force, datetime | None]:
    """What the ledger says of a number now, and since when."""
    row = connection.execute(_STATUS, (number,)).fetchone() if number else None
    return (row[0], row[1]) if row else ("unknown", None)


def check(file: bytes, keys: Sequence[PublicKey]) -> Checked:
    """A JSON document or a PDF that carries one; any byte that is another than it was signed is `altered`."""
    known = {key.kid: key for key in keys}
    if not file.startswith(b"%PDF-"):
        return _check_document(file.removesuffix(b"\n"), known)
    seal, content = seal_of(file), attachment(file)
    if seal is None or content is None:
        return Checked("altered")
    sealing = known.get(seal.kid)
    if sealing is not None and sealing.compromised_at is not None:  # no copy of ours vouches for a page
        return Checked("unknown_key")
    page = _judged(sealing, seal.alg, seal.content, seal.value)
    inner = _check_document(content, known)
    return inner if page == "valid" else msgspec.structs.replace(inner, signature=page)


def _check_document(content: bytes, known: dict[str, PublicKey]) -> Checked:
    found = _parsed(content)
    if found is None:
        return Checked("altered")
    signature = found["signature"]
    kid = str(signature.get("kid"))
    covered = signed_bytes(found["certificate"], str(signature.get("alg")), kid)
    genuine = _judged(known.get(kid), signature.get("alg"), covered, str(signature.get("value")))
    if genuine == "valid" and not _discloses_what_was_committed(found):
        genuine = "altered"
    return Checked(genuine, found, kid)


def _parsed(content: bytes) -> dict[str, Any] | None:
    """A document in its one spelling: other spaces, escapes or repeated names are no document of ours."""
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(found, dict) or set(found) not in _PARTS or canonical(found) != content:
        return None
    whole = all(isinstance(part, dict) for part in found.values()) and isinstance(
        found["certificate"].get("number"), str
    )
    return found if whole and set(found["signature"]) == {"alg", "kid", "value"} else None


def _judged(key: PublicKey | None, alg: Any, content: bytes, value: str) -> Genuine:
    if key is None:
        return "unknown_key"
    return "valid" if key.alg == alg and key.verifies(content, value) else "altered"


def _discloses_what_was_committed(found: dict[str, Any]) -> bool:
    if "disclosed" not in found:
        return True
    applicant = found["certificate"].get("applicant")
    try:
        disclosed = msgspec.convert(found["disclosed"], Disclosed)
        spelt = bytes.fromhex(disclosed.salt).hex() == disclosed.salt
        return spelt and committed(disclosed) == applicant["commitment"]
    except (msgspec.ValidationError, ValueError, TypeError, KeyError):
        return False


def _is_ours(connection: Connection, checked: Checked, keys: Sequence[PublicKey]) -> bool:
    """The same certificate as the copy kept here; without a copy a key must be trusted to vouch for it."""
    assert checked.content is not None
    certificate = checked.content["certificate"]
    version = certificate.get("ledger", {}).get("version")
    own = stored(connection, certificate["number"], version) if isinstance(version, int) else None
    if own is not None:
        return bool(msgspec.json.decode(own)["certificate"] == certificate)
    return any(key.kid == checked.kid and key.compromised_at is None for key in keys)
