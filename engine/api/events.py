"""`POST /api/v1/events`: the way in for facts, one or many, from systems that hold a key."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import msgspec
import psycopg
import structlog
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response

from engine.api import answers, cloudevents, problems
from engine.api.answers import Refused, Taken
from engine.api.body import read_body
from engine.api.cloudevents import BATCH, STRUCTURED, MalformedError
from engine.api.gathering import Gathering
from engine.api.health import Meters
from engine.api.keys import Sender
from engine.api.problems import Problem, ProblemError
from engine.api.senders import Senders
from engine.intake.envelope import Answer, Envelope

_log = structlog.get_logger(__name__)
DATABASE_DOWN = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)


class Door:
    """Takes messages from HTTP to the one door and its answers back."""

    def __init__(self, group: Gathering, senders: Senders, meters: Meters) -> None:
        self._group = group
        self._senders = senders
        self._meters = meters

    async def post(self, request: Request) -> Response:
        """One message or a batch. Every refusal is counted and logged, those of a known message are kept by intake."""
        try:
            return await self._take(request)
        except ProblemError as error:
            self._count(error.problem.code)
            return problems.respond(error.problem, error.headers)
        except DATABASE_DOWN:
            self._count("database_unavailable")
            return problems.respond(problems.unavailable(), {"Retry-After": "5"})

    async def _take(self, request: Request) -> Response:
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_binary = media == "application/json" and "ce-specversion" in request.headers
        if media not in (STRUCTURED, BATCH) and not is_binary:
            raise ProblemError(
                415, "unsupported_media_type", f"content type {media or '(none)'} is no CloudEvents message"
            )
        sender = await self._senders.by_key(request)
        body = await read_body(request)
        if sender is None:
            sender = await self._senders.by_signature(request, body)
        self._senders.keep_pace(sender)
        try:
            if media == BATCH:
                return await self._batch(sender, body)
            found = cloudevents.binary(request.headers, body) if is_binary else cloudevents.structured(body)
        except MalformedError as error:
            return answers.response(self._malformed(sender, error))
        return await self._single(sender, found)

    async def _single(self, sender: Sender, envelope: Envelope) -> Response:
        await self._senders.check_source(sender, envelope.source)
        answer = await asyncio.wrap_future(self._group.submit(envelope))
        self._count(answer.outcome, answer.code)
        return answers.response(answers.of(envelope, answer))

    async def _batch(self, sender: Sender, body: bytes) -> Response:
        opened = [await self._opened(sender, raw) for raw in cloudevents.batch(body)]
        envelopes = [one for one in opened if isinstance(one, Envelope)]
        decided = iter(await asyncio.to_thread(self._group.decide, envelopes) if envelopes else [])
        results = [self._decided(one, next(decided)) if isinstance(one, Envelope) else one for one in opened]
        return Response(msgspec.json.encode(results), HTTPStatus.OK, media_type="application/json")

    async def _opened(self, sender: Sender, raw: bytes) -> Envelope | Refused:
        try:
            envelope = cloudevents.structured(raw)
            await self._senders.check_source(sender, envelope.source)
        except MalformedError as error:
            return answers.refused(self._malformed(sender, error), cloudevents.id_of(raw))
        except ProblemError as error:
            self._count(error.problem.code)
            return answers.refused(error.problem, cloudevents.id_of(raw))
        return envelope

    def _decided(self, envelope: Envelope, answer: Answer) -> Taken | Refused:
        self._count(answer.outcome, answer.code)
        found = answers.of(envelope, answer)
        return answers.refused(found, envelope.message_id) if isinstance(found, Problem) else found

    def _malformed(self, sender: Sender, error: MalformedError) -> Problem:
        self._count("malformed", error.code)
        _log.info("message_refused", source=sender.source, code=error.code, field=error.field)
        return answers.of_malformed(error)

    def _count(self, outcome: str, code: str | None = None) -> None:
        self._meters.event(outcome, code or "").inc()
