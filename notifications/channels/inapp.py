"""The inbox in the console. Storage delivers: the record goes into the same transaction as the delivery's log."""

from __future__ import annotations

from notifications.channels.base import Delivery, InboxRecord
from notifications.render import Message


class InApp:
    """`address` is the subject id of the addressee."""

    name = "inapp"

    async def send(self, message: Message, address: str, *, key: str) -> Delivery:
        if not address:
            return Delivery(result="failed", answer="no addressee")
        record = InboxRecord(key=key, address=address, message=message)
        return Delivery(result="ok", answer="inbox", provider_id=key, record=record)
