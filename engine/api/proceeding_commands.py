"""What people do in a proceeding and around it, as POST on the thing it is done to: one route for each act, all through the one door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from engine.api import acts, orders
from engine.api.commands import Id, Key, submit
from engine.api.orders import Order
from engine.api.state import Database, Parts, Reader
from engine.rights import Action
from engine.storage.connect import Connection

router = APIRouter(prefix="/api/v1", tags=["decisions"])
About = Callable[[Connection, str, str, Action, Any], Order]


class Command(msgspec.Struct, frozen=True):
    """`path` with `{id}`; what is said is `body`, and becomes a `fact`."""

    path: str
    fact: str
    action: Action
    body: type[acts.Act]
    summary: str
    about: About = orders.about_proceeding


_PROCEEDING, _CASE = "/proceedings/{id_:path}", "/cases/{id_}"
COMMANDS = (
    Command(f"{_PROCEEDING}/recusal", "recusal.declared", "recusal.declare", acts.Recusal, "Declare a recusal"),
    Command(f"{_PROCEEDING}/hearing", "hearing.held", "measure.decide", acts.Hearing, "Record a hearing"),
    Command(f"{_PROCEEDING}/service", "measure.served", "measure.execute", acts.Step, "Record the service of a decision"),
    Command(f"{_PROCEEDING}/review-request", "review.requested", "statement.file", acts.ReviewRequest, "Ask for a review"),
    Command(f"{_PROCEEDING}/review", "review.decided", "review.decide", acts.ReviewDecision, "Decide a review"),
    Command(f"{_PROCEEDING}/execution", "measure.executed", "measure.execute", acts.Step, "Record the execution"),
    Command(f"{_PROCEEDING}/restoration", "restoration.completed", "measure.execute", acts.Step, "Record a restoration"),
    Command(f"{_PROCEEDING}/closing", "proceeding.closed", "measure.execute", acts.Step, "Close the file"),
    Command(f"{_CASE}/findings", "finding.reported", "finding.decide", acts.Report, "Report a finding", orders.about_case),
    Command(f"{_CASE}/inquiry", "inquiry.opened", "inquiry.open", acts.Inquiry, "Ask the unit", orders.about_case),
    Command(f"{_CASE}/inquiry-answer", "inquiry.answered", "inquiry.answer", acts.Answer, "Answer an inquiry", orders.answering),
    Command(f"{_CASE}/supervision", "supervision.proposed", "inquiry.open", acts.Proposal, "Propose a remedy", orders.about_case),
    Command(
        f"{_CASE}/supervision-answer", "supervision.answered", "inquiry.answer", acts.Answer, "Answer a proposal", orders.answering
    ),
    Command(f"{_CASE}/referral", "case.referred", "case.refer", acts.Referral, "Refer a matter", orders.about_case),
    Command(
        f"{_CASE}/referral-answer", "referral.answered", "case.refer", acts.ReferralAnswer, "Record what the body says", orders.about_case
    ),
)  # fmt: skip


def _add(command: Command) -> None:
    def act(id_: Id, said: Any, parts: Parts, db: Database, sender: Reader, key: Key = None) -> Response:
        order = command.about(db, id_, command.fact, command.action, said)
        return submit(parts, db, order, (sender.source, key))

    act.__annotations__["said"] = command.body
    act.__name__ = command.fact.replace(".", "_")
    router.post(command.path, summary=command.summary, response_model=None)(act)


for _command in COMMANDS:
    _add(_command)
