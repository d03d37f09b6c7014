"""Signatures and the forms of a key: Ed25519 now, named by `alg`; a key is known by its fingerprint (`kid`, RFC 7638)."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from engine.errors import OperatorError

ALG = "Ed25519"


class KeyFileError(OperatorError):
    """A file that holds no public key."""


class PublicKey(msgspec.Struct, frozen=True, kw_only=True):
    """A public key with its place in the stream of keys. Public keys stay for ever; only the last one signs."""

    kid: str
    alg: str
    public: bytes
    created_at: datetime | None = None
    retired_at: datetime | None = None
    compromised_at: datetime | None = None

    def verifies(self, content: bytes, value: str) -> bool:
        """Whether `value`, in its one spelling, signs the content with this key."""
        raw = decoded(value)
        if raw is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(raw, content)
        except InvalidSignature:
            return False
        return True


def sign(private: bytes, content: bytes) -> str:
    """The signature (RFC 8032: the same for the same content) as base64url."""
    return encoded(Ed25519PrivateKey.from_private_bytes(private).sign(content))


def public_of(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def fingerprint(public: bytes) -> str:
    """The JWK thumbprint (RFC 7638, SHA-256): the key's name, and what is published."""
    return _imported({"kty": "OKP", "crv": ALG, "x": encoded(public)}).thumbprint()


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes | None:
    """None for what is not base64url, and for a second spelling of the same bytes."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return raw if encoded(raw) == text else None


def as_jwk(key: PublicKey) -> dict[str, Any]:
    """A member of a JWK Set; the dates of the key stream as members of our own."""
    dates = {
        name: value.isoformat()
        for name in ("created_at", "retired_at", "compromised_at")
        if (value := getattr(key, name))
    }
    return {"kty": "OKP", "crv": ALG, "x": encoded(key.public), "kid": key.kid, "alg": key.alg, "use": "sig", **dates}


def read_keys(content: bytes, name: str) -> list[PublicKey]:
    """Public keys from a JWK, a JWK Set or PEM. The fingerprint is computed, never believed."""
    try:
        if content.lstrip().startswith(b"-----BEGIN"):
            return [_from_pem(content)]
        found = msgspec.json.decode(content)
        return [_from_jwk(jwk) for jwk in found.get("keys", [found])]
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, msgspec.DecodeError) as error:
        raise KeyFileError(
            f"{name}: no Ed25519 public key (JWK, JWK Set or PEM). Get it with: jiannuo certificate key export"
        ) from error


def _from_pem(content: bytes) -> PublicKey:
    loaded = load_pem_public_key(content)
    if not isinstance(loaded, Ed25519PublicKey):
        raise TypeError(type(loaded).__name__)
    public = loaded.public_bytes_raw()
    return PublicKey(kid=fingerprint(public), alg=ALG, public=public)


def _from_jwk(jwk: dict[str, Any]) -> PublicKey:
    public = base64.urlsafe_b64decode(str(_imported(jwk).as_dict(private=False)["x"]) + "=")
    compromised = jwk.get("compromised_at")
    return PublicKey(
        kid=fingerprint(public),
        alg=ALG,
        public=public,
        compromised_at=datetime.fromisoformat(compromised) if compromised else None,
    )


def _imported(jwk: dict[str, Any]) -> OKPKey:
    public = {name: jwk[name] for name in ("kty", "crv", "x")}
    (found,) = KeySet.import_key_set({"keys": [public]}).keys
    if not isinstance(found, OKPKey) or found.curve_name != ALG:
        raise TypeError(f"{jwk['kty']} {jwk.get('crv')}")
    return found
