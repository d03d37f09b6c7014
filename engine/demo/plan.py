"""All that happens in the county on one day: a function of the date and a seed, so that it can be made again at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from random import Random

import msgspec

from engine.demo import behaviours
from engine.demo.behaviours import Behaviour
from engine.demo.events import Event
from engine.demo.filing import Filing
from engine.demo.showcase import AFTER, ITEM, MINUTE, forgotten
from engine.provisioning.folder import Catalogue
from rules.calendar import Calendar
from rules.items import Item

_HISTORICAL = "non_licensing_approval"
_FIRST_MINUTE, _LAST_MINUTE = 9 * 60, 15 * 60 + 30
_ON_THE_FIRST_DAY = 2  # times as many, so that the first page has something to show


def _any(_: Item) -> bool:
    return True


def _has_steps(item: Item) -> bool:
    return len(item.steps) > 1


def _can_stop(item: Item) -> bool:
    return _has_steps(item) and bool({s.reason for s in item.suspensions} & set(behaviours.LAWFUL_STOPS))


def _can_be_completed(item: Item) -> bool:
    return _has_steps(item) and "completion" in {s.reason for s in item.suspensions}


def _can_be_extended(item: Item) -> bool:
    return item.extension is not None


def _is_not_penalty(item: Item) -> bool:
    return item.category != "penalty"


# Weight of 100, the behaviour, and the items it suits.
MIX: tuple[tuple[int, Behaviour, Callable[[Item], bool]], ...] = (
    (58, behaviours.prompt, _any),
    (9, behaviours.late, _any),
    (6, behaviours.silent, _is_not_penalty),
    (5, behaviours.step_late, _has_steps),
    (6, behaviours.suspended, _can_stop),
    (5, behaviours.completed, _can_be_completed),
    (3, behaviours.extended, _can_be_extended),
    (3, behaviours.withdrawn, _is_not_penalty),
    (2, behaviours.repeated, _any),
    (2, behaviours.disordered, _any),
    (1, behaviours.off_catalogue, _any),
)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`begins` is the demo's first day, `rate` the number of new cases a working day."""

    county: Catalogue
    calendar: Calendar
    begins: date
    rate: int = 8
    seed: int = 2026

    def day(self, on: date) -> list[Event]:
        """Every event of every case that comes in on that day, whenever it is sent; in the order of sending."""
        events = [event for filing, told in self.cases(on) for event in told(filing)]
        return sorted(events, key=lambda event: (event.sent_at, event.id))

    def cases(self, on: date) -> Iterator[tuple[Filing, Behaviour]]:
        """The cases that come in on that day, each with how it will go; none on a day off."""
        if not self.calendar.is_working_day(on):
            return
        day = self.calendar.working_days_between(self.begins, on)
        if day in AFTER:
            number = AFTER.index(day)
            yield self._filing(on, 0, self._item(ITEM), MINUTE), partial(forgotten, number=number)
        chance = Random(f"{self.seed}/{on}")  # noqa: S311  chance of a play, not of a cipher
        for number in range(1, self.rate * (_ON_THE_FIRST_DAY if on == self.begins else 1) + 1):
            _, behaviour, suits = chance.choices(MIX, [weight for weight, *_ in MIX])[0]
            item = chance.choice([item for item in self._current if suits(item)])
            yield self._filing(on, number, item, chance.randrange(_FIRST_MINUTE, _LAST_MINUTE)), behaviour

    def _filing(self, on: date, number: int, item: Item, minute: int) -> Filing:
        case = f"AL-{on:%Y%m%d}-{number:02d}"
        return Filing(
            case=case,
            item=item,
            on=on,
            minute=minute,
            calendar=self.calendar,
            chance=Random(f"{self.seed}/{case}"),  # noqa: S311  as above
            heads={unit.id: unit.first_responsible for unit in self.county.units},
            inspector=self.county.inspectors[on.toordinal() % len(self.county.inspectors)],
        )

    def _item(self, code: str) -> Item:
        return next(item for item in self.county.items if item.code == code)

    @property
    def _current(self) -> list[Item]:
        return [item for item in self.county.items if item.category != _HISTORICAL]
