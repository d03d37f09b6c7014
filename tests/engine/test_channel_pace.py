"""Twenty messages a minute for one robot, however many workers there are; the others wait, and travel together."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.channels import pace
from engine.effects import lanes
from tests.support.posting import Desk
from tests.support.services import KEY, FeishuService, Reply, WeComService, running
from tests.support.worlds import a_database

pytestmark = pytest.mark.postgres
PACE = "waits pace"


@pytest.fixture
def desk(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("TEST_ROBOT_KEY", KEY)
    with a_database(postgres_url, tmp_path) as pool:
        yield Desk(pool)


@pytest.fixture
def wecom(desk: Desk) -> Iterator[WeComService]:
    with running(WeComService()) as service:
        desk.channel(service)
        yield service


def in_small_groups(desk: Desk, ids: list[str]) -> list[str]:
    """Five at a time, so that the first twenty are those that go."""
    outcomes: list[str] = []
    for start in range(0, len(ids), 5):
        outcomes += desk.deliver(*ids[start : start + 5]).values()
    return outcomes


def a_minute_passes(desk: Desk) -> None:
    desk.rows(
        "UPDATE channel_state SET sent = array(SELECT at - interval '62 s' FROM unnest(sent) AS at),"
        " quiet_until = quiet_until - interval '62 s' RETURNING channel"
    )


def test_of_thirty_messages_twenty_go_at_once_and_none_is_refused_by_the_service(desk: Desk, wecom: WeComService):
    outcomes = in_small_groups(desk, desk.waiting(30))
    assert outcomes.count("delivered") == 20
    assert outcomes.count(PACE) == 10
    assert len(wecom.asked) == len(wecom.taken) == 20


def test_after_the_minute_those_that_waited_are_one_message_and_each_has_its_attempt(desk: Desk, wecom: WeComService):
    ids = desk.waiting(30)
    in_small_groups(desk, ids)
    a_minute_passes(desk)
    wecom.minute = 0.0
    assert desk.deliver(ids[20]) == {ids[20]: "delivered"}
    assert len(wecom.taken) == 21
    text = wecom.taken[-1].json["markdown"]["content"]
    assert all(f"红牌 {n}" in text for n in range(20, 30)) and "（等 10 条）" in text
    assert desk.rows("SELECT count(*), min(jsonb_array_length(attempts)) FROM delivery WHERE status = 'delivered'") == [
        (30, 1)
    ]
    assert set(desk.deliver(*ids[21:]).values()) == {"delivered"}, "they are told, not sent again"
    assert len(wecom.taken) == 21


def test_only_as_many_travel_together_as_one_message_holds(desk: Desk, wecom: WeComService):
    ids = desk.waiting(150)
    in_small_groups(desk, ids)
    a_minute_passes(desk)
    wecom.minute = 0.0
    desk.deliver(ids[20])
    text = wecom.taken[-1].json["markdown"]["content"]
    sent = desk.rows("SELECT payload->>'subject' FROM delivery WHERE status = 'delivered' AND id >= 'm020'")
    assert 20 < len(sent) < 130
    assert all(subject in text for (subject,) in sent) and "全文见收件箱" not in text


def test_a_message_that_spoils_the_others_goes_alone(desk: Desk, wecom: WeComService):
    ids = desk.waiting(23)
    in_small_groups(desk, ids)
    a_minute_passes(desk)
    wecom.minute = 0.0
    wecom.next_replies.append(Reply(200, {"errcode": 40058, "errmsg": "invalid Request Parameter"}))
    assert desk.deliver(ids[20]) == {ids[20]: "retry_later wecom: 40058"}
    assert set(desk.deliver(*ids[20:]).values()) == {"delivered"}
    assert len(wecom.taken) == 23


def test_a_pause_that_the_service_asks_for_holds_for_all_workers(desk: Desk, wecom: WeComService):
    ids = desk.waiting(4)
    wecom.next_replies.append(Reply(200, {"errcode": 45009, "errmsg": "api freq out of limit"}))
    assert desk.deliver(ids[0]) == {ids[0]: "retry_later wecom: 45009"}
    assert set(desk.deliver(*ids[1:]).values()) == {PACE}
    assert len(wecom.asked) == 1
    a_minute_passes(desk)
    assert set(desk.deliver(ids[1]).values()) == {"delivered"}


def test_a_channel_that_hangs_keeps_only_its_own_lane_busy(
    desk: Desk, wecom: WeComService, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lanes, "PATIENCE", 0.3)
    with running(FeishuService()) as feishu:
        desk.channel(feishu, "feishu")
        wecom.always = Reply(200, {"errcode": 0, "errmsg": "ok"}, (), 1.5)
        to_feishu = desk.waiting(4, "feishu", "f")
        outcomes = desk.deliver(*desk.waiting(20), *to_feishu)
    assert [outcomes[id_] for id_ in to_feishu] == ["retry_later feishu: 19021"] * 4, "answered at once: no signature"
    assert list(outcomes.values()).count("delivered") == 16
    assert list(outcomes.values()).count("waits busy") == 4


def test_the_minute_of_a_robot_is_counted_from_its_oldest_message(desk: Desk, wecom: WeComService):
    with desk.pool.connection() as connection:
        for _ in range(20):
            assert pace.take_turn(connection, "wecom", 20) == 0
        wait = pace.take_turn(connection, "wecom", 20)
        assert timedelta(seconds=50) < timedelta(seconds=wait) <= pace.WINDOW
        assert pace.take_turn(connection, "other", 20) == 0
