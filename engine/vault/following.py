"""The code by which an applicant follows a case without an account: made from the case's own key, kept nowhere, gone with the key."""

from __future__ import annotations

import hmac

from engine.storage.connect import Connection
from engine.vault.store import subject_secret

# Without letters that are taken for others (Crockford): ten of them are 50 bits.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 10
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def code_of(connection: Connection, case: str) -> str | None:
    """`XXXXX-XXXXX`; None for a case nobody knows, or whose words were erased."""
    secret = subject_secret(connection, case, "following")
    if secret is None:
        return None
    code = letters(secret)
    return f"{code[:5]}-{code[5:]}"


def letters(seed: bytes) -> str:
    """Ten letters that are read and typed without mistakes."""
    number = int.from_bytes(seed[:8], "big")
    return "".join(_LETTERS[number >> 5 * place & 31] for place in range(_LENGTH))


def fits(connection: Connection, case: str, given: str) -> bool:
    """Whether it is the code of this case, however it was typed. A case that is not there takes as long as a wrong code."""
    code = code_of(connection, case)
    return hmac.compare_digest(_plain(code or "").encode(), _plain(given).encode()) and code is not None


def _plain(code: str) -> str:
    return "".join(one for one in code.upper().translate(_READ_AS) if one.isalnum())
