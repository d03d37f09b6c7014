"""The carriers (公开载体) against the rule they show: the shortest published promise binds."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lengths import Yardstick
from rules.lint import Ground, Lint


def carrier_differs(at: Ground) -> Iterator[Lint]:
    """The carriers agree with each other and are up to date. A shorter promise on display binds the unit: an error."""
    promised = at.item.committed_limit
    for place, carrier in enumerate(at.item.carriers):
        field, shown = f"carriers[{place}]", carrier.committed_limit
        if shown is not None and promised is not None and shown != promised:
            lengths = Yardstick(at.calendar, at.on).measured([shown], [promised])
            found = at.error if lengths is None or lengths[0] < lengths[1] else at.warning
            where = carrier.place or carrier.kind
            yield found("carrier_differs", f"{field}.committed_limit", shown=shown, promised=promised, place=where)
        if carrier.version is not None and carrier.version != at.item.version:
            version = {"shown": carrier.version, "version": at.item.version}
            yield at.warning(
                "carrier_differs", f"{field}.version", "version", place=carrier.place or carrier.kind, **version
            )
