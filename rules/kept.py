"""Conclusions that stand while nothing but time passes: a part of them is drawn again only when a moment of its own has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from rules.conclusion import Conclusion, excuses
from rules.stream import Entry


class Kept:
    """What was concluded of a case, part by part, each with the next moment at which it says more.

    It stands as long as the case, its record and the health of intake are what they were, and until the case takes a turn by itself (`turn`).
    """

    def __init__(self, turn: datetime, before: Kept | None) -> None:
        self.turn = turn
        self.parts: dict[str, tuple[datetime, list[Conclusion]]] = dict(before.parts) if before is not None else {}
        self.charges: dict[str, list[Conclusion]] = dict(before.charges) if before is not None else {}

    def part(self, name: str, at: datetime, draw: Callable[[], list[Conclusion]]) -> list[Conclusion]:
        standing = self.parts.get(name)
        if standing is not None and at < standing[0]:
            return standing[1]
        found, until = draw(), self.turn
        for conclusion in found:
            if at < conclusion.publish_at < until:
                until = conclusion.publish_at
        self.parts[name] = until, found
        return found

    def charge(
        self, clock: str, publish: datetime, on_record: Callable[[str], bool], draw: Callable[[], list[Conclusion]]
    ) -> list[Conclusion]:
        """Of a limit that ran out. Once all of it is on record it stays what it is until something new is known of the case."""
        found = self.charges.get(clock)
        if found is None or not all(c.publish_at == publish and on_record(c.key) for c in found):
            found = self.charges[clock] = draw()
        return found

    def fall(self, written: Iterable[Entry]) -> None:
        """Something was written that bears on other conclusions."""
        self.parts.clear()
        if any(excuses(entry) for entry in written):
            self.charges.clear()
