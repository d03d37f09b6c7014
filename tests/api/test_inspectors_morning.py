"""An inspector's morning through the HTTP API with captured mail: from the red card to the executed measure."""

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from engine.effects.collecting import Collector
from engine.effects.delivering import Deliveries
from engine.embedded.mailcatcher import list_mail, read_mail
from engine.intake.health import beat
from engine.jobs.sweep import sweep
from engine.storage.config import record
from notifications.channels.email import Email, EmailSettings
from notifications.channels.registry import Channels

PEOPLE = [
    ("street-lin", ["officer"], ["street"]),
    ("street-head", ["unit_head"], ["street"]),
    ("street-shao", ["inspector"], []),
    ("lead-wen", ["leading_group"], []),
]


@pytest.fixture(scope="module")
def mail(tmp_path_factory):
    """A real SMTP server that keeps what it is given."""
    folder = tmp_path_factory.mktemp("mail")
    command = [sys.executable, "-m", "engine.embedded.mailcatcher", "--folder", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield folder, json.loads(process.stdout.readline())["listening"]
    finally:
        process.terminate()
        process.communicate(timeout=20)


class Morning:
    """The API with its accounts, a post room, and a clock that only the test moves."""

    def __init__(self, api, folder, port: int) -> None:
        self.api, self.folder = api, folder
        settings = EmailSettings(
            host="127.0.0.1", port=port, tls="none", sender="jiannuo@county.test", sender_name="践诺"
        )
        self.collector = Collector(api.pool, api.clock, "zh", site="https://example.test")
        self.deliveries = Deliveries(api.pool, api.clock, Channels([Email(settings, api.clock.now)]))
        with api.pool.connection() as db:
            wen = {"id": "lead-wen", "unit": "leading-office", "post": "first_responsible", "from": "2024-01-01"}
            record(db, "person", "lead-wen", wen, at=api.clock.now())
            for person, roles, units in PEOPLE:
                db.execute(
                    "INSERT INTO app_user (login, person, name, roles, units, password_hash, locale, email, active, created_at)"
                    " VALUES (%s, %s, '', %s, %s, '', 'zh', %s, true, now())",
                    (person, person, roles, units, f"{person}@county.test"),
                )

        self.case = ""

    def go(self, day: str, hour: int = 9) -> None:
        """Time passes, watched all the while; what is to be told is told."""
        until = datetime.fromisoformat(f"2026-{day}T{hour:02}:00:00+08:00").astimezone(UTC)
        while self.api.clock.at < until:
            self.api.clock.at = min(self.api.clock.at + timedelta(hours=8), until)
            with self.api.pool.connection() as db:
                beat(db, self.api.clock)
            sweep(self.api.pool, self.api.clock)
        self.post()

    def post(self) -> None:
        while self.collector.collect():
            pass
        with self.api.pool.connection() as db:
            waiting = db.execute(
                "SELECT id FROM delivery WHERE channel = 'email' AND status = 'due' ORDER BY id"
            ).fetchall()
            assert db.execute("SELECT problem FROM outbox WHERE problem IS NOT NULL").fetchall() == []
        for (id_,) in waiting:
            assert asyncio.run(self.deliveries.deliver(id_)) == "delivered"

    def mails(self, person: str) -> list[str]:
        """Everything a person was written, subject and words."""
        found = [read_mail(self.folder, m.id) for m in list_mail(self.folder, to=f"{person}@county.test")]
        return [f"{mail.summary.subject}\n{mail.text}" for mail in found if mail]

    def one(self, path: str, **wanted) -> dict:
        [row] = self.api.get(f"/api/v1/{path}", params={"case": self.case, **wanted}).json()["rows"]
        return row

    def do(self, path: str, status: int = 201, **body) -> dict:
        self.api.clock.at += timedelta(minutes=1)
        answer = self.api.client.post(f"/api/v1{path}", json=body, headers={"X-API-Key": self.api.key})
        assert answer.status_code == status, answer.text
        self.post()
        return answer.json()

    def paper(self, address: str, kind: str) -> None:
        """The paper of the phase is there, as a PDF for whoever may read it."""
        path, asked = f"/api/v1{address}/documents/{kind}", {"actor": "street-head"}
        answer = self.api.client.get(path, params=asked, headers={"X-API-Key": self.api.key})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/pdf" and answer.content.startswith(b"%PDF")

    @property
    def proceeding(self) -> dict:
        return self.one("proceedings", person="street-lin")

    @property
    def address(self) -> str:
        return f"/proceedings/{self.proceeding['proceeding_id']}"


@pytest.fixture(scope="module")
def desk(api, mail):
    return Morning(api, *mail)


def accepted(m: Morning, case: str) -> None:
    m.case = case
    data = {"holder": "street-lin", "applicant": "赵某"}
    event = m.api.event(f"{case}/1", "application.accepted", case, item="XL-01", data=data)
    assert m.api.post(event).status_code == 201


def test_an_inspectors_morning(api, desk):
    m = desk
    accepted(m, "M-1")

    # The promise is broken: a red card to the holder, who sees it.
    m.go("03-11")
    card = m.one("alerts", level="red")
    assert card["data"]["to"] == ["street-lin"] and any("红牌" in s for s in m.mails("street-lin"))
    m.paper(f"/alerts/{card['id']}", "red_card")
    m.do(f"/alerts/{card['id']}/acknowledge", actor="street-lin")
    assert m.one("alerts", level="red")["acknowledged_at"]

    # The inspector asks first, hears, confirms with a rating of every aspect in writing.
    finding = m.one("findings", kind="limit_expired")
    m.do(f"/findings/{finding['id']}/inquiry", actor="street-shao")
    assert any("答复监察询问" in s for s in m.mails("street-head"))
    m.do(f"/cases/{m.case}/inquiry-answer", actor="street-head", text="经办人未交接")
    words = {"nature": "疏忽", "circumstances": "无客观原因", "consequences": "申请人两次往返", "impact": "有投诉"}
    rated = {"nature": "ordinary", "circumstances": "ordinary", "consequences": "ordinary", "impact": "ordinary"}
    m.do(f"/findings/{finding['id']}/confirm", actor="street-shao", ratings=rated, **words)
    assert (m.proceeding["grade"], m.proceeding["phase"], m.proceeding["proposed_level"]) == (
        "ordinary",
        "statement",
        2,
    )
    assert any("陈述" in s for s in m.mails("street-lin"))
    m.paper(m.address, "proceeding_notice")

    # Nobody decides before the statement; then the head is asked, and decides otherwise with a reason alone.
    m.do(f"{m.address}/decision", 409, actor="street-head", level=1, reason="初次")
    m.do(f"{m.address}/statement", actor="street-lin", text="材料被退回两次")
    assert (m.proceeding["phase"], m.proceeding["owner"]) == ("proposed", "street-head")
    assert any("待决定" in s for s in m.mails("street-head"))
    m.paper(m.address, "proposed_decision")
    m.do(f"{m.address}/decision", 422, actor="street-head", level=1)
    m.do(f"{m.address}/decision", 403, actor="street-lin", level=2, reason="自行决定")
    m.do(f"{m.address}/decision", actor="street-head", level=1, reason="初次，已主动整改")
    assert any("决定" in s for s in m.mails("street-lin"))
    m.do(f"{m.address}/decision", 409, actor="street-head", level=2, reason="再次决定")
    m.paper(m.address, "decision")
    m.do(f"{m.address}/service", actor="street-head")
    assert m.proceeding["phase"] == "served"

    # The one concerned asks for a review; the decider may not review himself; the office upholds.
    m.do(f"{m.address}/review-request", actor="street-lin", reason="仍有异议")
    assert (m.proceeding["phase"], m.proceeding["owner"]) == ("review", "lead-wen")
    m.do(f"{m.address}/review", 403, actor="street-head", result="upheld", reason="维持")
    m.do(f"{m.address}/review", actor="lead-wen", result="upheld", reason="事实清楚")
    assert m.proceeding["phase"] == "effective"
    m.paper(m.address, "review_decision")

    # Executed, closed; the file shows who acted when.
    m.do(f"{m.address}/execution", actor="street-head")
    m.do(f"{m.address}/closing", actor="street-head")
    done = m.proceeding
    assert (done["phase"], done["decided_level"], done["decided_by"], done["restoration_due"]) == (
        "closed",
        1,
        "street-head",
        False,
    )
    with api.pool.connection() as db:
        said = db.execute(
            "SELECT type, actor FROM entry WHERE stream_id = 'docket:street-lin' AND kind = 'fact' ORDER BY version"
        ).fetchall()
    assert said == [
        ("breach.confirmed", None), ("measure.decided", "street-head"), ("statement.filed", "street-lin"), ("measure.decided", "street-head"),
        ("measure.decided", "street-head"), ("measure.served", "street-head"), ("review.requested", "street-lin"), ("review.decided", "lead-wen"),
        ("measure.executed", "street-head"), ("proceeding.closed", "street-head"),
    ]  # fmt: skip
    assert all(read_mail(m.folder, one.id) for one in list_mail(m.folder))


def test_a_reversal_in_review_withdraws_the_breach_and_opens_the_restoration(api, desk):
    m = desk
    accepted(m, "M-2")
    m.go("03-25")
    m.do(f"/findings/{m.one('findings', kind='limit_expired')['id']}/confirm", actor="street-shao", grade="ordinary")
    m.do(f"{m.address}/hearing", actor="street-head", text="听取陈述", present=["street-lin"])
    m.do(f"{m.address}/decision", actor="street-head", level=2, reason="按建议")
    m.do(f"{m.address}/review-request", actor="street-lin", reason="事实不清")
    m.do(f"{m.address}/review", actor="lead-wen", result="reversed", reason="系统故障所致")
    assert (m.proceeding["phase"], m.proceeding["restoration_due"]) == ("closed", True)
    assert m.one("breaches", kind="limit_expired")["status"] == "withdrawn"
    m.do(f"{m.address}/restoration", actor="street-head", reason="撤销通报")
    assert m.proceeding["restoration_due"] is False


def test_a_referral_freezes_and_its_receipt_is_on_record(api, desk):
    m = desk
    accepted(m, "M-3")
    m.go("04-10")
    m.do(f"/findings/{m.one('findings', kind='limit_expired')['id']}/confirm", actor="street-shao", grade="grave")
    m.do(f"/cases/{m.case}/referral", 403, actor="street-head", to="county-supervision", why="涉嫌受贿")
    m.do(f"/cases/{m.case}/referral", actor="street-shao", to="county-supervision", why="涉嫌受贿")
    m.do(f"{m.address}/statement", actor="street-lin", text="说明")
    assert m.do(f"{m.address}/decision", 409, actor="lead-wen", level=6, reason="按建议")["code"] == "proceeding_frozen"
    m.do(f"/cases/{m.case}/referral-answer", actor="street-shao", result="returned", receipt="退字1号")
    m.do(f"{m.address}/decision", actor="lead-wen", level=6, reason="按建议")
    assert m.proceeding["decided_level"] == 6
