"""What was concluded for somebody's eyes becomes messages: merged, each once, in the inbox and by mail."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.effects.collecting import Collector
from engine.effects.delivering import Deliveries
from engine.filings.desk import act
from engine.intake.decide import decide
from engine.intake.envelope import Envelope
from engine.intake.health import beat
from engine.jobs.sweep import sweep
from engine.storage.config import Configuration, record_all
from engine.storage.connect import Pool
from notifications.channels.base import Delivery
from notifications.channels.registry import Channels
from notifications.render import Message
from rules.filing import Filing, Save, Submit
from tests.rules.lint_examples import an_item
from tests.support.worlds import ITEM, MONDAY, TestClock, a_database, accepted, message

pytestmark = pytest.mark.postgres


class Post:
    """A post office that writes down what it was handed."""

    name = "email"

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, str]] = []
        self.result = "ok"

    async def send(self, message: Message, address: str, *, key: str) -> Delivery:
        self.taken.append((address, message.subject, key))
        return Delivery(result=self.result, answer="250 taken")


class Desk:
    def __init__(self, pool: Pool) -> None:
        self.pool, self.clock, self.post = pool, TestClock(), Post()
        self.collector = Collector(pool, self.clock, "zh", site="https://example.test")
        self.deliveries = Deliveries(pool, self.clock, Channels([self.post]))

    def take(self, *messages: Envelope, backfill: bool = False) -> None:
        with self.pool.connection() as connection:
            beat(connection, self.clock)
            decide(connection, messages, self.clock, backfill=backfill)

    def go(self, ahead: timedelta) -> None:
        """Time passes, watched all the while."""
        for _ in range(int(ahead / timedelta(hours=6))):
            self.clock.go(timedelta(hours=6))
            with self.pool.connection() as connection:
                beat(connection, self.clock)
            sweep(self.pool, self.clock)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.pool.connection() as connection:
            return connection.execute(statement, values).fetchall()

    def account(
        self, person: str, email: str | None, locale: str = "zh", roles: tuple[str, ...] = ("officer",)
    ) -> None:
        with self.pool.connection() as connection:
            connection.execute(
                "INSERT INTO app_user (login, person, name, roles, password_hash, locale, email, active, created_at)"
                " VALUES (%s, %s, '', %s, '', %s, %s, true, %s)",
                (person, person, list(roles), locale, email, MONDAY),
            )


@pytest.fixture
def desk(postgres_url: str, tmp_path: Path) -> Iterator[Desk]:
    with a_database(postgres_url, tmp_path) as pool:
        yield Desk(pool)


def test_many_warnings_for_one_person_become_one_message_in_the_inbox(desk: Desk) -> None:
    desk.take(*(accepted(f"A{n}") for n in range(5)))
    desk.go(timedelta(days=7))
    desk.collector.collect()
    kinds = desk.rows("SELECT person, kind FROM message WHERE person = 'zhang'")
    assert kinds == [("zhang", "digest")]
    assert desk.rows("SELECT status FROM delivery WHERE channel = 'inapp' AND recipient = 'zhang'") == [("delivered",)]


def test_collecting_again_sends_nothing_again(desk: Desk) -> None:
    desk.take(accepted("A1"))
    desk.go(timedelta(days=7))
    assert desk.collector.collect() > 0
    sent = desk.rows("SELECT count(*) FROM delivery")
    assert desk.collector.collect() == 0
    assert desk.rows("SELECT count(*) FROM delivery") == sent


def test_every_notice_of_a_whole_life_has_words(desk: Desk) -> None:
    desk.take(accepted("A1"))
    desk.go(timedelta(days=30))
    desk.take(
        message(
            "f", "finding.confirmed", "A1", desk.clock.now(), actor="sun", finding="limit_expired", grade="ordinary"
        )
    )
    desk.go(timedelta(days=30))
    decision = {"actor": "li", "person": "zhang", "level": 2, "reason": "as proposed"}
    desk.take(message("m", "measure.decided", "A1", desk.clock.now(), **decision))
    desk.collector.collect()
    problems = dict(desk.rows("SELECT id, problem FROM outbox WHERE problem IS NOT NULL"))
    told = {kind for (kind,) in desk.rows("SELECT DISTINCT kind FROM notice")}
    assert {"consent_implied", "proceeding_opened", "measure_decided"} <= told
    assert not problems


STEPPED = {
    "code": "S",
    "silence": {"effect": "none"},
    "steps": [{"id": "check", "name": "审查", "limit": {"amount": 2, "unit": "working_days"}, "holder": "zhang"}],
    "offices": [{"id": "office", "limit": {"amount": 2, "unit": "working_days"}}],
}
HELD = {
    "code": "H",
    "silence": {"effect": "approve", "basis": "art. 50", "preconditions": [{"fact": "public_notice.published"}]},
}


def test_late_steps_silent_offices_holds_and_remedies_have_words(desk: Desk) -> None:
    with desk.pool.connection() as connection:
        pieces = [Configuration(kind="item", id=own["code"], body=ITEM | own) for own in (STEPPED, HELD)]
        record_all(connection, pieces, "tests", MONDAY - timedelta(days=300))
    desk.take(
        message("s", "application.accepted", "S1", item="S"), message("h", "application.accepted", "H1", item="H")
    )
    desk.take(message("o", "office.consulted", "S1", office="office"))
    desk.go(timedelta(days=30))
    desk.collector.collect()
    assert desk.rows("SELECT id, problem FROM outbox WHERE problem IS NOT NULL") == []
    assert {kind for (kind,) in desk.rows("SELECT DISTINCT kind FROM notice")} >= {"lead_office_told", "remedies"}
    causes = {cause.partition(":")[0] for (cause,) in desk.rows("SELECT DISTINCT cause FROM alert")}
    assert {"step", "hold", "limit"} <= causes


def test_who_has_to_review_is_told_and_so_are_those_above_when_it_is_late(desk: Desk) -> None:
    with desk.pool.connection() as connection:
        assert isinstance(
            act(connection, "x1", Save(item=an_item({"extension": None, "steps": None})), "zhang", desk.clock), Filing
        )
        assert isinstance(act(connection, "x1", Submit(), "zhang", desk.clock), Filing)
    desk.collector.collect()
    [(waiting,)] = desk.rows("SELECT body FROM message WHERE person = 'office'")
    assert "待审核" in waiting
    desk.go(timedelta(days=12))
    desk.collector.collect()
    bodies = [row[0] for row in desk.rows("SELECT body FROM message WHERE person = 'office' ORDER BY created_at DESC")]
    assert any("审核超期" in body or "届满未答复" in body for body in bodies)
    assert desk.rows("SELECT problem FROM outbox WHERE problem IS NOT NULL") == []


def test_a_person_concerned_is_shown_the_way_to_the_paper_itself(desk: Desk) -> None:
    desk.account("zhang", "zhang@example.test")
    desk.take(accepted("办件 1"))
    desk.go(timedelta(days=30))
    said = {"actor": "sun", "finding": "limit_expired", "grade": "ordinary"}
    desk.take(message("f", "finding.confirmed", "办件 1", desk.clock.now(), **said))
    desk.collector.collect()
    links = dict(
        desk.rows("SELECT kind, payload->>'link' FROM delivery WHERE channel = 'email' AND recipient = 'zhang'")
    )
    place = "https://example.test/proceedings/%E5%8A%9E%E4%BB%B6%201/"
    assert links["proceeding_opened"].startswith(place)
    assert links["proceeding_opened"].endswith("/documents/proceeding_notice")
    assert desk.rows("SELECT problem FROM outbox WHERE problem IS NOT NULL") == []


def test_back_filled_cases_send_nothing_to_anybody(desk: Desk) -> None:
    long_ago = MONDAY - timedelta(days=200)
    desk.take(accepted("OLD", long_ago, source="archive", reported_at=long_ago), backfill=True)
    assert desk.rows("SELECT count(*) FROM outbox")[0][0] > 0
    desk.collector.collect()
    assert desk.rows("SELECT count(*) FROM delivery") == [(0,)]
    assert desk.rows("SELECT count(*) FROM outbox WHERE collected_at IS NULL") == [(0,)]


def test_a_person_with_an_address_gets_a_mail_in_his_language(desk: Desk) -> None:
    desk.account("zhang", "zhang@example.test", "en")
    desk.take(accepted("A1"))
    desk.go(timedelta(days=7))
    desk.collector.collect()
    (id_, status, locale), *_ = desk.rows(
        "SELECT id, status, locale FROM delivery WHERE channel = 'email' ORDER BY created_at"
    )
    assert (status, locale) == ("due", "en")
    assert asyncio.run(desk.deliveries.deliver(id_)) == "delivered"
    assert desk.post.taken[0][0] == "zhang@example.test"
    assert desk.rows("SELECT status, jsonb_array_length(attempts) FROM delivery WHERE id = %s", id_) == [
        ("delivered", 1)
    ]


def test_a_delivered_message_is_not_sent_again(desk: Desk) -> None:
    id_ = mail_for_zhang(desk)
    asyncio.run(desk.deliveries.deliver(id_))
    asyncio.run(desk.deliveries.deliver(id_))
    assert len(desk.post.taken) == 1


def test_every_attempt_is_on_record_also_the_failed_ones(desk: Desk) -> None:
    id_ = mail_for_zhang(desk)
    desk.post.result = "retry_later"
    for _ in range(2):
        with pytest.raises(Exception, match="email: retry_later"):
            asyncio.run(desk.deliveries.deliver(id_))
    desk.post.result = "ok"
    asyncio.run(desk.deliveries.deliver(id_))
    ((attempts,),) = desk.rows("SELECT attempts FROM delivery WHERE id = %s", id_)
    assert [attempt["result"] for attempt in attempts] == ["retry_later", "retry_later", "ok"]


def test_an_applicant_who_left_an_address_is_told_and_nobody_else_sees_it(desk: Desk) -> None:
    desk.take(accepted("A1", applicant="赵某 <zhao@example.test>"))
    desk.go(timedelta(days=30))
    desk.collector.collect()
    found = desk.rows("SELECT id, payload::text FROM delivery WHERE recipient = 'applicant'")
    assert found
    assert not any("zhao@example.test" in payload for _, payload in found)
    asyncio.run(desk.deliveries.deliver(found[0][0]))
    assert desk.post.taken[0][0] == "zhao@example.test"


def mail_for_zhang(desk: Desk) -> str:
    desk.account("zhang", "zhang@example.test")
    desk.take(accepted("A1"))
    desk.go(timedelta(days=7))
    desk.collector.collect()
    return str(desk.rows("SELECT id FROM delivery WHERE channel = 'email' LIMIT 1")[0][0])
