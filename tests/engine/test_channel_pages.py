"""Channels in the console: their state, a test, the log with every attempt, one more try, and a person's own choice."""

from __future__ import annotations

import asyncio

import pytest

from engine.channels.states import states
from engine.effects.delivering import Deliveries
from notifications.channels.registry import Channels
from tests.support.county import a_county, app, at
from tests.support.pages import field, sign_in
from tests.support.posting import Desk
from tests.support.services import KEY, Reply, WeComService, running

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def life(postgres_server):
    with a_county(postgres_server, at("2026-12-01", "08:00")) as made:
        yield made


@pytest.fixture(scope="module")
def application(life):
    return app(life, mail=True)


@pytest.fixture
def wecom(life, monkeypatch):
    monkeypatch.setenv("TEST_ROBOT_KEY", KEY)
    with running(WeComService()) as service:
        Desk(life.pool).channel(service, name="督办群", units=["urban"])
        yield service


def ask(life, query, *values):
    with life.pool.connection() as connection:
        return connection.execute(query, values).fetchall()


def post(client, page, address, **data):
    return client.post(address, data={"csrf": field(client.get(page).text, "csrf"), **data})


def send_due(life):
    """What a worker does with everything that is due."""
    deliveries = Deliveries(life.pool, life.clock, Channels([]))
    for (id_,) in ask(life, "UPDATE delivery SET status = 'sending' WHERE status = 'due' RETURNING id"):
        asyncio.run(deliveries.deliver(id_))


def test_an_operator_tries_a_channel_and_reads_the_answer(life, application, wecom):
    client = sign_in(application, "operator")
    page = client.get("/channels").text
    assert "督办群" in page and "尚未使用" in page and KEY not in page
    answer = post(client, "/channels", "/channels/wecom/test")
    assert answer.headers["location"] == "/deliveries?channel=wecom&done=tested"
    send_due(life)
    assert "通道试发" in client.get("/deliveries?channel=wecom").text
    assert "试发消息" in wecom.taken[0].text
    assert "正常" in client.get("/channels").text


def test_a_test_that_fails_is_tried_once_and_can_be_sent_again(life, application, wecom):
    client = sign_in(application, "operator", "en")
    wecom.next_replies.append(Reply(200, {"errcode": -1, "errmsg": "system busy"}))
    post(client, "/channels", "/channels/wecom/test")
    send_due(life)
    log = client.get("/deliveries?channel=wecom&status=undeliverable").text
    assert "-1 system busy" in log
    ((id_,),) = ask(life, "SELECT id FROM delivery WHERE status = 'undeliverable'")
    assert post(client, "/channels", f"/deliveries/{id_}/again").headers["location"] == "/deliveries?done=sent_again"
    send_due(life)
    assert ask(life, "SELECT status FROM delivery WHERE again_of = %s", id_) == [("delivered",)]
    assert ask(life, "SELECT status, jsonb_array_length(attempts) FROM delivery WHERE id = %s", id_) == [
        ("undeliverable", 1)
    ]


def test_what_is_still_on_its_way_is_not_sent_again(life, application, wecom):
    client = sign_in(application, "operator")
    post(client, "/channels", "/channels/wecom/test")
    ((id_,),) = ask(life, "SELECT id FROM delivery WHERE status = 'due'")
    assert post(client, "/channels", f"/deliveries/{id_}/again").status_code == 404
    send_due(life)


def test_an_inspector_reads_the_log_and_sends_nothing(application, wecom):
    client = sign_in(application, "inspector")
    page = client.get("/channels").text
    assert "督办群" in page and "/channels/wecom/test" not in page
    token = field(client.get("/preferences").text, "csrf")
    assert client.post("/channels/wecom/test", data={"csrf": token}).status_code == 403


def test_an_officer_has_no_business_with_channels(application):
    client = sign_in(application, "officer")
    assert client.get("/channels").status_code == client.get("/deliveries").status_code == 403


def test_a_missing_secret_is_named_and_never_shown(life, wecom, monkeypatch):
    monkeypatch.delenv("TEST_ROBOT_KEY")
    with life.pool.connection() as connection:
        (shown,) = [one for one in states(connection, mail=False) if one.id == "wecom"]
    assert shown.state == "incomplete"
    assert "env:TEST_ROBOT_KEY" in str(shown.problem)


def test_a_person_chooses_and_the_choice_stays(life, application):
    client = sign_in(application, "officer")
    answer = post(client, "/preferences", "/preferences", **{"red.email": "on", "start": "22:00", "end": "07:00"})
    assert answer.headers["location"] == "/preferences?done=chosen"
    ((chosen,),) = ask(life, "SELECT preferences FROM app_user WHERE login = 'officer'")
    assert chosen["ways"]["red"] == ["email"] and chosen["ways"]["warning"] == []
    assert chosen["quiet"] == {"start": "22:00", "end": "07:00"}
    page = client.get("/preferences").text
    assert 'name="red.email" aria-label="红牌 · 电子邮件" checked' in page
    assert 'name="warning.email" aria-label="预警 · 电子邮件">' in page


def test_half_a_span_of_quiet_hours_is_refused(application):
    client = sign_in(application, "officer", "en")
    answer = post(client, "/preferences", "/preferences", start="22:00")
    assert answer.status_code == 422 and "Give both" in answer.text
