from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.digest import Pending, merge, render_digest
from notifications.errors import NoticeError
from notifications.notices import NOTICES
from tests.notifications.builders import MIDNIGHT, SHANGHAI, fields_of

CHOICES = [("warning_raised", "holder"), ("red_card", "holder"), ("alert_escalated", "section_head")]
PAPERS = [("date_moved", "applicant"), ("proceeding_opened", "person_concerned")]


def waiting(number: int, kind: str, who: str, addressee: str, cause: str, unit: str) -> Pending:
    return Pending(
        id=f"n{number}",
        addressee=addressee,
        audience=who,
        kind=kind,
        cause=cause,
        unit_name=unit,
        at=MIDNIGHT + timedelta(minutes=number),
        fields=fields_of(kind, case_number=f"案{number}号", link=f"https://example.test/{number}"),
    )


one = st.tuples(
    st.sampled_from(CHOICES + PAPERS),
    st.sampled_from(["张某", "李某"]),
    st.sampled_from(["limit_expired", "step_overdue:初审", "新的事由"]),
    st.sampled_from(["规划局", "水务局"]),
)
many = st.lists(one, max_size=14).map(
    lambda drawn: [waiting(index, *kind, who, cause, unit) for index, (kind, who, cause, unit) in enumerate(drawn)]
)


@settings(max_examples=60, deadline=None)
@given(many, st.integers(1, 6), st.randoms(use_true_random=False))
def test_no_notice_is_lost_or_doubled_whatever_the_order(pending: list[Pending], at_most: int, dice: random.Random):
    shuffled = [*pending, *pending[:2]]
    dice.shuffle(shuffled)
    digests = merge(shuffled, at_most)
    assert sorted(each for digest in digests for each in digest.ids) == sorted(each.id for each in pending)
    assert {digest.ids for digest in digests} == {digest.ids for digest in merge(pending, at_most)}
    assert all(len(digest.pending) <= at_most for digest in digests)
    for digest in digests:
        assert {each.addressee for each in digest.pending} == {digest.addressee}
        text, html = (message := render_digest(digest, "zh", SHANGHAI)).text, message.html
        for each in pending:
            told = str(each.fields["case_number"])
            assert (told in text) == (told in html) == (each.id in digest.ids)


@settings(max_examples=40, deadline=None)
@given(many)
def test_a_cause_and_unit_stand_once_in_a_digest_in_order_of_time(pending: list[Pending]):
    for digest in merge(pending):
        keys = [(each.cause, each.unit_name) for each in digest.pending]
        runs = [key for index, key in enumerate(keys) if index == 0 or keys[index - 1] != key]
        assert len(runs) == len(set(runs))
        for key in runs:
            times = [each.at for each in digest.pending if (each.cause, each.unit_name) == key]
            assert times == sorted(times)


@settings(max_examples=40, deadline=None)
@given(many)
def test_papers_to_an_applicant_or_a_person_concerned_stay_alone(pending: list[Pending]):
    for digest in merge(pending):
        assert len(digest.pending) == 1 or all(NOTICES[each.kind].merges for each in digest.pending)


def test_one_notice_is_sent_as_itself():
    (digest,) = merge([waiting(1, "red_card", "holder", "张某", "limit_expired", "规划局")])
    assert render_digest(digest, "zh", SHANGHAI).kind == "red_card"


def test_a_digest_shows_count_part_cause_and_unit():
    pending = [waiting(index, "red_card", "holder", "张某", "limit_expired", "规划局") for index in range(3)]
    first, second = merge(pending, at_most=2)
    message = render_digest(first, "zh", SHANGHAI)
    assert message.subject == "【汇总】2 条通知（1/2）"
    assert "超过时限未办结 · 规划局" in message.text
    assert (second.part, second.parts) == (2, 2)


def test_two_different_notices_under_one_id_are_refused():
    twin = waiting(1, "red_card", "holder", "张某", "limit_expired", "规划局")
    other = waiting(1, "red_card", "holder", "李某", "limit_expired", "规划局")
    with pytest.raises(NoticeError, match="n1"):
        merge([twin, other])


def test_nothing_waiting_gives_nothing():
    assert merge([]) == ()
