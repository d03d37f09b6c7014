"""A county's year in virtual time, small: each alert against another road from the raw facts (accountability.md 4), and the road against itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from bench.year.check import HEARINGS, check
from bench.year.days import Table
from bench.year.lives import FATES, Life, year
from bench.year.world import CHANGED_DAYS, TOWNSHIPS, UNITS, items
from engine.rehearsal.loading import load
from rules.rehearsal import Rehearsal
from rules.rehearsal_report import report

pytestmark = pytest.mark.long

CASES = 700


@pytest.fixture(scope="module")
def spec():
    return year(CASES, seed=20260)


@pytest.fixture(scope="module")
def out(spec):
    loaded = load(msgspec.json.encode(spec))
    played = Rehearsal(loaded.world, loaded.until, loaded.outages)
    played.play(loaded.facts)
    return msgspec.json.decode(msgspec.json.encode(report(played, ())))


def test_the_county_is_as_large_as_it_says_and_every_fate_happens(spec, out):
    assert (len(UNITS), len(TOWNSHIPS)) == (59, 17)
    assert sum(share for share, _, _ in FATES) == 100
    assert {case["outcome"]["kind"] for case in out["cases"].values()} >= {
        "approved", "refused", "implied_consent", "implied_refusal", "withdrawn", "none"
    }  # fmt: skip
    assert {f["kind"] for f in out["findings"]} >= {
        "limit_expired",
        "step_overdue",
        "office_silent",
        "alert_unanswered",
        "late_report",
    }
    assert out["duplicates"] and out["proceedings"] and len(out["cases"]) == CASES


def test_no_alert_is_lost_none_is_doubled_and_each_goes_to_somebody_in_post(spec, out):
    verdict = check(spec, spec["facts"], out["alerts"])
    assert verdict.is_clean, [
        *verdict.lost[:3],
        *verdict.surplus[:3],
        *verdict.doubled[:3],
        *verdict.ownerless[:3],
        *verdict.gaps[:3],
    ]
    assert verdict.sent >= verdict.expected > CASES
    assert any(a["cause"].startswith(HEARINGS) for a in out["alerts"])
    assert {a["level"] for a in out["alerts"]} == {"warning", "yellow", "red", "escalated"}
    assert any(a["late_by_system"] for a in out["alerts"])


@pytest.mark.parametrize(
    "fault", ["lost", "doubled", "to nobody", "to one who left", "an hour late", "another rung", "a rung missing"]
)
def test_the_check_notices_a_fault(spec, out, fault):
    alerts = [dict(alert) for alert in out["alerts"]]
    if fault == "a rung missing":
        alerts = [a for a in alerts if (a["level"], a["rung"]) != ("escalated", 2)]
    elif fault == "lost":
        del alerts[100]
    elif fault == "doubled":
        alerts.append(alerts[100])
    else:
        alerts[100] |= {
            "to nobody": {"to": []},
            "to one who left": {"to": ["nobody-in-post"]},
            "an hour late": {
                "fired_at": (datetime.fromisoformat(alerts[100]["fired_at"]) + timedelta(hours=1)).isoformat()
            },
            "another rung": {"rung": 9},
        }[fault]
    assert not check(spec, spec["facts"], alerts).is_clean


def test_the_same_seed_is_the_same_year_and_another_is_not(spec):
    assert year(CASES, seed=20260) == spec
    assert year(50, seed=1) != year(50, seed=2)
    assert Life(3, 50, 1).case == "Y000003"


def test_the_table_of_days_counts_like_the_calendar_of_the_engine():
    from rules.calendar import Calendar, shipped

    changed = {
        "version": "x",
        "days": [{"on": day.isoformat(), "kind": "working" if works else "off"} for day, works in CHANGED_DAYS.items()],
    }
    for table, calendar in (
        (Table({}), shipped("CN")),
        (Table(CHANGED_DAYS), Calendar.from_dict(changed, shipped("CN"))),
    ):
        day = datetime(2025, 1, 1).date()
        while day.year == 2025:
            assert table.works(day) == calendar.is_working_day(day), day
            day += timedelta(days=1)


def test_every_item_of_the_county_passes_the_form(spec):
    assert len([item for unit in UNITS for item in items(unit)]) == len(load(msgspec.json.encode(spec)).world.items())
