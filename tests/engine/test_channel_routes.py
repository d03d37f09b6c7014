"""Who is told on which channel: groups of the unit, other systems, a person's own choice, and quiet hours."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.intake.decide import decide
from engine.storage.config import Configuration, record_all
from notifications.channels.base import Delivery
from notifications.channels.registry import Channels
from notifications.render import Message
from tests.support.posting import Desk
from tests.support.services import (
    KEY,
    WHSEC,
    FeishuService,
    HookService,
    Reply,
    SmsService,
    WeComService,
    running,
)
from tests.support.worlds import a_database, accepted, message

pytestmark = pytest.mark.postgres
SMS = {
    "id": "sms",
    "body": {"mobile": "${phone}", "content": "${text}"},
    "headers": {"x-token": "${env:TEST_ROBOT_KEY}"},
    "success": {"path": "code", "equals": ["0"], "final": ["20003"]},
}


class Post:
    name = "email"

    def __init__(self) -> None:
        self.answer = Delivery(result="ok", answer="250 ok")

    async def send(self, message: Message, address: str, *, key: str) -> Delivery:
        return self.answer


@pytest.fixture
def desk(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("TEST_ROBOT_KEY", KEY)
    monkeypatch.setenv("TEST_HOOK", WHSEC)
    with a_database(postgres_url, tmp_path) as pool:
        post = Post()
        desk = Desk(pool, Channels([post]))
        desk.post = post
        desk.account("zhang", email="zhang@example.test", phone="13800000001")
        desk.account("li", "unit_head", email="li@example.test")
        yield desk


def late(desk: Desk, *cases: str) -> None:
    """Limits are broken and nobody answers: red cards, and after a week what climbs."""
    desk.take(*(accepted(case) for case in cases))
    desk.go(timedelta(days=21))
    desk.collector.collect()


def on(desk: Desk, channel: str) -> list[tuple[str, str]]:
    return desk.rows("SELECT recipient, kind FROM delivery WHERE channel = %s ORDER BY created_at, id", channel)


def test_a_group_of_the_unit_is_told_each_alert_once_in_digests(desk: Desk) -> None:
    with running(WeComService()) as service:
        desk.channel(service, units=["county"])
        late(desk, "A1", "A2")
        ids = [row[0] for row in desk.rows("SELECT id FROM delivery WHERE channel = 'wecom'")]
        assert set(desk.deliver(*ids).values()) == {"delivered"}
    alerts = desk.rows("SELECT count(DISTINCT id) FROM alert WHERE level IN ('yellow', 'red', 'escalated')")[0][0]
    told = desk.rows("SELECT unnest(notices) FROM delivery WHERE channel = 'wecom'")
    assert alerts > 0
    assert len(told) == len(set(told)) == alerts
    assert set(on(desk, "wecom")) == {("channel:wecom", "digest")}


def test_a_group_misses_no_alert_though_one_message_has_no_room_for_all(desk: Desk) -> None:
    with running(WeComService()) as service:
        desk.channel(service, levels=["red"])
        late(desk, *(f"办件编号很长的一件-{n:03}" for n in range(30)))
        ids = [row[0] for row in desk.rows("SELECT id FROM delivery WHERE channel = 'wecom'")]
        for start in range(0, len(ids), 6):
            assert set(desk.deliver(*ids[start : start + 6]).values()) == {"delivered"}
        texts = "".join(request.json["markdown"]["content"] for request in service.taken)
    assert "全文见收件箱" not in texts
    assert all(f"办件编号很长的一件-{n:03}" in texts for n in range(30))


def test_a_group_of_another_unit_is_not_told(desk: Desk) -> None:
    with running(FeishuService()) as service:
        desk.channel(service, "feishu", units=["office"])
        late(desk, "A1")
    assert on(desk, "feishu") == []


def test_papers_of_a_person_concerned_never_go_to_a_group(desk: Desk) -> None:
    with running(WeComService()) as service:
        desk.channel(service)
        late(desk, "A1")
        told = {kind for _, kind in on(desk, "wecom")}
    assert told <= {"digest", "red_card", "yellow_card", "alert_escalated", "alert_unanswered", "hold_opened"}


def test_another_system_gets_every_alert_as_a_message_of_its_own(desk: Desk) -> None:
    with running(HookService()) as service:
        desk.channel(service, "webhook", id="oa", secret="env:TEST_HOOK", levels=["red"])
        late(desk, "A1", "A2")
        ids = [row[0] for row in desk.rows("SELECT id FROM delivery WHERE channel = 'oa'")]
        assert set(desk.deliver(*ids).values()) == {"delivered"}
        kinds = [request.json["data"]["kind"] for request in service.taken]
    assert sorted(kinds) == ["alert_unanswered"] * 2 + ["red_card"] * 2
    assert {request.headers["webhook-id"] for request in service.taken} == set(ids)


def test_a_red_card_reaches_a_telephone_and_a_warning_does_not(desk: Desk) -> None:
    with running(SmsService()) as service:
        desk.channel(service, "sms", **SMS)
        desk.take(accepted("A1"))
        desk.go(timedelta(days=7))
        desk.collector.collect()
        first = on(desk, "sms")
        desk.go(timedelta(days=7))
        desk.collector.collect()
        ids = [row[0] for row in desk.rows("SELECT id FROM delivery WHERE channel = 'sms'")]
        desk.deliver(*ids)
        numbers = {request.json["mobile"] for request in service.taken}
    levels = desk.rows("SELECT DISTINCT level FROM delivery WHERE channel = 'sms'")
    assert "warning" not in {level for (level,) in levels}
    assert first == [] or all(kind != "warning_raised" for _, kind in first)
    assert numbers == {"13800000001"}


def test_a_person_chooses_the_channel_for_a_level_and_the_inbox_stays(desk: Desk) -> None:
    choice = {"ways": {"warning": [], "red": ["sms"]}}
    desk.rows("UPDATE app_user SET preferences = %s WHERE person = 'zhang' RETURNING login", json.dumps(choice))
    with running(SmsService()) as service:
        desk.channel(service, "sms", **SMS)
        desk.take(accepted("A1"))
        for _ in range(6):
            desk.go(timedelta(days=2))
            desk.collector.collect()
    by_level = desk.rows(
        "SELECT d.level, d.channel FROM delivery d WHERE d.recipient = 'zhang' AND d.channel <> 'inapp' ORDER BY 1"
    )
    assert ("red", "sms") in by_level
    assert not {("warning", "email"), ("red", "email")} & set(by_level)
    assert desk.rows("SELECT count(*) > 1 FROM delivery WHERE recipient = 'zhang' AND channel = 'inapp'") == [(True,)]


def test_quiet_hours_hold_a_warning_back_and_a_red_card_never(desk: Desk) -> None:
    quiet = json.dumps({"quiet": {"start": "00:00", "end": "23:59"}})
    desk.rows("UPDATE app_user SET preferences = %s RETURNING login", quiet)
    desk.take(accepted("A1"))
    for _ in range(7):
        desk.go(timedelta(days=2))
        desk.collector.collect()
    held = desk.rows(
        "SELECT level, not_before IS NOT NULL FROM delivery WHERE channel = 'email' AND recipient = 'zhang'"
    )
    assert ("warning", True) in held
    assert ("red", False) in held and ("red", True) not in held


def test_an_error_inside_200_is_on_record_with_its_code_and_without_addresses(desk: Desk) -> None:
    with running(SmsService()) as service:
        desk.channel(service, "sms", **SMS)
        late(desk, "A1")
        service.always = Reply(200, {"code": "20003", "msg": "号码 13800000001 不存在，见 zhang@example.test"})
        (id_,) = desk.rows("SELECT id FROM delivery WHERE channel = 'sms' ORDER BY created_at LIMIT 1")[0]
        assert desk.deliver(id_) == {id_: "undeliverable"}
    ((attempts,),) = desk.rows("SELECT attempts FROM delivery WHERE id = %s", id_)
    assert (attempts[0]["result"], attempts[0]["code"]) == ("failed", "20003")
    assert "13800000001" not in attempts[0]["answer"] and "zhang@" not in attempts[0]["answer"]


def test_a_channel_that_fails_again_and_again_is_the_operators_matter_once(desk: Desk) -> None:
    desk.account("root", "operator")
    with running(WeComService()) as service:
        desk.channel(service)
        service.always = Reply(200, {"errcode": -1, "errmsg": "system busy"})
        ids = desk.waiting(7)
        assert set(desk.deliver(*ids).values()) == {"retry_later wecom: -1"}
        told = desk.rows("SELECT body FROM message WHERE kind = 'channel_failing'")
        assert len(told) == 1
        assert "wecom" in told[0][0] and "-1 system busy" in told[0][0]
        service.always = None
        assert set(desk.deliver(*ids).values()) == {"delivered"}
    assert desk.rows("SELECT failures, failing_since FROM channel_state WHERE channel = 'wecom'") == [(0, None)]


def test_a_channel_without_its_secret_loses_nothing_and_says_which_is_missing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(WeComService()) as service:
        desk.channel(service)
        (id_,) = desk.waiting(1)
        monkeypatch.delenv("TEST_ROBOT_KEY")
        assert desk.deliver(id_) == {id_: "retry_later wecom: not_configured"}
        ((attempts,),) = desk.rows("SELECT attempts FROM delivery WHERE id = %s", id_)
        assert "env:TEST_ROBOT_KEY" in attempts[0]["answer"]
        monkeypatch.setenv("TEST_ROBOT_KEY", KEY)
        assert desk.deliver(id_) == {id_: "delivered"}


def test_an_alert_whose_every_way_failed_goes_one_up_at_once_and_once(desk: Desk) -> None:
    desk.rows("UPDATE app_user SET email = NULL WHERE person <> 'zhang' RETURNING login")
    desk.take(accepted("A1"))
    desk.go(timedelta(days=8))
    desk.collector.collect()
    red = desk.rows(
        "SELECT d.id FROM delivery d WHERE d.channel = 'email' AND d.recipient = 'zhang' AND d.level = 'red'"
    )
    assert red and desk.rows("SELECT count(*) FROM alert WHERE level = 'escalated'") == [(0,)]
    desk.post.answer = Delivery(result="failed", answer="550 no such user", code="550")
    alerts = desk.rows("SELECT cardinality(notices) FROM delivery WHERE id = %s", red[0][0])
    for _ in range(2):
        assert set(desk.deliver(red[0][0]).values()) == {"undeliverable"}
        assert desk.rows("SELECT count(*) FROM entry WHERE type = 'alert.undeliverable'") == alerts
    climbed = "SELECT data->'to' FROM alert WHERE level = 'escalated' AND cause = 'limit:committed'"
    assert desk.rows(climbed) == [(["li"],)]


def test_an_alert_to_somebody_without_an_account_goes_one_up_at_once_and_says_why(desk: Desk) -> None:
    desk.rows("DELETE FROM app_user WHERE person = 'zhang' RETURNING login")
    desk.take(accepted("A1"))
    desk.go(timedelta(days=8))
    assert desk.rows("SELECT count(*) FROM alert WHERE level = 'escalated'") == [(0,)]
    for _ in range(2):
        desk.collector.collect()
    climbed = "SELECT data->'to', data->>'why' FROM alert WHERE level = 'escalated' AND cause = 'limit:committed'"
    assert desk.rows(climbed) == [(["li"], "no_channel")]
    said = "SELECT body::jsonb->'data' FROM entry WHERE type = 'alert.undeliverable' AND kind = 'fact'"
    assert {(one["to"], one.get("attempts", 0)) for (one,) in desk.rows(said)} == {("zhang", 0), ("sun", 0)}


def test_a_group_that_serves_the_unit_is_a_way_and_so_is_an_installation_that_tells_nobody(desk: Desk) -> None:
    desk.rows("DELETE FROM app_user WHERE person = 'zhang' RETURNING login")
    with running(WeComService()) as service:
        desk.channel(service, units=["county"])
        desk.take(accepted("A1"))
        desk.go(timedelta(days=8))
        desk.collector.collect()
    assert desk.rows("SELECT count(*) FROM entry WHERE type = 'alert.undeliverable'") == [(0,)]
    desk.rows("DELETE FROM app_user RETURNING login")
    desk.take(accepted("A2"))
    desk.go(timedelta(days=8))
    desk.collector.collect()
    assert desk.rows("SELECT count(*) FROM entry WHERE type = 'alert.undeliverable'") == [(0,)]


def test_somebody_who_leaves_unannounced_is_asked_no_longer_though_his_clock_still_runs(desk: Desk) -> None:
    desk.take(accepted("A1"))
    desk.go(timedelta(days=8))
    assert desk.rows("SELECT count(*) FROM alert WHERE level = 'escalated'") == [(0,)]
    ((id_, body),) = desk.rows("SELECT id, body FROM config_entry WHERE kind = 'person' AND body->>'id' = 'zhang'")
    gone = {**body, "to": (desk.clock.now().date() - timedelta(days=1)).isoformat()}
    with desk.pool.connection() as connection:
        record_all(connection, [Configuration(kind="person", id=id_, body=gone)], "tests", desk.clock.now())
    desk.go(timedelta(hours=6))
    assert desk.rows("SELECT data->>'why' FROM alert WHERE level = 'escalated'") == [("left_post",)]


def test_as_long_as_one_way_is_open_an_alert_does_not_go_up(desk: Desk) -> None:
    with running(SmsService()) as service:
        desk.channel(service, "sms", **SMS)
        desk.take(accepted("A1"))
        desk.go(timedelta(days=8))
        desk.collector.collect()
        desk.post.answer = Delivery(result="failed", answer="550 no such user", code="550")
        ids = [row[0] for row in desk.rows("SELECT id FROM delivery WHERE channel = 'email' AND recipient = 'zhang'")]
        assert "undeliverable" in desk.deliver(*ids).values()
    assert desk.rows("SELECT count(*) FROM entry WHERE type = 'alert.undeliverable'") == [(0,)]


def test_nobody_else_may_say_what_the_engine_says_of_its_messages(desk: Desk) -> None:
    desk.take(accepted("A1"))
    said = {"level": "red", "cause": "limit:committed", "to": "zhang"}
    for source in ("hall", "console", "engine"):
        forged = message(
            "x", "alert.undeliverable" if source != "engine" else "application.withdrawn", "A1", source=source, **said
        )
        with desk.pool.connection() as connection:
            (answer,) = decide(connection, [forged], desk.clock)
        assert answer.outcome == "malformed", source


def test_what_was_given_up_is_not_delivered_later_by_another(desk: Desk) -> None:
    with running(WeComService()) as service:
        desk.channel(service)
        (id_,) = desk.waiting(1)
        asyncio.run(desk.workers[0].give_up(id_))
        assert desk.deliver(id_) == {id_: "given_up"}
    assert service.asked == []
