"""One archive from named files: hashed, listed in a manifest, signed. The same content gives the same bytes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from engine.certificates.signing import PublicKey, as_jwk
from engine.ledger.canonical import canonical

FORM = "jiannuo-evidence/1"
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "key.json"
BESIDE = (MANIFEST, SIGNATURE, KEY)


class Listed(msgspec.Struct, frozen=True):
    path: str
    size: int
    sha256: str


class Head(msgspec.Struct, frozen=True):
    """How far a stream of the ledger goes in this package, and the hash that binds all of it."""

    stream: str
    version: int
    hash: str


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a package is about: the case, the body it is for, who sealed it and when, on which referral."""

    case: str
    to: str
    made_at: datetime
    made_by: str
    referral: str | None = None
    heads: tuple[Head, ...] = ()


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    form: str
    about: About
    files: tuple[Listed, ...]
    kid: str
    alg: str


def package(files: Mapping[str, bytes], about: About, key: PublicKey, sign: Callable[[bytes], str]) -> bytes:
    """The archive with its manifest and signature."""
    listed = tuple(listing(path, content) for path, content in sorted(files.items()))
    manifest = canonical(Manifest(form=FORM, about=about, files=listed, kid=key.kid, alg=key.alg))
    beside = {MANIFEST: manifest, SIGNATURE: sign(manifest).encode(), KEY: canonical(as_jwk(key))}
    return archive({**files, **beside})


def listing(path: str, content: bytes) -> Listed:
    return Listed(path, len(content), hashlib.sha256(content).hexdigest())


def archive(files: Mapping[str, bytes]) -> bytes:
    """A ZIP without times or machine names, in the order of the paths, so that a changed byte cannot hide in its headers."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_STORED, 3, 0o644 << 16
            made.writestr(entry, files[path])
    return buffer.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
