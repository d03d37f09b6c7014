"""The time of an outside authority on a seal (RFC 3161): asked for over HTTP, kept beside the seal, checked against roots one trusts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import httpx2
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from engine.errors import OperatorError
from engine.storage.connect import Connection

_TIMEOUT = 20.0
_ASKS = "application/timestamp-query"


class StampError(OperatorError):
    """The authority could not be reached, or answered with something else than a stamp for what was asked."""


def ask(document: bytes, url: str) -> bytes:
    """The authority's answer (TimeStampResp, DER) for just these bytes. Raises StampError."""
    request = TimestampRequestBuilder().data(document).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        answer = httpx2.post(url, content=request.as_bytes(), headers={"content-type": _ASKS}, timeout=_TIMEOUT)
        answer.raise_for_status()
    except httpx2.HTTPError as error:
        raise StampError(f"{url}: {type(error).__name__}: {error}") from error
    wrong = _wrong(answer.content, document, request.nonce)
    if wrong:
        raise StampError(f"{url}: {wrong}")
    return answer.content


def stamp_missing(connection: Connection, url: str) -> int:
    """Asks for a stamp for every seal that has none, oldest first; returns how many were stamped. Raises StampError at the first that fails."""
    rows = connection.execute("SELECT number, document FROM seal WHERE stamp IS NULL ORDER BY number").fetchall()
    connection.commit()
    for number, document in rows:
        stamp = ask(document.encode(), url)
        connection.execute("UPDATE seal SET stamp = %s WHERE number = %s AND stamp IS NULL", (stamp, number))
        connection.commit()
    return len(rows)


def time_of(stamp: bytes) -> datetime:
    return decode_timestamp_response(stamp).tst_info.gen_time


def problem_of(stamp: bytes, document: bytes, roots: Sequence[x509.Certificate]) -> str:
    """Why the stamp proves nothing for this document; empty where it holds. Without roots the authority's signature is not looked at."""
    if wrong := _wrong(stamp, document, None):
        return wrong
    if not roots:
        return ""
    builder = VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    try:
        builder.build().verify_message(decode_timestamp_response(stamp), document)
    except VerificationError as error:
        return str(error)
    return ""


def read_roots(path: Path) -> list[x509.Certificate]:
    """Certificates (PEM) of authorities one trusts. Raises OperatorError."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise OperatorError(f"{path}: 不是 PEM 证书 · no certificates in PEM: {error}") from error


def _wrong(stamp: bytes, document: bytes, nonce: int | None) -> str:
    try:
        answer = decode_timestamp_response(stamp)
        if answer.status != 0:
            return f"refused (status {answer.status}): {'; '.join(answer.status_string)}"
        told = answer.tst_info
    except ValueError as error:
        return f"no time stamp response: {error}"
    if told.message_imprint.message != hashlib.sha256(document).digest():
        return "the stamp is for something else"
    return "the stamp answers another request" if nonce is not None and told.nonce != nonce else ""
