"""A town of clerks in virtual time: most are honest, some have a habit; what is a cheat is known of every case."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import msgspec

from engine.detection.clerks import FEE, HABITS, MATERIALS, STEPS, ZONE, File, Habit, honest
from rules.calendar import Calendar, shipped

FIRST = date(2026, 3, 2)
UNTIL = "2026-08-31T00:00:00+08:00"
BULK = "bulk_back_entry"
BATCH = 24  # cases that one clerk enters on one evening


class Act(msgspec.Struct, frozen=True):
    """Something a clerk did that is a cheat: the detector's name for it, and the cases it shows in."""

    kind: str
    cases: frozenset[str]


class Town(msgspec.Struct, frozen=True):
    """`world`: a rehearsal, as `jiannuo rehearse` takes it. `acts`: the whole truth."""

    world: dict[str, Any]
    acts: tuple[Act, ...]


def town(seed: int = 1, units: int = 12, clerks: int = 6, cases: int = 30) -> Town:
    """`cases` of each clerk. The same arguments give the same town."""
    building = _Building(Random(seed), units, clerks, cases)  # noqa: S311 - a game, no secret
    return building.whole()


class _Building:
    def __init__(self, chance: Random, units: int, clerks: int, cases: int) -> None:
        self.chance, self.clerks, self.cases = chance, clerks, cases
        self.units = [f"u{n}" for n in range(units)]
        self.calendar: Calendar = shipped("CN")
        self.facts: list[dict[str, Any]] = []
        self.acts: list[Act] = []
        self.done: Counter[str] = Counter()

    def whole(self) -> Town:
        for n, unit in enumerate(self.units):
            for clerk in range(1, self.clerks):
                self._clerk(unit, f"{unit}-c{clerk}", self._habit(n, clerk))
            self._evening(unit, n)
        return Town(self._world(), tuple(self.acts))

    def _habit(self, unit: int, clerk: int) -> Habit | None:
        """Two clerks of five have a habit; every habit is somebody's."""
        return HABITS[(2 * unit + clerk) % len(HABITS)] if clerk <= 2 else None

    def _clerk(self, unit: str, clerk: str, habit: Habit | None) -> None:
        for n in range(self.cases):
            file = self._file(unit, clerk, n)
            if habit is not None and self.chance.random() < 0.5:
                self._cheat(file, habit)
            else:
                self._honestly(file)
            self.facts += file.told

    def _cheat(self, file: File, habit: Habit) -> None:
        """Of every so many acts of a kind one is sly, wherever it falls."""
        done = self.done[habit.kind]
        self.done[habit.kind] += 1
        sly = int((done + 1) * habit.sly_share) > int(done * habit.sly_share)
        (habit.sly if sly else habit.cheat)(file)
        self.acts.append(Act(habit.kind, frozenset({file.case})))

    def _honestly(self, file: File) -> None:
        """Now and then an honest act looks like a cheat."""
        luck = self.chance.random()
        for habit in HABITS:
            luck -= habit.double_share
            if luck < 0:
                habit.double(file)
                return
        honest(file)

    def _file(self, unit: str, clerk: str, n: int) -> File:
        on = self.calendar.add_working_days(FIRST, self.chance.randrange(60))
        return File(f"{clerk}-{n:03}", unit, clerk, on, self.calendar, self.chance)

    def _evening(self, unit: str, n: int) -> None:
        """Half the units enter many endings at once: most to hide, one after three evenings, one after a power cut."""
        if n % 2:
            return
        power_cut, spread = n == 2, n == 4
        evening = self.calendar.add_working_days(FIRST, 20 + n)
        cases = []
        for place in range(BATCH):
            on = self.calendar.add_working_days(evening, -6)
            file = File(f"{unit}-bulk-{place:02}", unit, f"{unit}-c1", on, self.calendar, self.chance)
            entered = datetime.combine(evening + timedelta(days=place % 3 if spread else 0), time(18, place), ZONE)
            file.steps, file.recorded = [], (lambda _, entered=entered: entered)
            file.begin()
            file.finish()
            self.facts += file.told
            cases.append(file.case)
        if not power_cut:
            self.acts.append(Act(BULK, frozenset(cases)))
            self.acts += [
                Act("back_dating", frozenset({case})) for case in cases
            ]  # dated back into the limit they had missed

    # -- the world it happens in ----------------------------------------------------------------------------------------

    def _world(self) -> dict[str, Any]:
        return {
            "jiannuo": "rehearsal/1",
            "calendars": [{"version": "v1", "known_from": "2015-01-01T00:00:00+08:00", "extends": "CN"}],
            "units": [{"id": "county"}, *({"id": u, "parent": "county", "first_responsible": f"{u}-head"} for u in self.units)],
            "people": [person for unit in self.units for person in self._people(unit)],
            "leading_group_office": "county",
            "sources": [{"id": "hall"}, {"id": "township"}],
            "items": [item for unit in self.units for item in _items(unit)],
            "facts": self.facts,
            "until": UNTIL,
        }  # fmt: skip

    def _people(self, unit: str) -> list[dict[str, Any]]:
        posts = {f"{unit}-head": "first_responsible", **{f"{unit}-c{n}": "officer" for n in range(self.clerks)}}
        return [{"id": id_, "unit": unit, "post": post, "from": "2010-01-01"} for id_, post in posts.items()]


def _items(unit: str) -> list[dict[str, Any]]:
    def days(amount: int) -> dict[str, Any]:
        return {"amount": amount, "unit": "working_days"}

    shared = {"unit": unit, "version": 1, "effective_from": "2020-01-01", "windows": ["hall-1"], "fees": [FEE]}
    steps = [{"id": step, "limit": days(5)} for step in STEPS]
    lawful = {"suspensions": [{"reason": "completion"}], "extension": {"max": days(5)}, "materials": list(MATERIALS)}
    return [
        {"code": f"{unit}-A", "committed_limit": days(5), "steps": steps, **lawful, **shared},
        {"code": f"{unit}-B", "committed_limit": days(1), "kind": "immediate", **shared},
    ]
