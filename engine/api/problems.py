"""Problems as RFC 9457 `application/problem+json`: what is wrong (`code`, `message`), where (`field`), what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"

# What the sender should do, by code. A code that is not here has its advice in the message.
ADVICE: dict[str, str] = {
    "malformed": "Correct the field that is named and send the message again with the same id.",
    "not_json": "Send valid JSON in UTF-8.",
    "missing_time": "Send `time` (RFC 3339 with offset), or `occurredon` (YYYY-MM-DD) where the day alone is known. It is never filled in.",
    "unknown_type": "Use one of the fact types listed in the documentation, with the prefix cn.jiannuo.",
    "unknown_source": "Have the operator register the source, or correct `source`.",
    "unauthorized": "Send a valid API key as `Authorization: Bearer KEY` or `X-API-Key: KEY`, or a Standard Webhooks signature.",
    "wrong_source": "Use the key of the source that the message names.",
    "forbidden": "Use a key whose roles allow this, or ask the operator for the role.",
    "body_too_large": "Send at most 5 MB a request; split a batch.",
    "unsupported_media_type": "Send application/cloudevents+json, application/cloudevents-batch+json, or application/json with ce- headers.",
    "too_many_requests": "Wait the seconds of Retry-After, then send again; use batches for bulk.",
    "database_unavailable": "Nothing was stored. Send the same message again later.",
    "message_id_reused": "Give the new message an id of its own; to correct an earlier fact send fact.corrected.",
    "unknown_item": "Publish the item first or correct `item`; the message is kept in quarantine and need not be sent again.",
    "unknown_case": "Check the case number.",
    "case_closed": "Reopen the case (case.reopened) if the fact is right.",
    "not_found": "Check the address.",
    "engine_error": "The message is kept; an operator has been told.",
}


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a refusal. `message` and `detail` are the same words; `detail` is RFC 9457's name."""

    type: str
    title: str
    status: int
    code: str
    message: str
    detail: str
    what_to_do: str | None = None
    field: str | None = None
    case: str | None = None


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(
        self, status: int, code: str, message: str, *, field: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.problem = problem(status, code, message, field=field)
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}


def problem(status: int, code: str, message: str, *, field: str | None = None, case: str | None = None) -> Problem:
    """A problem by its code."""
    return Problem(
        type=f"urn:jiannuo:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        message=message,
        detail=message,
        what_to_do=ADVICE.get(code),
        field=field,
        case=case,
    )


def unavailable() -> Problem:
    """PostgreSQL does not answer."""
    return problem(503, "database_unavailable", "the database does not answer; nothing was stored")


def respond(found: Problem, headers: dict[str, str] | None = None) -> Response:
    """The problem as a response."""
    extra = dict(headers or {})
    if found.status == HTTPStatus.UNAUTHORIZED:
        extra["WWW-Authenticate"] = 'Bearer realm="jiannuo"'
    return Response(msgspec.json.encode(found), found.status, extra, MEDIA_TYPE)


def schema() -> dict[str, Any]:
    """JSON Schema of a problem, for the OpenAPI document."""
    (_,), components = msgspec.json.schema_components([Problem])
    found: dict[str, Any] = components["Problem"]
    return found
