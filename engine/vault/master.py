"""The master key: a file of 32 bytes, readable by its owner alone, that wraps the subjects' keys (envelope encryption)."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import OperatorError

KEY_BYTES = 32
_NONCE_BYTES = 12


class VaultError(OperatorError):
    """The master key is readable by others, damaged, or not the one the vault was sealed with."""


class Master:
    """Wraps and unwraps keys, and makes the keyed digests by which persons and bodies are found again."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._digest_key = hmac.digest(key, b"jiannuo digest", "sha256")

    def wrap(self, key: bytes, name: bytes) -> bytes:
        """`name` binds the wrapped key to its owner: it cannot be passed off as somebody else's."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, name)

    def unwrap(self, wrapped: bytes, name: bytes) -> bytes:
        try:
            return self._cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], name)
        except InvalidTag as error:
            raise VaultError(
                f"the key of {name.decode()!r} was not wrapped by this master key. Restore the master key file that belongs to this database."
            ) from error

    def digest(self, content: bytes) -> bytes:
        """A digest nobody can compute without the master key, so that short words cannot be guessed from it."""
        return hashlib.blake2b(content, key=self._digest_key, digest_size=32).digest()


def open_master(path: Path) -> Master:
    """The master key of a file; made at the first call. Refuses a file that others may read."""
    if not path.exists():
        _create(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise VaultError(f"{path}: others may read the master key. Run: chmod 600 {path}")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise VaultError(
            f"{path}: a master key has {KEY_BYTES} bytes, this has {len(key)}. Restore it from its backup."
        )
    return Master(key)


def _create(path: Path) -> None:
    """Two processes starting together agree on one key: whoever links first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
