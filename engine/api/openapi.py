"""The OpenAPI 3.1 document: FastAPI's, with the way in for events, our problems and the sender's credentials."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response

from engine.api import problems, schema_files
from engine.api.cloudevents import BATCH, STRUCTURED
from engine.api.replies import reply

_ABOUT = """Commitment tracking and accountability for public administration.

Facts come in as CloudEvents (POST /api/v1/events); cases and what was concluded about them are read under the other addresses. Send an API key as
`Authorization: Bearer KEY` or `X-API-Key: KEY`. Every refusal is `application/problem+json` with `code`, `message` and `what_to_do`. Lists give
`rows` and `next`; send `next` back as `cursor`. Answers carry an ETag."""
_EVENTS = """One message (`application/cloudevents+json`, or `application/json` with `ce-` headers) or a batch
(`application/cloudevents-batch+json`, answered item by item with status 200).

`type` is `cn.jiannuo.` and the fact type; `subject` the case number; `time` the instant at which it happened. Extension attributes: `item` (required
on a case's first fact), `occurredon` (a day, instead of `time`, where the day alone is known), `reportedat` (registration at the source), `actor`, `basis`,
`sequence`. Any other extension attribute is kept with the message. `data` holds the fact's own fields and `evidence`.

The same `id` from the same `source` is a repeat (200); with another content it is refused (409 `message_id_reused`).

```json
{"specversion":"1.0","id":"hall-000017","source":"hall","type":"cn.jiannuo.application.accepted","subject":"A-2026-0001",
 "time":"2026-02-10T09:00:00+08:00","item":"P-01","data":{"holder":"zhang","channel":"window"}}
```"""
_OUTCOMES = {
    "200": "A repeat: the first outcome with the case's present dates; or a batch, answered item by item",
    "201": "Recorded; the case's new dates",
    "202": "Parked until the case it belongs to is known",
    "401": "No valid key or signature",
    "403": "The key belongs to another source, or the source is not registered",
    "409": "Refused, with the code: a refusal of the rules, `message_id_reused`, or `unknown_item` (kept in quarantine)",
    "413": "Larger than 5 MB",
    "415": "No CloudEvents message",
    "422": "Malformed; `field` names what is wrong",
    "429": "Too many requests; Retry-After says when to come again",
    "503": "The database does not answer; nothing was stored, send again",
}
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_PROBLEM = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def document(app: FastAPI) -> dict[str, Any]:
    """The document, made once a process."""
    if app.openapi_schema is None:
        app.openapi_schema = _made(app)
    return app.openapi_schema


def reply_document(request: Request, app: FastAPI) -> Response:
    return reply(request, document(app))


def _made(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(title=app.title, version=app.version, description=_ABOUT, routes=app.routes)
    parts = found.setdefault("components", {})
    kept = parts.get("schemas", {})
    parts["schemas"] = {
        **{name: kept[name] for name in kept if name not in {"HTTPValidationError", "ValidationError"}},
        **schema_files.components(),
    }
    parts["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
    ours = {path: methods for path, methods in found["paths"].items() if path.startswith("/api/") or path in PROBES}
    paths = {"/api/v1/events": {"post": _events()}, **ours}
    for path, methods in paths.items():
        for operation in methods.values():
            _with_problems(path, operation)
    return {**found, "paths": paths}


def _events() -> dict[str, Any]:
    event = {"$ref": "#/components/schemas/CloudEvent"}
    return {
        "summary": "Take facts in",
        "description": _EVENTS,
        "operationId": "post_events",
        "tags": ["events"],
        "requestBody": {
            "required": True,
            "content": {STRUCTURED: {"schema": event}, BATCH: {"schema": {"type": "array", "items": event}}},
        },
        "responses": {status: _outcome(status, text) for status, text in _OUTCOMES.items()},
    }


def _outcome(status: str, text: str) -> dict[str, Any]:
    if status >= "400":
        return {"description": text, "content": _PROBLEM}
    taken = {"$ref": "#/components/schemas/Taken"}
    refused = {"$ref": "#/components/schemas/Refused"}
    one_by_one = {"type": "array", "items": {"anyOf": [taken, refused]}}
    schema = {"anyOf": [taken, one_by_one]} if status == "200" else taken
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _with_problems(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if not path.startswith("/api/"):
        responses["503"] = {"description": "The database does not answer", "content": _PROBLEM}
        return
    operation["security"] = [] if "public" in operation.get("tags", ()) else [{"bearer": []}, {"key": []}]
    texts = {"401": "No valid key", "404": "There is no such thing", "422": "Malformed; `field` names what is wrong"}
    texts |= {"503": "The database does not answer"}
    if "decisions" in operation.get("tags", ()):
        texts |= {status: _OUTCOMES[status] for status in ("200", "201", "202", "403", "409", "413", "415")}
    for status, text in texts.items():
        if status >= "400" or status not in responses:
            content = _PROBLEM if status >= "400" else {"application/json": {"schema": {}}}
            responses[status] = {"description": text, "content": content}
