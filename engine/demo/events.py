"""What is told to the engine: one message about one case, as its sender knows it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """`at`: when it happens; `sent_at`: when its source reports it. `insist`: send again until then if the engine refuses it."""

    id: str
    at: datetime
    sent_at: datetime
    source: str
    type: str
    case: str
    data: dict[str, Any] = {}
    item: str | None = None
    actor: str | None = None
    insist: datetime | None = None


class Story:
    """Collects the events of one case in the order in which they are told."""

    def __init__(self, case: str, source: str) -> None:
        self.case = case
        self._source = source
        self.events: list[Event] = []

    def tell(
        self,
        at: datetime,
        type_: str,
        data: dict[str, Any] | None = None,
        *,
        delay: timedelta = timedelta(),
        **more: Any,
    ) -> None:
        """`more`: item, actor, insist, or another source than the case's."""
        event = Event(
            id=f"{self.case}/{len(self.events) + 1}",
            at=at,
            sent_at=at + delay,
            type=type_,
            case=self.case,
            data=data or {},
            **{"source": self._source, **more},
        )
        self.events.append(event)


def again(event: Event, now: datetime) -> Event:
    """The same said a little later, as a new message: a refused one stands on the ledger for good."""
    base, _, times = event.id.partition("~")
    return msgspec.structs.replace(
        event, id=f"{base}~{int(times or 1) + 1}", at=now, sent_at=now + timedelta(minutes=30)
    )


def cloudevent(event: Event) -> dict[str, Any]:
    """The message as a structured CloudEvent."""
    known = {"item": event.item, "actor": event.actor}
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": f"cn.jiannuo.{event.type}",
        "subject": event.case,
        "time": event.at.isoformat(),
        "datacontenttype": "application/json",
        **{name: value for name, value in known.items() if value is not None},
        "data": event.data,
    }
