"""Standard Webhooks signatures, for systems that sign instead of sending a key.

Every API key has a signing secret, derived from it and the installation's master key: nothing more is stored, and revoking the key revokes
the secret.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from standardwebhooks import Webhook, WebhookVerificationError

from engine.api import cloudevents
from engine.api.keys import Sender
from engine.storage.connect import Pool
from engine.vault.master import Master

_PURPOSE = b"jiannuo webhook secret/"


def secret_of(master: Master, key_hash: bytes) -> str:
    """The signing secret of an API key, in the form senders' libraries take (`whsec_` and base64)."""
    return "whsec_" + base64.b64encode(master.digest(_PURPOSE + key_hash)).decode()


class Signatures:
    """Checks a signature against the secrets of the source that the message names."""

    def __init__(self, pool: Pool, master: Master) -> None:
        self._pool = pool
        self._master = master

    def sender_of(self, headers: Mapping[str, str], body: bytes) -> Sender | None:
        """The sender whose secret signed these bytes at most five minutes ago; None where there is none."""
        source = headers.get("ce-source") or cloudevents.source_of(body)
        for key_hash in self._key_hashes(source) if source else ():
            if _signed(secret_of(self._master, key_hash), headers, body):
                return Sender(str(source), key_hash.hex())
        return None

    def _key_hashes(self, source: str) -> list[bytes]:
        with self._pool.connection() as connection:
            rows = connection.execute(
                "SELECT key_hash FROM api_key WHERE source = %s AND revoked_at IS NULL", (source,)
            ).fetchall()
        return [bytes(row[0]) for row in rows]


def _signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True
