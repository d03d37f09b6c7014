"""A rehearsal file that says something wrong is told where and what, before anything is played."""

import msgspec
import pytest

from engine.rehearsal.loading import load
from rules.errors import RuleError
from tests.rules.worlds import a_case, play


def world(**changes):
    return a_case(5).accepted("03-02 09:00").with_(until="2026-03-20T09:00:00+08:00", **changes).spec


def broken(**changes):
    spec = world()
    spec["facts"][0] |= changes
    return spec


@pytest.mark.parametrize(
    ("spec", "code", "field"),
    [
        (world(jiannuo="rehearsal/2"), "wrong_value", "jiannuo"),
        (world(tomorrow=1), "unknown_field", "tomorrow"),
        (broken(type="application.eaten"), "unknown_type", "facts[0].type"),
        (broken(occurred_at="2026-13-02"), "wrong_value", "facts[0].occurred_at"),
        (broken(occurred_at="2026-03-02"), "missing_field", "facts[0].recorded_at"),
        (broken(data={"colour": "red"}), "unknown_field", "facts[0].data.colour"),
        (broken(case=None), "missing_field", "facts[0].case"),
        (broken(type="source.watermark", data={"through": "soon"}), "wrong_value", "facts[0].data.through"),
        (world(calendars=[{"version": "a"}]), "missing_field", "calendars[0]"),
        (world(calendars=[{"version": "a", "extends": "XX"}]), "unknown_calendar", "calendars[0]"),
        (world(calendars=[{"version": "a", "dayz": []}]), "unknown_field", "calendars[0].dayz"),
        (world(profile="cn"), "unknown_profile", "profile"),
        (world(profile={"suspension": {"stop": True}}), "unknown_field", "profile.suspension.stop"),
    ],
)
def test_an_error_names_its_field(spec, code, field):
    with pytest.raises(RuleError) as error:
        load(msgspec.json.encode(spec))
    assert (error.value.code, error.value.field) == (code, field)


def test_everything_but_items_facts_and_until_has_a_default():
    spec = world()
    out = play({name: spec[name] for name in ("jiannuo", "items", "facts", "until")})
    assert out["cases"]["A"]["clocks"]["committed"]["due_on"] == "2026-03-09"
    assert set(out) == {
        "cases", "refusals", "findings", "breaches", "alerts", "proceedings", "notices", "parked", "quarantined", "duplicates", "answers",
    }  # fmt: skip


def test_a_fee_may_be_written_with_a_fraction():
    spec = world()
    charged = {"id": "fee", "type": "fee.charged", "case": "A", "occurred_at": "2026-03-03T09:00:00+08:00"}
    spec["facts"].append(charged | {"data": {"code": "F", "amount": 12.5}})
    assert load(msgspec.json.encode(spec)).facts[-1].data.amount == 12.5
