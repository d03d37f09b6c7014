"""Conclusions that stand while nothing happens that they rest on: a part of them is drawn again only when a moment of its own has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from rules.conclusion import Bearing, Conclusion, excuses
from rules.drawn import Drawn, drawn
from rules.stream import Entry, Record

Draw = Callable[..., Sequence[Conclusion]]


class Kept:
    """What was concluded of a case, part by part, each with the next moment at which it says more.

    It belongs to one step, and the next one takes it over as it was left, under the same world, calendar and health of intake. With a new fact
    (`told`) only those parts stand that name what they rest on, and it is what it was. Of parts that are not `unsure` all that is due is on record word for word.
    """

    def __init__(self, turn: datetime, facts: int, before: Kept | None) -> None:
        self.turn, self.facts = turn, facts
        self.told = before is None or before.facts != facts
        self.unsure: set[str] = set() if before is None else set(before.unsure)
        self.parts: dict[str, Drawn] = {} if before is None else dict(before.parts)
        self.charges: dict[str, Sequence[Conclusion]] = {} if before is None or self.told else dict(before.charges)
        self.asked: object = None if before is None else before.asked
        if self.told:
            self.parts = {name: part.by(turn) for name, part in self.parts.items() if part.rests_on is not None}

    def part(
        self, name: str, at: datetime, draw: Draw, *about: Any, rests_on: Callable[..., object] | None = None
    ) -> Drawn:
        """A part as it stands, or drawn anew; what is on hold or waits for facts in flight is with each fact."""
        standing = self.parts.get(name)
        if standing is not None and at < standing.until:
            if not self.told or rests_on is None:
                return standing
            if at < standing.in_flight and standing.rests_on == rests_on(*about):
                return standing
        self.parts[name] = found = self.draw(name, draw(*about), at, rests_on and rests_on(*about))
        return found

    def draw(self, name: str, found: Sequence[Conclusion], at: datetime, rests_on: object = None) -> Drawn:
        """What is drawn in every round."""
        self.unsure.add(name)
        return drawn(found, at, self.turn, rests_on)

    def charge(
        self, clock: str, publish: datetime, on_record: Callable[[str], bool], draw: Callable[[], list[Conclusion]]
    ) -> Sequence[Conclusion]:
        """Of a limit that ran out. Once all of it is on record it stays what it is until something new is known of the case."""
        found = self.charges.get(clock)
        if found is None or not all(c.publish_at == publish and on_record(c.key) for c in found):
            found = self.charges[clock] = draw()
        return found

    def asking(self, asked: object) -> None:
        """Whom a climb asks, and how long it waits, may change with the day."""
        if asked != self.asked:
            self.asked = asked
            self.parts = {name: part for name, part in self.parts.items() if not name.startswith("chain:")}

    def fall(self, entry: Entry, record: Record, bearing: Bearing) -> None:
        """Something was written that bears on other conclusions: on the climb from it, on the words that may be about it, on what follows from an
        effect, or on whatever there is.
        """
        if excuses(entry):
            self.charges.clear()
        if bearing == "all":
            self.parts.clear()
        elif bearing == "effect":
            self.told = True
            self._drop("ends", "ahead", "findings")
        elif bearing == "words":
            self._drop("refusals", *self.unsure)
        if record.kind == "alert":
            self._drop(f"chain:{record.data['cause']}")

    def _drop(self, *names: str) -> None:
        for name in names:
            self.parts.pop(name, None)
