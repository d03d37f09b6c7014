"""A county of 42 departments and 17 townships: posts with people who come and go, and the items each unit has promised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

DEPARTMENTS = tuple(f"d{n:02}" for n in range(1, 43))
TOWNSHIPS = tuple(f"t{n:02}" for n in range(1, 18))
UNITS = (*DEPARTMENTS, *TOWNSHIPS)
YEAR = 2025
CHANGE_KNOWN_FROM = f"{YEAR}-06-16T09:00:00+08:00"
CHANGED_DAYS = {date(YEAR, 6, 20): False, date(YEAR, 7, 11): False, date(YEAR, 7, 13): True}
ENGINE_OUTAGE = (f"{YEAR}-03-12T08:00:00+08:00", f"{YEAR}-03-14T10:00:00+08:00")
SOURCE_OUTAGE = (f"{YEAR}-09-08T07:00:00+08:00", f"{YEAR}-09-10T12:00:00+08:00")
UNTIL = f"{YEAR + 1}-03-31T18:00:00+08:00"
HALL, ONLINE = "hall", "online"
_WD = "working_days"
_LEADERS = {
    "head": "first_responsible",
    "deputy": "deputy_in_charge",
    "section": "section_head",
    "disc": "discipline_group",
}


def world(seed: int) -> dict[str, Any]:
    """Everything of a rehearsal file but its facts."""
    chance = Random(f"{seed}/posts")
    return {
        "jiannuo": "rehearsal/1",
        "calendars": [
            {"version": "v1", "known_from": f"{YEAR - 1}-11-12T00:00:00+08:00", "extends": "CN"},
            {"version": "v2", "known_from": CHANGE_KNOWN_FROM, "extends": "v1", "days": [
                {"on": day.isoformat(), "kind": "working" if works else "off"} for day, works in CHANGED_DAYS.items()
            ]},
        ],
        "units": [{"id": "county"}, *({"id": unit, "parent": "county"} for unit in ("office", "inspection", *UNITS))],
        "people": [*_inspectors(), *(post for unit in UNITS for post in _posts(unit, chance))],
        "leading_group_office": "office",
        "inspectors": ["inspector-1", "inspector-2"],
        "items": [item for unit in UNITS for item in items(unit)],
        "sources": [{"id": HALL}, {"id": ONLINE}],
        "outages": [
            {"what": "engine", "from": ENGINE_OUTAGE[0], "to": ENGINE_OUTAGE[1]},
            {"what": ONLINE, "from": SOURCE_OUTAGE[0], "to": SOURCE_OUTAGE[1]},
        ],
        "until": UNTIL,
    }  # fmt: skip


def _post(id_: str, unit: str, post: str, **more: str) -> dict[str, Any]:
    return {"id": id_, "unit": unit, "post": post, "from": "2020-01-01", **more}


def _inspectors() -> Iterator[dict[str, Any]]:
    """One of the two leaves in autumn; nobody follows until the new year."""
    yield _post("inspector-1", "inspection", "inspector")
    yield _post("inspector-2", "inspection", "inspector", to=f"{YEAR}-10-15")


def _posts(unit: str, chance: Random) -> Iterator[dict[str, Any]]:
    """Leaders, some of whom leave a gap; a window; four officers, one with a successor, one now and then without."""
    for name, post in _LEADERS.items():
        fate = chance.random()
        if name == "head" or fate < 0.75:
            yield _post(f"{unit}-{name}", unit, post)
        elif fate < 0.9:  # away from some day on; in every tenth unit the post was vacant from the start
            yield _post(f"{unit}-{name}", unit, post, to=_day(chance))
    yield _post(f"{unit}-win", unit, "window")
    leaves = _day(chance)
    yield _post(f"{unit}-o1", unit, "officer", to=leaves)
    yield _post(f"{unit}-o1b", unit, "officer") | {"from": leaves}
    gone = {"to": _day(chance)} if chance.random() < 0.35 else {}
    yield _post(f"{unit}-o2", unit, "officer", **gone)
    yield from (_post(f"{unit}-o{n}", unit, "officer") for n in (3, 4))


def _day(chance: Random) -> str:
    return date.fromordinal(date(YEAR, 2, 1).toordinal() + chance.randrange(300)).isoformat()


def items(unit: str) -> Iterator[dict[str, Any]]:
    """A at the window within a day; B with steps, silence grants; C with two joint offices; D where silence refuses."""
    one_day = [{"before": _days(1), "level": "warning"}]
    yield _item(unit, "A", committed_limit=_days(1), kind="immediate")
    yield _item(
        unit, "B", committed_limit=_days(10), statutory_limit=_days(20), warnings=one_day,
        steps=[{"id": name, "holder": f"{unit}-o{n}", "limit": _days(k)} for n, (name, k) in enumerate(STEPS.items(), 1)],
        silence={"effect": "approve", "clock": "committed", "basis": "示例"},
        suspensions=[{"reason": "expert_review", "kind": "pause", "basis": "示例"}],
        extension={"max_times": 1, "max": _days(10)},
    )  # fmt: skip
    yield _item(
        unit, "C", committed_limit=_days(15), offices=[{"id": name, "limit": _days(5), "silence": CONSENTS} for name in joined(unit)],
        warnings=[{"before": _days(3), "level": "warning"}, {"before": _days(1), "level": "yellow"}],
    )  # fmt: skip
    yield _item(
        unit, "D", committed_limit=_days(5), statutory_limit=_days(8), warnings=one_day,
        silence={"effect": "refuse", "clock": "statutory", "basis": "示例"},
        suspensions=[{"reason": "expert_review", "kind": "pause", "basis": "示例"}],
    )  # fmt: skip


STEPS = {"check": 2, "review": 5, "sign": 2}
CONSENTS = {"effect": "consent_of_office", "basis": "示例"}
LIMITS = {
    "A": {"committed": 1},
    "B": {"committed": 10, "statutory": 20},
    "C": {"committed": 15},
    "D": {"committed": 5, "statutory": 8},
}
WARNINGS = {"A": (), "B": ((1, "warning"),), "C": ((3, "warning"), (1, "yellow")), "D": ((1, "warning"),)}
SILENT_ON = {"B": "committed", "D": "statutory"}


def joined(unit: str) -> tuple[str, str]:
    place = UNITS.index(unit)
    return UNITS[(place + 1) % len(UNITS)], UNITS[(place + 7) % len(UNITS)]


def _item(unit: str, letter: str, **more: Any) -> dict[str, Any]:
    category = {"A": "other", "B": "licensing", "C": "public_resources", "D": "fees"}[letter]
    return {
        "code": f"{unit}-{letter}", "unit": unit, "version": 1, "effective_from": "2024-01-01", "category": category, "name": "示例事项", **more
    }  # fmt: skip


def _days(number: int) -> dict[str, Any]:
    return {"amount": number, "unit": _WD}
