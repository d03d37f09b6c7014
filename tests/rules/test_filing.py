"""The life of a catalogue entry, wish by wish: who may, when, and what stands on record afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.filings.desk import with_entry
from engine.rehearsal.loading import Given, world_of
from rules.filing import (
    KEY,
    Approve,
    Filing,
    FilingRules,
    GiveReview,
    Publish,
    Refused,
    ReviewRule,
    Save,
    SendBack,
    Submit,
    Wish,
    Withdraw,
    changes,
    filing_of,
)
from rules.filing_decider import decide
from rules.filing_stream import advance_filing, stepped
from rules.items import Item, Withholding
from rules.limit import Limit
from rules.stream import Entry, Health, Stream
from rules.world import World
from tests.rules import worlds
from tests.rules.lint_examples import CLEAN, an_item
from tests.rules.worlds import days

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00, a working day
FEES = [{"code": "f", "amount": 100}]


def a_world() -> World:
    spec = worlds.World(CLEAN).spec | {"until": "2027-01-01T00:00:00+08:00", "items": []}
    reviews = (
        ReviewRule(office="legal_office", unit="inspection", limit=Limit(amount=3, unit="working_days")),
        ReviewRule(
            office="price_bureau", unit="water", limit=Limit(amount=5, unit="working_days"), only_with_fees=True
        ),
    )
    return world_of(msgspec.convert(spec, Given)).but(filing=FilingRules(reviews=reviews))


class Desk:
    """A filing played in memory: wishes go in as at the real desk, time passes as in the real workflow."""

    def __init__(self, world: World | None = None) -> None:
        self.world, self.at = world or a_world(), MONDAY
        self.stream, self.entries = Stream("filing:x"), list[Entry]()
        self.next_at: datetime | None = None
        self.ended = True

    @property
    def filing(self) -> Filing:
        found = filing_of(self.stream.records.get(KEY))
        assert found is not None
        return found

    def want(self, who: str, wish: Wish) -> str:
        """The refusal's code, or the phase reached."""
        before = filing_of(self.stream.records.get(KEY))
        body = wish.item if isinstance(wish, Save) else before.item if before else {}
        granted = decide(before, wish, who, self.at, with_entry(self.world, body), "x")
        if isinstance(granted, Refused):
            return granted.code
        self._take(stepped(self.stream, granted, self.at))
        return self.filing.phase

    def until(self, at: datetime) -> Desk:
        while self.next_at is not None and self.next_at <= at:
            self.at = self.next_at
            self._take(advance_filing(self.stream, (), self.at, self.world, Health()))
        self.at = at
        return self

    def _take(self, step: Any) -> None:
        self.stream, self.next_at, self.ended = step.stream, step.next_at, step.ended
        self.entries += step.entries

    def notices(self, kind: str) -> list[str]:
        return [e.data["to"] for e in self.entries if e.type == "notice_due" and e.data["kind"] == kind]


def submitted(**change: Any) -> Desk:
    desk = Desk()
    assert desk.want("zhang", Save(item=an_item(change))) == "draft"
    assert desk.want("zhang", Submit()) == "reviewing"
    return desk


def approved(**change: Any) -> Desk:
    desk = submitted(**change)
    for review in desk.filing.reviews:
        desk.want("sun", GiveReview(office=review.office, verdict="agreed"))
    assert desk.want("huo", Approve()) == "approved"
    return desk


def test_an_entry_goes_from_draft_to_publication():
    desk = approved(fees=FEES)
    assert [one.office for one in desk.filing.reviews] == ["legal_office", "price_bureau"]
    assert desk.want("huo", Publish(effective_from=date(2026, 3, 3))) == "published"
    assert desk.filing.version == 1 and desk.ended
    assert desk.filing.item["published_on"] == "2026-03-02" and desk.filing.item["effective_from"] == "2026-03-03"


def test_the_price_bureau_is_asked_only_where_something_is_charged():
    assert [one.office for one in submitted().filing.reviews] == ["legal_office"]


def test_without_rules_of_its_own_the_leading_group_office_reviews_for_all_three():
    desk = Desk(a_world().but(filing=FilingRules()))
    desk.want("zhang", Save(item=an_item({"fees": FEES})))
    desk.want("zhang", Submit())
    assert [(one.office, one.unit) for one in desk.filing.reviews] == [
        ("legal_office", "office"), ("approval_centre", "office"), ("price_bureau", "office")
    ]  # fmt: skip


def test_a_draft_may_hold_errors_but_is_not_submitted_with_them():
    desk = Desk()
    assert desk.want("zhang", Save(item=an_item({"committed_limit": days(14)}))) == "draft"
    assert desk.want("zhang", Submit()) == "lint_errors"
    assert desk.want("zhang", Save(item=CLEAN)) == "draft"
    assert desk.want("zhang", Submit()) == "reviewing"


def test_an_unreadable_entry_is_refused_with_its_field():
    granted = decide(None, Save(item={"code": "P", "unit": "planning", "version": 1}), "zhang", MONDAY, a_world(), "x")
    assert granted == Refused("missing_field", "the field 'effective_from' is required", "item.effective_from")


def test_a_filing_stays_about_one_item_of_one_unit():
    desk = Desk()
    desk.want("zhang", Save(item=CLEAN))
    assert desk.want("zhang", Save(item=CLEAN | {"unit": "fire"})) == "another_item"


def test_nobody_changes_what_another_unit_has_promised():
    theirs = msgspec.convert(CLEAN | {"unit": "fire"}, Item)
    desk = Desk(a_world().but(items=(theirs,)))
    assert desk.want("zhang", Save(item=CLEAN)) == "code_taken"
    late = approved()
    late.world = late.world.but(items=(theirs,))
    assert late.want("huo", Publish(effective_from=date(2026, 3, 3))) == "code_taken"


def test_sending_back_and_withdrawing_need_their_reason():
    desk = approved()
    assert desk.want("huo", SendBack(remarks=" ")) == "reason_missing"
    assert desk.want("zhang", Withdraw(reason="")) == "reason_missing"
    assert desk.want("huo", SendBack(remarks="承诺时限可以更短")) == "returned"


def test_the_warnings_that_somebody_read_stay_on_record():
    desk = Desk()
    desk.want("zhang", Save(item=CLEAN))
    desk.want("zhang", Submit(acknowledged=("calendar_horizon",)))
    assert desk.filing.acknowledged == ("calendar_horizon",)


def test_nobody_reviews_or_approves_what_he_wrote():
    desk = submitted()
    assert desk.want("zhang", GiveReview(office="legal_office", verdict="agreed")) == "not_competent"
    desk.want("sun", GiveReview(office="legal_office", verdict="agreed"))
    assert desk.want("zhang", Approve()) == "not_competent"


def test_an_objection_needs_its_reason_and_sends_the_entry_back():
    desk = submitted(fees=FEES)
    assert desk.want("sun", GiveReview(office="legal_office", verdict="objected")) == "reason_missing"
    assert desk.want("sun", GiveReview(office="legal_office", verdict="objected", remarks="依据有误")) == "returned"
    assert desk.ended and desk.next_at is None
    assert desk.want("sun", GiveReview(office="price_bureau", verdict="agreed")) == "wrong_phase"
    assert desk.want("zhang", Submit()) == "reviewing"
    assert desk.filing.round == 2 and all(one.verdict is None for one in desk.filing.reviews)


def test_each_review_has_its_own_clock_and_a_delay_is_recorded_once_when_it_happens():
    desk = submitted(fees=FEES).until(MONDAY + timedelta(days=20))
    late = [e for e in desk.entries if e.type == "filing_review_overdue"]
    assert [e.legal_at.isoformat() for e in late] == ["2026-03-05T16:00:00+00:00", "2026-03-09T16:00:00+00:00"]
    assert all(one.overdue for one in desk.filing.reviews) and desk.filing.phase == "reviewing"
    assert desk.notices("review_overdue").count("office") == 2
    assert desk.want("sun", GiveReview(office="legal_office", verdict="agreed")) == "reviewing", "late is not void"


def test_the_approval_has_a_clock_too():
    desk = submitted()
    desk.want("sun", GiveReview(office="legal_office", verdict="agreed"))
    assert desk.filing.phase == "approving" and desk.notices("review_waiting")[-1] == "office"
    desk.until(MONDAY + timedelta(days=20))
    assert desk.filing.approval_overdue and desk.notices("review_overdue") == ["office"]


def test_an_entry_takes_effect_on_a_later_day_and_after_the_version_before():
    desk = approved()
    assert desk.want("huo", Publish(effective_from=date(2026, 3, 2))) == "effective_too_early"
    item = msgspec.convert(CLEAN | {"effective_from": "2026-04-01"}, Item)
    desk.world = desk.world.but(items=(item,))
    assert desk.want("huo", Publish(effective_from=date(2026, 4, 1))) == "effective_too_early"
    assert desk.want("huo", Publish(effective_from=date(2026, 4, 2))) == "published"
    assert desk.filing.version == 2


def test_what_was_approved_is_checked_again_when_it_is_published():
    desk = approved()
    desk.world = desk.world.but(people=())
    assert desk.want("huo", Publish(effective_from=date(2026, 3, 3))) == "lint_errors"
    assert desk.want("huo", SendBack(remarks="承办人已离岗")) == "returned"


def test_a_power_that_may_not_be_published_is_filed_with_basis_and_reason():
    desk = Desk()
    desk.want("zhang", Save(item=CLEAN))
    desk.want("zhang", Submit(withhold=Withholding(basis="《保守国家秘密法》第九条", reason="涉密")))
    desk.want("sun", GiveReview(office="legal_office", verdict="agreed"))
    assert desk.want("huo", Approve()) == "withheld"
    item = desk.filing.entry()
    assert (item.version, item.effective_from.isoformat(), item.published_on) == (1, "2026-03-03", None)
    assert item.withheld is not None and item.withheld.reason == "涉密", (
        "it is timed like any other, and no carrier shows it"
    )
    assert desk.want("huo", Publish(effective_from=date(2026, 3, 3))) == "wrong_phase"


def test_withdrawn_and_published_are_ends():
    desk = submitted()
    assert desk.want("zhang", Withdraw(reason="合并到另一事项")) == "withdrawn"
    assert desk.want("zhang", Save(item=CLEAN)) == "wrong_phase"


def test_changes_name_the_place_in_lists_and_objects():
    before = {"a": 1, "steps": [{"id": "x", "n": 1}, {"id": "y"}], "gone": True}
    after = {"a": 1, "steps": [{"id": "x", "n": 2}], "new": {"b": 1}}
    assert changes(before, after) == [
        ("steps[0].n", 1, 2),
        ("steps[1]", {"id": "y"}, None),
        ("gone", True, None),
        ("new", None, {"b": 1}),
    ]


WISHES = st.sampled_from(
    [
        ("zhang", Save(item=CLEAN)), ("zhang", Submit()), ("sun", GiveReview(office="legal_office", verdict="agreed")),
        ("sun", GiveReview(office="legal_office", verdict="objected", remarks="x")), ("huo", Approve()), ("huo", SendBack(remarks="x")),
        ("huo", Publish(effective_from=date(2026, 12, 1))), ("zhang", Withdraw(reason="x")),
    ]
)  # fmt: skip


@given(st.lists(st.tuples(WISHES, st.integers(0, 96)), max_size=14))
@settings(deadline=None)
def test_whatever_people_want_nothing_is_published_unreviewed(wishes: list[Any]):
    desk = Desk()
    seen: list[str] = []
    for (who, wish), hours in wishes:
        desk.until(desk.at + timedelta(hours=hours))
        desk.want(who, wish)
        assert desk.next_at is None or desk.next_at > desk.at
        if desk.stream.records.get(KEY):
            seen.append(desk.filing.phase)
    if "published" in seen:
        types = [entry.type for entry in desk.entries]
        last_submission = len(types) - 1 - types[::-1].index("filing_submitted")
        after = types[last_submission:]
        assert after.index("filing_reviewed") < after.index("filing_approved") < after.index("filing_published")
        assert all(one.verdict == "agreed" and one.by != desk.filing.author for one in desk.filing.reviews)


def test_the_property_can_reach_a_publication():
    assert approved().want("huo", Publish(effective_from=date(2026, 3, 3))) == "published"


@pytest.mark.parametrize("retired_on", ["2026-06-01"])
def test_a_retired_entry_ends_with_its_day_and_cases_before_keep_their_rules(retired_on: str):
    old = CLEAN | {"version": 1}
    end = CLEAN | {"version": 2, "effective_from": retired_on, "retired": True}
    world = world_of(msgspec.convert(worlds.World(old, end).spec | {"until": "2027-01-01T00:00:00+08:00"}, Given))
    before = world.item("P", date(2026, 5, 31))
    assert before is not None and before.version == 1
    assert world.item("P", date(2026, 6, 1)) is None
