"""`POST /api/v1/limits`: the calculator, for one question, a list, or JSON Lines."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from engine.api.body import read_body
from engine.api.problems import MEDIA_TYPE, ProblemError
from engine.api.state import reader
from rules.calculator import NotJsonError, answer

router = APIRouter(prefix="/api/v1", tags=["limits"], dependencies=[Depends(reader)])
_LINES = "application/x-ndjson"
_questions = msgspec.json.Decoder(list[msgspec.Raw])


_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {}}, _LINES: {"schema": {"type": "string"}}},
    }
}
_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status, text in ((413, "Larger than 5 MB"), (415, "Neither JSON nor JSON Lines"))
}


@router.post(
    "/limits",
    summary="When does a limit end?",
    response_model=None,
    openapi_extra=_BODY,
    responses={200: {"description": "The answers, in the form of the question", "content": {_LINES: {}}}, **_REFUSED},
)
async def limits(request: Request) -> Response:
    """One question as an object, several as an array (`application/json`) or as lines (`application/x-ndjson`).

    Answers come in the same form and order; a bad question has an `error` in its place and does not stop the others.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in {"application/json", _LINES}:
        raise ProblemError(415, "unsupported_media_type", f"send application/json or {_LINES}")
    body = await read_body(request)
    try:
        found = await asyncio.to_thread(_lines if media == _LINES else _json, body)
    except (NotJsonError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ProblemError(422, "not_json", f"the question is no JSON: {error}") from error
    return Response(found, media_type=media)


def _lines(body: bytes) -> bytes:
    return b"".join(msgspec.json.encode(answer(line)) + b"\n" for line in body.splitlines() if line.strip())


def _json(body: bytes) -> bytes:
    if body.lstrip().startswith(b"["):
        return msgspec.json.encode([answer(bytes(question)) for question in _questions.decode(body)])
    return msgspec.json.encode(answer(body))
