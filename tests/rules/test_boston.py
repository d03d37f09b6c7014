"""3,053 real targets of a city: its own flag from its targets, and its targets from a rule of one office day.

Two sources of the same answer: the city wrote target and flag, the engine gets the opening and the configuration of examples/boston.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from engine.provisioning.folder import Catalogue, read_folder
from engine.rehearsal.loading import load
from rules.calendar import Calendar
from rules.limit import Limit
from rules.profile import profile_from
from rules.rehearsal import Rehearsal
from rules.rehearsal_report import report
from rules.time_limits import due
from tests.support.boston import EXAMPLE, Request, requests

pytestmark = pytest.mark.long

FAR_LATER = "2030-01-01T00:00:00-05:00"
PROFILE = profile_from("cn-mainland")
NOTHING = Limit(unit="working_minutes", amount=0)


@pytest.fixture(scope="module")
def example() -> Catalogue:
    return read_folder(EXAMPLE / "world")


@pytest.fixture(scope="module")
def calendar(example: Catalogue) -> Calendar:
    (version,) = example.calendars
    return Calendar.from_dict({name: value for name, value in version.form.items() if name != "known_from"})


# -- the flag, from the target ---------------------------------------------------------------------------------------------


def played(example: Catalogue, asked: list[Request]) -> dict[str, Any]:
    """All requests in virtual time, seen from far later."""
    world = {
        "jiannuo": "rehearsal/1",
        "calendars": [version.form for version in example.calendars],
        **{name: getattr(example, name) for name in ("units", "people", "items", "sources", "inspectors")},
        "leading_group_office": example.leading_group_office,
        "facts": [fact for request in asked for fact in facts(request)],
        "until": FAR_LATER,
    }
    loaded = load(msgspec.json.encode(world))
    rehearsal = Rehearsal(loaded.world, loaded.until)
    rehearsal.play(loaded.facts)
    return report(rehearsal, ())


def facts(request: Request) -> Iterator[dict[str, Any]]:
    common = {"case": request.id, "item": "BOSTON-311", "source": "boston-311"}
    attributes = {"target": request.target_at.isoformat()} if request.target_at else {}
    yield common | {
        "id": f"{request.id}/opened",
        "type": "application.accepted",
        "occurred_at": request.opened_at.isoformat(),
        "data": {"attributes": attributes},
    }
    if request.closed_at is not None:
        yield common | {
            "id": f"{request.id}/closed",
            "type": "decision.served",
            "occurred_at": request.closed_at.isoformat(),
            "data": {"result": "not_needed"},
        }


def test_the_citys_flag_is_reproduced_from_its_targets_for_every_request(example):
    asked = requests()
    out = played(example, asked)
    clocks = {id_: case["clocks"].get("committed") for id_, case in out["cases"].items()}
    assert all(clocks[request.id] for request in asked if request.target_at)
    assert (out["refusals"], out["parked"]) == ([], []), (
        "also where a request was closed seconds before its stored opening"
    )
    late = {id_ for id_, clock in clocks.items() if clock and clock["breached_at"]}
    assert late == {request.id for request in asked if request.overdue}
    with_target = [request for request in asked if request.target_at]
    counted = Counter((request.closed_at is not None, request.id in late) for request in with_target)
    assert counted == {(True, False): 2439, (True, True): 112, (False, True): 502}


# -- the target, from a rule -----------------------------------------------------------------------------------------------

Compared = tuple[str, Request, timedelta, bool]


def compared(example: Catalogue, calendar: Calendar) -> Iterator[Compared]:
    """Each request the rule is for: the kind of difference, the target less the rule's, whether the rule finds it late."""
    (limit,) = (item.committed_limit for item in example.items if item.code == "BOSTON-PICKUP")
    for request in requests():
        if request.type != "Pick up Dead Animal" or request.target_at is None:
            continue
        found = due(limit, request.opened_at, calendar, PROFILE)
        assert not found.provisional
        difference = request.target_at - next_opening(found.expires_at, calendar)
        late = request.closed_at is None or request.closed_at >= found.expires_at
        yield kind_of(difference, request), request, difference, late


def next_opening(end: datetime, calendar: Calendar) -> datetime:
    """A time used up at closing ends at closing; the city writes it as the next opening. Office time between: none."""
    return due(NOTHING, end, calendar, PROFILE).expires_at


def kind_of(difference: timedelta, request: Request) -> str:
    seconds = difference.total_seconds()
    if seconds == 0:
        return "same second"
    if abs(seconds) <= 2:
        return "within two seconds"
    if 0 < seconds < 70 and request.opened_at.second == 0:
        return "opening written to the minute"
    return "within a minute" if abs(seconds) < 60 else "another target"


EXPLAINED = {
    "same second": "the rule gives the city's target",
    "within two seconds": "the city's arithmetic with fractions of a day",
    "opening written to the minute": "the opening is stored without seconds, the target was counted with them",
    "within a minute": "counted from some seconds after or before the stored opening; the data do not say why",
    "another target": "no rule gives it: seventeen minutes, two hours, four days and fourteen months later",
}


def test_one_office_day_reproduces_the_citys_targets(example, calendar, capsys):
    found = list(compared(example, calendar))
    with capsys.disabled():
        print("\n" + "\n".join(account(found)))  # noqa: T201 - the account belongs to the output
    assert Counter(kind for kind, *_ in found) == {
        "same second": 1660,
        "within two seconds": 125,
        "opening written to the minute": 436,
        "within a minute": 22,
        "another target": 4,
    }


def account(found: list[Compared]) -> Iterator[str]:
    """The differences: counted, explained, and the unlike ones listed."""
    yield f"Boston, one office day: {len(found)} targets"
    for kind, why in EXPLAINED.items():
        yield f"  {sum(1 for own, *_ in found if own == kind):5}  {kind}: {why}"
    for kind, request, difference, _ in found:
        if kind in {"within a minute", "another target"}:
            yield f"    {request.id} opened {request.opened_at:%Y-%m-%d %H:%M:%S}: {difference.total_seconds():+.0f} s"


def test_where_the_rules_end_and_the_citys_flag_differ_nobody_was_in_the_office(example, calendar):
    """A request closed between closing time and the next opening is late by the rule's end, in time by the city's target."""
    differ = [one for one in compared(example, calendar) if one[3] != one[1].overdue]
    assert all(late and not request.overdue for _, request, _, late in differ)
    after_hours = [request for kind, request, _, _ in differ if kind != "another target"]
    assert (len(differ), len(after_hours)) == (14, 12)
    assert all(next_opening(request.closed_at, calendar) > request.closed_at for request in after_hours)
