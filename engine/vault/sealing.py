"""Personal data out of a fact: words become salted commitments, what was said is locked away with the subject's key."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rules.facts import Evidence
from rules.payloads import SEALED, FactCorrected
from rules.practice import ARTICLE_45

PREFIX = "sealed:"
SALT_BYTES = 16
_NONCE_BYTES = 12
_PERSONAL = frozenset(field for fields in SEALED.values() for field in fields)
# A suspension's `reason` is one of these codes, no words.
REASON_CODES = frozenset({*ARTICLE_45, "completion", "public_notice", "applicant_cause", "joint_office", "other"})


class Words(msgspec.Struct, frozen=True, array_like=True):
    """What is locked away for one message: its raw bytes, the sealed fields in their words, and the salt of the commitments."""

    raw: bytes
    said: dict[str, Any]
    salt: bytes


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Words).decode
_canonical = msgspec.json.Encoder(order="sorted").encode


def commitment(salt: bytes, field: str, value: Any) -> str:
    """HMAC-SHA-256 over field and value: proves the words to whoever has them and the salt, and tells nobody else."""
    return PREFIX + hmac.digest(salt, _canonical([field, value]), "sha256").hex()


def new_salt() -> bytes:
    return os.urandom(SALT_BYTES)


def seal_payload(type_: str, payload: Any, salt: bytes) -> tuple[Any, dict[str, Any]]:
    """The typed payload with commitments in place of personal words, and the words."""
    said = {name: words for name in SEALED[type_] if (words := getattr(payload, name)) is not None}
    sealed: dict[str, Any] = {name: commitment(salt, name, words) for name, words in said.items()}
    if isinstance(payload, FactCorrected):
        # A correction carries the corrected fact's own fields: their words are sealed like the fact's.
        sealed["changes"] = {name: _seal_change(name, value, salt) for name, value in payload.changes.items()}
        said["changes"] = payload.changes
    return (msgspec.structs.replace(payload, **sealed) if sealed else payload), said


def _seal_change(name: str, value: Any, salt: bytes) -> Any:
    if name == "data" and isinstance(value, dict):
        return {inner: _seal_change(inner, part, salt) for inner, part in value.items()}
    personal = name in _PERSONAL and value is not None and not (name == "reason" and value in REASON_CODES)
    return commitment(salt, f"changes.{name}", value) if personal else value


def seal_evidence(evidence: tuple[Evidence, ...], salt: bytes) -> tuple[tuple[Evidence, ...], dict[str, Any]]:
    """Names and places of documents may name persons too; the document's hash stays."""
    if not evidence:
        return (), {}
    sealed = tuple(
        Evidence(name=commitment(salt, f"evidence.{number}", piece.name), sha256=piece.sha256)
        for number, piece in enumerate(evidence)
    )
    return sealed, {"evidence": [msgspec.to_builtins(piece) for piece in evidence]}


def locker(key: bytes) -> Callable[[Words, bytes], bytes]:
    """Encrypts under one subject's key; `name` binds the result to its message."""
    cipher = AESGCM(key)

    def lock(words: Words, name: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + cipher.encrypt(nonce, _encode(words), name)

    return lock


def unlock(key: bytes, sealed: bytes, name: bytes) -> Words:
    return _decode(AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name))
