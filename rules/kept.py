"""Conclusions that stand while nothing happens that they rest on: a part of them is drawn again only when a moment of its own has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from rules.conclusion import Conclusion, excuses
from rules.drawn import Drawn, drawn
from rules.stream import Entry

CARDS = frozenset({"yellow_card", "red_card", "alert_escalated"})


class Charge(msgspec.Struct, frozen=True):
    """What was found of a limit that ran out, and all that it rests on."""

    found: Sequence[Conclusion]
    rests_on: object


class Kept:
    """What was concluded of a case, part by part, each with the next moment at which it says more.

    It belongs to one step, and the next one takes it over as it was left, under the same world, calendar and health of intake. What was drawn
    before this step is on record; `anew` is what this round has drawn. With a new fact (`told`) only those parts stand that name what they rest on.
    """

    def __init__(self, turn: datetime, facts: int, before: Kept | None) -> None:
        self.turn, self.facts = turn, facts
        self.told = before is None or before.facts != facts
        self.anew: list[Drawn] = []
        self.parts: dict[str, Drawn] = {}
        self.charges: dict[str, Charge] = {}
        self.asked: object = None
        if before is not None:
            self.parts = _taken_over(before.parts, told=self.told)
            self.charges, self.asked = dict(before.charges), before.asked

    def part(
        self, name: str, at: datetime, draw: Callable[..., Sequence[Conclusion]], *about: Any, rests_on: object = None
    ) -> Drawn:
        standing = self.parts.get(name)
        if standing is None or at >= standing.until or (self.told and standing.rests_on != rests_on):
            found = self.parts[name] = self.draw(draw(*about), at, rests_on)
            return found
        if self.told and standing.until > self.turn:
            standing = self.parts[name] = msgspec.structs.replace(standing, until=self.turn)
        return standing

    def draw(self, found: Sequence[Conclusion], at: datetime, rests_on: object = None) -> Drawn:
        """What is drawn in every round."""
        made = drawn(found, at, self.turn, rests_on)
        self.anew.append(made)
        return made

    def charge(
        self, clock: str, publish: datetime, on_record: Callable[[str], bool], rests_on: Callable[[], object],
        draw: Callable[[], list[Conclusion]],
    ) -> Sequence[Conclusion]:  # fmt: skip
        """Of a limit that ran out. Once all of it is on record it stays what it is until something changes that it rests on."""
        charge = self.charges.get(clock)
        if (
            charge is not None
            and not (self.told and charge.rests_on != rests_on())
            and all(c.publish_at == publish and on_record(c.key) for c in charge.found)
        ):
            return charge.found
        found = draw()
        self.charges[clock] = Charge(found, rests_on())
        return found

    def asking(self, asked: object) -> None:
        """Whom a climb asks, and how long it waits, may change with the day."""
        if asked != self.asked:
            self.asked = asked
            self.parts = {name: part for name, part in self.parts.items() if not name.startswith("chain:")}

    def fall(self, written: Sequence[Entry], *, heard: bool) -> None:
        """Something was written that bears on other conclusions: a card on the climb from it alone, as long as nobody has spoken."""
        excused = any(excuses(entry) for entry in written)
        if excused:
            self.charges.clear()
        if excused or heard or not all(entry.type in CARDS for entry in written):
            self.parts.clear()
        for entry in written:
            self.parts.pop(f"chain:{entry.data.get('cause')}", None)


def _taken_over(parts: dict[str, Drawn], *, told: bool) -> dict[str, Drawn]:
    return {name: part for name, part in parts.items() if part.rests_on is not None} if told else dict(parts)
