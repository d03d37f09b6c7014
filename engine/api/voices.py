"""Complaints and ratings: what citizens said, who has to act by when, and what is said to it."""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from engine.api import acts, answers, orders, registers
from engine.api.commands import Id, Key
from engine.api.complaining import Complaint, Report, filed, receipt
from engine.api.paging import page
from engine.api.parameters import Cursor, Name, Size
from engine.api.problems import Problem
from engine.api.replies import reply
from engine.api.state import Database, Parts, Reader, State, reader
from engine.rights import Action
from engine.storage.connect import Connection

_READ: list[str | Enum] = ["supervision"]
_SAID: list[str | Enum] = ["decisions"]
router = APIRouter(prefix="/api/v1", dependencies=[Depends(reader)])


@router.get("/complaints", summary="Complaints, newest first", tags=_READ, response_model=None)
def complaints(
    request: Request, database: Database, *,
    phase: Literal["filed", "accepted", "declined", "review", "settled", "withdrawn"] | None = None,
    unit: Name = None, owner: Name = None, about: Name = None, case: Name = None,
    result: Literal["upheld", "partly_upheld", "unfounded"] | None = None, cursor: Cursor = None, size: Size = 100,
) -> Response:  # fmt: skip
    wanted = {"phase": phase, "unit": unit, "owner": owner, "about": about, "case": case, "result": result}
    return reply(request, page(database, registers.VOICES, {"what": "complaint", **wanted}, cursor, size))


@router.get("/ratings", summary="Ratings, newest first", tags=_READ, response_model=None)
def ratings(
    request: Request, database: Database, *, phase: Literal["rectification", "appealed", "settled", "withdrawn"] | None = None,
    unit: Name = None, owner: Name = None, about: Name = None, case: Name = None, cursor: Cursor = None, size: Size = 100,
) -> Response:  # fmt: skip
    wanted = {"phase": phase, "unit": unit, "owner": owner, "about": about, "case": case}
    return reply(request, page(database, registers.VOICES, {"what": "rating", **wanted}, cursor, size))


class Said:
    """Records what somebody says to a complaint or a rating, through the one door."""

    def __init__(self, parts: Parts, database: Database, sender: Reader, key: Key = None) -> None:
        self._parts, self._database, self._sent = parts, database, (sender.source, key)

    def __call__(self, id_: str, type_: str, act: acts.Act, action: Action = "voice.handle") -> Response:
        order = orders.about_voice(self._database, id_, type_, action, act)
        return _submit(self._parts, self._database, order, *self._sent)


def _submit(parts: State, database: Connection, order: orders.Order, source: str, key: str | None) -> Response:
    message = orders.envelope(database, order, source, parts.clock.now(), key)
    return answers.response(answers.of(message, parts.group.submit(message).result()))


Saying: Any = Depends(Said)


@router.post(
    "/complaints", summary="File a complaint that names no case", tags=_SAID, response_model=None, status_code=201
)
def file(said: Complaint, parts: Parts, database: Database, sender: Reader, key: Key = None) -> Response:
    """One that names a case is a `complaint.filed` of that case. The answer holds the code that whoever complained follows it with."""
    return _filed(said, parts, database, sender.source, key)


@router.post(
    "/rewarded-reports", summary="File a rewarded report (奖励举报)", tags=_SAID, response_model=None, status_code=201
)
def report(said: Report, parts: Parts, database: Database, sender: Reader, key: Key = None) -> Response:
    """Who reports is kept encrypted and in no list; the code in the answer is all it takes to follow it and to be paid."""
    return _filed(said, parts, database, sender.source, key)


def _filed(said: Complaint, parts: State, database: Connection, source: str, key: str | None) -> Response:
    message = filed(database, said, source, parts.clock.now(), key)
    answer = answers.of(message, parts.group.submit(message).result())
    if isinstance(answer, Problem):
        return answers.response(answer)
    given = {**msgspec.structs.asdict(answer), **receipt(database, message)}
    return Response(msgspec.json.encode(given), answer.status, media_type="application/json")


@router.post("/complaints/{id_}/accept", summary="Admit a complaint", tags=_SAID, response_model=None)
def accept(id_: Id, act: acts.Remark, said: Said = Saying) -> Response:
    return said(id_, "complaint.accepted", act)


@router.post("/complaints/{id_}/decline", summary="Do not admit a complaint", tags=_SAID, response_model=None)
def decline(id_: Id, act: acts.Refusal, said: Said = Saying) -> Response:
    return said(id_, "complaint.declined", act)


@router.post("/complaints/{id_}/answer", summary="Answer a complaint", tags=_SAID, response_model=None)
def answer(id_: Id, act: acts.Reply, said: Said = Saying) -> Response:
    return said(id_, "complaint.answered", act)


@router.post("/complaints/{id_}/review", summary="Review the answer to a complaint", tags=_SAID, response_model=None)
def review(id_: Id, act: acts.Rereading, said: Said = Saying) -> Response:
    return said(id_, "complaint.reviewed", act)


@router.post("/rewarded-reports/{id_}/verification", summary="Verify a report", tags=_SAID, response_model=None)
def verify(id_: Id, act: acts.Verification, said: Said = Saying) -> Response:
    return said(id_, "report.verified", act, "report.verify")


@router.post(
    "/rewarded-reports/{id_}/reward", summary="Decide on the reward of a report", tags=_SAID, response_model=None
)
def reward(id_: Id, act: acts.Reward, said: Said = Saying) -> Response:
    return said(id_, "report.rewarded", act, "reward.decide")


@router.post("/rewarded-reports/{id_}/payment", summary="The reward was paid", tags=_SAID, response_model=None)
def payment(id_: Id, act: acts.Payment, said: Said = Saying) -> Response:
    return said(id_, "report.paid", act, "reward.decide")


@router.post("/ratings/{id_}/call-back", summary="A bad rating was called back", tags=_SAID, response_model=None)
def call_back(id_: Id, act: acts.Remark, said: Said = Saying) -> Response:
    return said(id_, "rating.called_back", act)


@router.post(
    "/ratings/{id_}/rectification", summary="What was rated badly is put right", tags=_SAID, response_model=None
)
def rectification(id_: Id, act: acts.Remark, said: Said = Saying) -> Response:
    return said(id_, "rectification.completed", act)


@router.post("/ratings/{id_}/appeal", summary="Appeal against a rating as unfounded", tags=_SAID, response_model=None)
def appeal(id_: Id, act: acts.Remark, said: Said = Saying) -> Response:
    return said(id_, "rating.appealed", act, "rating.appeal")


@router.post("/ratings/{id_}/appeal/decision", summary="Decide an appeal", tags=_SAID, response_model=None)
def decide(id_: Id, act: acts.AppealDecision, said: Said = Saying) -> Response:
    return said(id_, "rating.appeal_decided", act)
