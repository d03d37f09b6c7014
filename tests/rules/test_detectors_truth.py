"""Detectors among clerks whose cheats are known: whom they find, whom they wrong, and that the floors can fail."""

import msgspec
import pytest

from engine.detection.clerks import HABITS
from engine.detection.measuring import measure
from engine.detection.town import BULK, town
from rules.errors import RuleError

pytestmark = pytest.mark.long

PRECISION, RECALL = 60, 75  # per cent: honest people look like cheats now and then, and some cheats are made to escape
KINDS = {habit.kind for habit in HABITS} | {BULK}


@pytest.fixture(scope="module", params=[1, 2])
def measured(request):
    return {one.detector: one for one in measure(town(request.param, cases=20))}


def test_every_detector_keeps_its_floor_of_precision_and_recall(measured):
    assert measured.keys() == KINDS
    short = {
        m.detector: (m.precision, m.recall) for m in measured.values() if m.precision < PRECISION or m.recall < RECALL
    }
    assert not short


def test_whoever_does_not_hide_is_found(measured):
    for habit in HABITS:
        one = measured[habit.kind]
        hidden = int(one.acts * habit.sly_share)
        assert one.acts >= 12 and one.found >= one.acts - hidden, habit.kind


def test_the_town_is_no_walkover(measured):
    assert any(m.recall < 100 for m in measured.values()) and any(m.precision < 100 for m in measured.values())


def test_thresholds_that_look_away_or_see_too_much_fall_below_the_floor():
    blind = {
        BULK: {"entries": 100}, "last_hour_extension": {"within": "PT1H"}, "pause_abuse": {"notice": False, "length": False},
        "transfer_before_expiry": {"within": "PT240H"},
    }  # fmt: skip
    found = {one.detector: one for one in measure(town(1, cases=20), blind)}
    low = {name for name, one in found.items() if one.recall < RECALL}
    assert low == blind.keys() - {"transfer_before_expiry"}
    assert found["transfer_before_expiry"].recall == 100 and found["transfer_before_expiry"].precision < PRECISION


def test_a_parameter_that_no_detector_has_is_refused():
    with pytest.raises(RuleError, match="entires"):
        measure(town(1, 1, cases=1), {BULK: {"entires": 3}})


def test_the_same_seed_is_the_same_town():
    first, again = (
        msgspec.json.encode((t.world, sorted((a.kind, sorted(a.cases)) for a in t.acts)))
        for t in (town(7, 4), town(7, 4))
    )
    assert first == again != msgspec.json.encode(town(8, 4).world)
