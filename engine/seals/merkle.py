"""Merkle tree hash (RFC 9162, 2.1.1) with SHA-256, over leaves that come one by one."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


def root(leaves: Iterable[bytes]) -> bytes:
    """The root, 32 bytes; of no leaves the hash of nothing. Memory grows with the logarithm of their number."""
    complete: list[tuple[int, bytes]] = []  # subtrees of falling sizes, all powers of two
    for leaf in leaves:
        size, node = 1, sha256(b"\x00" + leaf).digest()
        while complete and complete[-1][0] == size:
            node = _joined(complete.pop()[1], node)
            size *= 2
        complete.append((size, node))
    if not complete:
        return sha256().digest()
    node = complete.pop()[1]
    while complete:
        node = _joined(complete.pop()[1], node)
    return node


def _joined(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
