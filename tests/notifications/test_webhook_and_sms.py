"""The signed web hook and the configurable SMS gateway, against doubles that check what they get."""

from __future__ import annotations

import asyncio
import time

import msgspec
import pytest

from notifications.channels.base import Delivery
from notifications.channels.sms import Sms
from notifications.channels.success import Success
from notifications.channels.webhook import WebHook
from tests.notifications.builders import a_message
from tests.support.services import HANG, KEY, RESET, WHSEC, HookService, Reply, SmsService, running

RULE = Success(path="code", equals=("0",), final=("20003",), slow=("20010",), pause=30.0, id="data.sid")


def hook(url: str, **changes: object) -> WebHook:
    return WebHook(**({"name": "oa", "url": f"{url}/hooks", "secret": WHSEC} | changes))


def gateway(url: str, **changes: object) -> Sms:
    body = {"mobile": "${phone}", "content": {"text": "${text}", "n": 1}, "id": "${key}"}
    given = {"name": "sms", "url": url, "body": body, "success": RULE, "headers": {"x-token": KEY}}
    return Sms(**(given | changes))


def send(channel: WebHook | Sms, address: str = "13800000000", key: str = "k1", **changes: object) -> Delivery:
    return asyncio.run(channel.send(msgspec.structs.replace(a_message(), **changes), address, key=key))


def test_a_hook_is_signed_by_the_specification_and_keeps_its_id():
    with running(HookService()) as double:
        assert [send(hook(double.url), key="d-7").result for _ in range(2)] == ["ok", "ok"]
    assert [request.headers["webhook-id"] for request in double.taken] == ["d-7", "d-7"]
    assert double.taken[0].json["data"]["subject"] == a_message().subject


def test_a_wrong_secret_is_refused_by_the_receiver_and_tried_again():
    with running(HookService()) as double:
        delivery = send(hook(double.url, secret="whsec_" + "QUJD" * 8))
    assert (delivery.result, delivery.code) == ("retry_later", "http_401")


@pytest.mark.parametrize(
    ("status", "result"), [(410, "failed"), (422, "failed"), (500, "retry_later"), (307, "retry_later")]
)
def test_the_status_of_a_hook_decides_whether_it_is_tried_again(status, result):
    with running(HookService()) as double:
        double.always = Reply(status, "no", (("Location", double.url),))
        assert send(hook(double.url)).result == result
    assert len(double.asked) == 1


def test_a_hook_that_must_say_so_in_its_body_counts_only_then():
    rule = Success(path="ok", equals=("true",))
    with running(HookService()) as double:
        double.next_replies.extend([Reply(200, {"ok": False}), Reply(200, ""), Reply(200, {"ok": True})])
        results = [send(hook(double.url, success=rule)) for _ in range(3)]
    assert [(each.result, each.code) for each in results] == [
        ("retry_later", "false"),
        ("retry_later", "not_understood"),
        ("ok", "true"),
    ]


def test_retry_after_may_be_a_date():
    with running(HookService()) as double:
        double.always = Reply(503, "", (("Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT"),))
        assert send(hook(double.url)).retry_after == 0.0
        double.always = Reply(503, "", (("Retry-After", "soon"),))
        assert send(hook(double.url)).retry_after is None


@pytest.mark.parametrize(("reply", "code"), [(RESET, "unreachable"), (HANG, "timeout")])
def test_a_hook_that_hangs_up_or_hangs_ends_the_attempt_in_time(reply, code):
    with running(HookService()) as double:
        double.always = reply
        started = time.monotonic()
        delivery = send(hook(double.url, timeout=0.5))
    assert (delivery.result, delivery.code) == ("retry_later", code)
    assert time.monotonic() - started < 3


def test_an_endless_answer_is_read_only_so_far():
    with running(HookService()) as double:
        double.always = Reply(200, "x" * 5_000_000)
        assert len(send(hook(double.url)).answer) < 400


def test_an_sms_is_filled_into_the_gateways_own_request():
    with running(SmsService()) as double:
        delivery = send(gateway(double.url, prefix="【某县】"), link="https://example.test/1")
    request = double.taken[0].json
    assert (request["mobile"], request["id"], request["content"]["n"]) == ("13800000000", "k1", 1)
    assert request["content"]["text"].startswith("【某县】")
    assert request["content"]["text"].endswith(" https://example.test/1")
    assert (delivery.result, delivery.provider_id) == ("ok", "sid-1")


@pytest.mark.parametrize(
    ("code", "result", "pause"),
    [("20003", "failed", None), ("20010", "retry_later", 30.0), ("99", "retry_later", None)],
)
def test_a_gateways_own_codes_decide(code, result, pause):
    with running(SmsService()) as double:
        double.always = Reply(200, {"code": code, "msg": "…"})
        delivery = send(gateway(double.url))
    assert (delivery.result, delivery.code, delivery.retry_after) == (result, code, pause)


def test_a_number_that_does_not_exist_is_final():
    with running(SmsService()) as double:
        assert send(gateway(double.url), "10012345678").result == "failed"
        assert send(gateway(double.url), "no number").code == "no_number"


def test_a_wrong_token_inside_http_200_is_a_failed_attempt():
    with running(SmsService()) as double:
        delivery = send(gateway(double.url, headers={"x-token": "wrong"}))
    assert (delivery.result, delivery.code) == ("retry_later", "10001")


def test_a_gateway_may_want_a_form():
    body = {"to": "${phone}", "msg": "${text}"}
    with running(SmsService()) as double:
        double.always = Reply(200, {"code": 0})
        assert send(gateway(double.url, body=body, format="form"), subject="红 牌&").result == "ok"
    assert double.asked[0].text == "to=13800000000&msg=%E7%BA%A2+%E7%89%8C%26"
