"""What a seal says, and the signed document that carries it out of the database."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from engine.certificates.document import Part, Signature, signed_bytes
from engine.certificates.keys import Signer
from engine.certificates.signing import ALG, PublicKey
from engine.ledger.canonical import canonical

FORMAT = "jiannuo/seal/1"


class Seal(Part, frozen=True, kw_only=True):
    """`previous`: SHA-256 of the document before it, None for the first; `root`: RFC 9162 over the leaves in the order of stream ids (bytes).

    `entries`: lines of the ledger covered for the first time; hashes are hexadecimal.
    """

    format: str
    number: int
    previous: str | None
    sealed_at: datetime
    streams: int
    entries: int
    root: str


class Sealed(Part, frozen=True):
    seal: Seal
    signature: Signature


def signed(seal: Seal, signer: Signer) -> bytes:
    """The document, byte for byte as it is kept, copied and stamped."""
    value = signer.sign(signed_bytes(seal, ALG, signer.kid, "seal"))
    return canonical(Sealed(seal, Signature(alg=ALG, kid=signer.kid, value=value)))


def read(document: bytes) -> Sealed:
    """Raises msgspec.DecodeError or ValidationError for anything else than a seal of ours."""
    return msgspec.json.decode(document, type=Sealed)


def genuine(sealed: Sealed, key: PublicKey | None) -> bool:
    """Whether a key that is still trusted signed just this."""
    if key is None or key.compromised_at is not None or sealed.signature.alg != ALG:
        return False
    content = signed_bytes(sealed.seal, sealed.signature.alg, sealed.signature.kid, "seal")
    return key.verifies(content, sealed.signature.value)


def digest(document: bytes) -> str:
    return hashlib.sha256(document).hexdigest()


def leaf(stream_id: str, version: int, hash_: bytes) -> bytes:
    """A stream as it stood: the hash of its entry `version` covers all entries up to it."""
    return canonical([stream_id, version, hash_.hex()])
