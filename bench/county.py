"""A small world of the bench's own: one county, five bureaus, twenty officers, an item of each kind that is measured."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.provisioning.folder import Catalogue

HALL, WAVES, ARCHIVE = "hall", "waves", "archive"
FOUR_STEPS, SILENT, OLD, JOINT = "B-4", "B-W", "B-O", "B-J"
STEPS = ("intake", "review", "opinion", "decision")
OFFICES = ("bureau-1", "bureau-2", "bureau-3")
WAVE_DELAY = 2  # seconds after the limit's end, for facts in flight
BUREAUS, OFFICERS = 5, 20
_DAY = "working_days"


def officer(number: int) -> str:
    return f"officer-{number % OFFICERS}"


def catalogue() -> Catalogue:
    """The provisioned world. Accountability rules and profile are the shipped ones."""
    return msgspec.convert(world(), Catalogue)


def world() -> dict[str, Any]:
    return {
        "units": [{"id": "county"}, {"id": "office", "parent": "county"}, *map(_bureau, range(BUREAUS))],
        "people": [*_heads(), *map(_officer, range(OFFICERS)), _post("inspector-0", "office", "inspector")],
        "items": [_four_steps(), _silent(), _old(), _joint()],
        "sources": [{"id": HALL}, {"id": WAVES, "publication_delay": f"PT{WAVE_DELAY}S"}, {"id": ARCHIVE}],
        "leading_group_office": "office",
        "inspectors": ["inspector-0"],
    }


def _bureau(number: int) -> dict[str, Any]:
    return {
        "id": f"bureau-{number}",
        "parent": "county",
        "first_responsible": f"head-{number}",
        "deputy_in_charge": f"deputy-{number}",
    }


def _heads() -> list[dict[str, Any]]:
    posts = (("head", "first_responsible"), ("deputy", "deputy_in_charge"))
    return [_post(f"{name}-{number}", f"bureau-{number}", post) for number in range(BUREAUS) for name, post in posts]


def _officer(number: int) -> dict[str, Any]:
    return _post(officer(number), f"bureau-{number % BUREAUS}", "officer")


def _post(person: str, unit: str, post: str) -> dict[str, Any]:
    return {"id": person, "unit": unit, "post": post, "name": "某", "from": "2010-01-01"}


def _item(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "unit": "bureau-0", "version": 1, "effective_from": "2020-01-01", "name": "示例事项", **more}


def _four_steps() -> dict[str, Any]:
    """Ten working days, four steps of two each, a warning a day before the end, consent by silence."""
    return _item(
        FOUR_STEPS,
        committed_limit={"amount": 10, "unit": _DAY},
        statutory_limit={"amount": 20, "unit": _DAY},
        steps=[{"id": step, "limit": {"amount": 2, "unit": _DAY}} for step in STEPS],
        silence={"effect": "approve", "clock": "committed", "basis": "示例"},
        warnings=[{"before": {"amount": 1, "unit": _DAY}, "level": "warning"}],
        suspensions=[{"reason": "completion", "kind": "pause", "max": 1}, {"reason": "expert_review", "kind": "pause"}],
        extension={"max_times": 1, "max": {"amount": 10, "unit": _DAY}},
    )


def _silent() -> dict[str, Any]:
    """Ends at an instant that each case brings with it; silence is consent."""
    return _item(
        SILENT,
        committed_limit={"unit": "until_date", "attribute": "until"},
        silence={"effect": "approve", "clock": "committed", "basis": "示例"},
        attributes={"until": "date"},
    )


def _old() -> dict[str, Any]:
    """What an imported log is about: five working days, one step."""
    return _item(
        OLD,
        committed_limit={"amount": 5, "unit": _DAY},
        statutory_limit={"amount": 20, "unit": _DAY},
        steps=[{"id": "review", "limit": {"amount": 3, "unit": _DAY}}],
        silence={"effect": "approve", "clock": "committed", "basis": "示例"},
        suspensions=[{"reason": "expert_review", "kind": "pause"}],
    )


def _joint() -> dict[str, Any]:
    """Fifteen working days, three offices of five each that consent by their silence."""
    consents = {"effect": "consent_of_office", "basis": "示例"}
    return _item(
        JOINT,
        committed_limit={"amount": 15, "unit": _DAY},
        offices=[{"id": name, "limit": {"amount": 5, "unit": _DAY}, "silence": consents} for name in OFFICES],
    )
