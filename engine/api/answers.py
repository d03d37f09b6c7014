"""What the one door answered, as status and body of HTTP."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from engine.api import problems
from engine.api.cloudevents import MalformedError
from engine.api.problems import Problem
from engine.intake.envelope import Answer, Due, Envelope

# outcome → status; what is 400 and more is a problem.
STATUS: dict[str, int] = {
    "recorded": 201,
    "duplicate": 200,
    "parked": 202,
    "reused": 409,
    "unknown_item": 409,
    "refused": 409,
    "malformed": 422,
    "undecided": 202,
}
_CODES = {"reused": "message_id_reused", "unknown_item": "unknown_item"}
_CLIENT_FAULT = 400


class Taken(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message that was taken. `dates` are the case's limits now: {clock: {due_on, expires_at, provisional}}.

    Of a repeat, `first` is the outcome of the first delivery, with its `code` and `message` if it was refused.
    """

    status: int
    id: str
    outcome: str
    case: str | None
    dates: dict[str, Due]
    first: str | None = None
    code: str | None = None
    message: str | None = None


class Refused(Problem, frozen=True, omit_defaults=True, kw_only=True):
    """A refusal within a batch: a problem with the id of its message."""

    id: str | None = None


def of(envelope: Envelope, answer: Answer) -> Taken | Problem:
    """One message's answer."""
    status = STATUS[answer.outcome]
    if status < _CLIENT_FAULT:
        return Taken(
            status,
            envelope.message_id,
            answer.outcome,
            answer.case,
            answer.dates,
            answer.first,
            answer.code,
            answer.message,
        )
    code = _CODES.get(answer.outcome) or answer.code or answer.outcome
    return problems.problem(status, code, answer.message or code, field=answer.field, case=answer.case)


def of_malformed(error: MalformedError) -> Problem:
    """A message that never became a fact."""
    return problems.problem(422, error.code, str(error), field=error.field)


def response(found: Taken | Problem) -> Response:
    if isinstance(found, Problem):
        return problems.respond(found)
    return Response(msgspec.json.encode(found), found.status, media_type="application/json")


def refused(found: Problem, id_: str | None) -> Refused:
    """The problem as an item of a batch's answer, which must say which message it is about."""
    return Refused(**msgspec.structs.asdict(found), id=id_)
