"""Group robots against doubles of their services: only the body of an answer says whether a message was taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import msgspec
import pytest

from notifications.channels.base import Delivery
from notifications.channels.dingtalk import DingTalk
from notifications.channels.feishu import Feishu
from notifications.channels.robot import Robot
from notifications.channels.wecom import WeCom
from tests.notifications.builders import a_message
from tests.support.services import (
    HANG,
    KEY,
    RESET,
    SECRET,
    DingTalkService,
    FeishuService,
    Reply,
    Service,
    WeComService,
    running,
)


def wecom(at: str, /, **changes: object) -> WeCom:
    return WeCom(**({"name": "w", "key": KEY, "url": f"{at}/cgi-bin/webhook/send"} | changes))


def dingtalk(at: str, /, **changes: object) -> DingTalk:
    return DingTalk(**({"name": "d", "token": KEY, "secret": SECRET, "url": f"{at}/robot/send"} | changes))


def feishu(at: str, /, **changes: object) -> Feishu:
    return Feishu(**({"name": "f", "token": KEY, "secret": SECRET, "url": f"{at}/open-apis/bot/v2/hook"} | changes))


ROBOTS: dict[str, tuple[type[Service], Callable[..., Robot]]] = {
    "wecom": (WeComService, wecom),
    "dingtalk": (DingTalkService, dingtalk),
    "feishu": (FeishuService, feishu),
}


@pytest.fixture(params=ROBOTS)
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[Service, Callable[..., Robot]]]:
    service, make = ROBOTS[request.param]
    with running(service()) as running_service:
        yield running_service, lambda **changes: make(running_service.url, **changes)


def send(robot: Robot, **changes: object) -> Delivery:
    message = msgspec.structs.replace(a_message(), **changes)
    return asyncio.run(robot.send(message, "group", key="k1"))


def test_a_message_that_the_service_takes_is_delivered(pair):
    service, robot = pair
    assert send(robot()).result == "ok"
    assert len(service.taken) == 1


def test_a_text_of_any_length_fits(pair):
    service, robot = pair
    assert send(robot(), text="违诺“超时”\n" * 20_000).result == "ok"
    assert "全文见收件箱" in service.taken[0].text


def test_the_prefix_that_a_group_asks_for_stands_before_the_subject(pair):
    service, robot = pair
    send(robot(prefix="【践诺】"), subject="红牌")
    assert "【践诺】红牌" in service.taken[0].text


@pytest.mark.parametrize(
    ("name", "body", "result", "code"),
    [
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, "retry_later", "45009"),
        ("wecom", {"errcode": -1, "errmsg": "system busy"}, "retry_later", "-1"),
        ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, "failed", "93000"),
        ("wecom", {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}, "failed", "40058"),
        ("dingtalk", {"errcode": 130101, "errmsg": "send too fast"}, "retry_later", "130101"),
        ("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"}, "retry_later", "310000"),
        ("dingtalk", {"errcode": 400102, "errmsg": "robot is disabled"}, "failed", "400102"),
        ("feishu", {"code": 11232, "msg": "frequency limited psm"}, "retry_later", "11232"),
        ("feishu", {"code": 19024, "msg": "Key Words Not Found"}, "retry_later", "19024"),
        ("feishu", {"code": 9499, "msg": "Bad Request"}, "failed", "9499"),
        ("feishu", {"code": 9499, "msg": "too many request"}, "retry_later", "9499"),
        ("feishu", {"code": 0, "StatusCode": 19001, "StatusMessage": "param invalid"}, "failed", "19001"),
    ],
)
def test_an_error_inside_http_200_is_a_failed_attempt(name, body, result, code):
    service, make = ROBOTS[name]
    with running(service()) as double:
        double.always = Reply(200, body)
        delivery = send(make(double.url))
    assert (delivery.result, delivery.code) == (result, code)


@pytest.mark.parametrize(("name", "pause"), [("wecom", 60.0), ("dingtalk", 600.0)])
def test_the_21st_message_in_a_minute_is_refused_and_says_how_long_to_wait(name, pause):
    service, make = ROBOTS[name]
    with running(service()) as double:
        results = [send(make(double.url)) for _ in range(21)]
    assert [each.result for each in results] == ["ok"] * 20 + ["retry_later"]
    assert results[-1].retry_after == pause


def test_an_answer_without_a_code_delivered_nothing(pair):
    service, robot = pair
    service.always = Reply(200, "<html>请先登录网络</html>")
    assert (send(robot()).result, send(robot()).code) == ("retry_later", "not_understood")


def test_a_redirect_is_not_followed(pair):
    service, robot = pair
    service.next_replies.append(Reply(302, "", (("Location", service.url),)))
    delivery = send(robot())
    assert (delivery.result, delivery.code, len(service.asked)) == ("retry_later", "http_302", 1)


def test_too_many_requests_names_its_pause_in_a_header(pair):
    service, robot = pair
    service.always = Reply(429, "", (("Retry-After", "7"),))
    assert send(robot()) == Delivery(result="retry_later", answer="HTTP 429", code="http_429", retry_after=7.0)


@pytest.mark.parametrize("reply", [Reply(503, "busy"), Reply(404, "nobody")])
def test_a_service_at_fault_is_tried_again(pair, reply):
    service, robot = pair
    service.always = reply
    assert send(robot()).result == "retry_later"


@pytest.mark.parametrize(("reply", "code"), [(RESET, "unreachable"), (HANG, "timeout")])
def test_a_service_that_hangs_up_or_hangs_ends_the_attempt_in_time(pair, reply, code):
    service, robot = pair
    service.always = reply
    delivery = send(robot(timeout=0.5))
    assert (delivery.result, delivery.code) == ("retry_later", code)


def test_nobody_at_the_address_is_tried_again_without_naming_the_key(pair):
    _, robot = pair
    delivery = send(robot(url="http://127.0.0.1:9/hook"))
    assert (delivery.result, delivery.code) == ("retry_later", "unreachable")
    assert KEY not in delivery.answer


def test_a_robot_never_shows_its_secrets(pair):
    _, robot = pair
    assert KEY not in repr(robot()) and SECRET not in repr(robot())


@pytest.mark.parametrize(("name", "code"), [("dingtalk", "310000"), ("feishu", "19021")])
def test_a_wrong_signature_is_refused_and_an_operator_can_mend_it(name, code):
    service, make = ROBOTS[name]
    with running(service()) as double:
        delivery = send(make(double.url, secret="SECother"))
    assert (delivery.result, delivery.code) == ("retry_later", code)


@pytest.mark.parametrize(("name", "code"), [("wecom", "93000"), ("dingtalk", "300005"), ("feishu", "19001")])
def test_a_robot_that_is_not_there_is_final(name, code):
    service, make = ROBOTS[name]
    with running(service()) as double:
        secret = {"key": "other"} if name == "wecom" else {"token": "other"}
        delivery = send(make(double.url, **secret))
    assert (delivery.result, delivery.code) == ("failed", code)


@pytest.mark.parametrize("name", ["wecom", "dingtalk"])
def test_words_of_a_case_become_no_mention_no_link_and_no_colour(name):
    service, make = ROBOTS[name]
    with running(service()) as double:
        send(make(double.url), subject="<@all> [x](http://evil.test)", text="**b** <font color='red'>c</font>")
    body = double.taken[0].json
    text = body["markdown"]["text" if name == "dingtalk" else "content"]
    assert "<@all>" not in text and "[x]" not in text and "**b**" not in text and "<font color='red'>" not in text


def test_a_feishu_card_holds_plain_text_only():
    with running(FeishuService()) as double:
        send(feishu(double.url), text="<at id=all></at>", link="https://example.test/cases/1")
    card = double.taken[0].json["card"]
    assert card["elements"][0]["text"] == {"tag": "plain_text", "content": "<at id=all></at>"}
    assert card["elements"][1]["actions"][0]["url"] == "https://example.test/cases/1"


def test_an_address_in_the_text_can_still_be_opened():
    with running(WeComService()) as double:
        send(wecom(double.url), text="查看详情：https://example.test/cases/A_1#steps\n")
    assert "https://example.test/cases/A_1#steps" in double.taken[0].json["markdown"]["content"]


def test_a_dingtalk_message_with_a_page_is_a_card_with_a_button():
    with running(DingTalkService()) as double:
        send(dingtalk(double.url), link="https://example.test/cases/1")
    card = double.taken[0].json["actionCard"]
    assert (card["singleTitle"], card["singleURL"]) == ("查看", "https://example.test/cases/1")
