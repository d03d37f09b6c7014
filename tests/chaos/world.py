"""A world whose limits are seconds: the office never closes, and an item ends at an instant the case itself names."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

SOURCE = "hall"
DELAY = timedelta(seconds=2)  # publication_delay
SLOW = timedelta(seconds=4)  # late_by_system_after
MINUTE = timedelta(minutes=1)
OFFICERS = tuple(f"officer-{n}" for n in range(6))
ONE_MINUTE = {"amount": 1, "unit": "working_minutes"}
BY_NAMED_INSTANT, NO_SILENCE, BY_MINUTE, IN_STEPS = "by-instant", "no-silence", "by-minute", "in-steps"
STEPS = ("look", "weigh", "write")
_NAMED = {"unit": "until_date", "attribute": "ends"}
_APPROVE = {"effect": "approve", "clock": "committed", "basis": "县政府第1号文件第三条"}


def write_world(folder: Path) -> Path:
    """The folder that `jiannuo provision` reads."""
    folder.mkdir()
    (folder / "world.yaml").write_text(yaml.safe_dump(_world(), allow_unicode=True), encoding="utf-8")
    return folder


def _world() -> dict[str, Any]:
    return {
        "units": [
            {"id": "county"},
            {"id": "planning", "parent": "county", "first_responsible": "li"},
            {"id": "office", "parent": "county"},
        ],
        "people": [
            *(_post(officer, "planning", "officer") for officer in OFFICERS),
            _post("li", "planning", "first_responsible"),
            _post("sun", "county", "inspector"),
        ],
        "leading_group_office": "office",
        "inspectors": ["sun"],
        "calendars": [_calendar()],
        "practice": {"late_by_system_after": f"PT{SLOW.seconds}S"},
        "sources": [{"id": SOURCE, "publication_delay": f"PT{DELAY.seconds}S"}],
        "items": [
            _item(BY_NAMED_INSTANT, _NAMED, _APPROVE),
            _item(NO_SILENCE, _NAMED, {"effect": "none"}),
            _item(BY_MINUTE, ONE_MINUTE, _APPROVE),
            _item(IN_STEPS, ONE_MINUTE | {"amount": len(STEPS)}, _APPROVE) | {"steps": _steps()},
        ],
    }


def _post(person: str, unit: str, post: str) -> dict[str, str]:
    return {"id": person, "unit": unit, "post": post, "from": "2010-01-01"}


def _calendar() -> dict[str, Any]:
    week = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return {
        "version": "round-the-clock",
        "known_from": "2020-01-01T00:00:00+00:00",
        "zone": _zone_where_it_is_noon(),
        "office_hours": {day: [["00:00", "24:00"]] for day in week},
    }


def _zone_where_it_is_noon() -> str:
    """No midnight passes while the test runs, whenever that is."""
    east = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"  # these names count westward


def _item(code: str, limit: dict[str, Any], silence: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": code,
        "unit": "planning",
        "version": 1,
        "effective_from": "2015-01-01",
        "attributes": {"ends": "date"},
        "committed_limit": limit,
        "silence": silence,
        "warnings": [{"before": ONE_MINUTE, "level": "warning"}],
        "extension": {"max": ONE_MINUTE, "approver": "anyone"},
    }


def _steps() -> list[dict[str, Any]]:
    return [{"id": step, "limit": ONE_MINUTE, "holder": OFFICERS[n]} for n, step in enumerate(STEPS)]
