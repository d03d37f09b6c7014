"""JSON replies with an ETag: who has the present state is told so in 304 and nothing more."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response


def reply(request: Request, value: Any, tag: str | None = None) -> Response:
    """The value as JSON; `tag` names its state where that is cheaper to know than to compute."""
    body = msgspec.json.encode(value)
    etag = f'"{tag or hashlib.sha256(body).hexdigest()[:32]}"'
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if etag in known:
        return Response(status_code=304, headers={"ETag": etag})
    return Response(body, headers={"ETag": etag}, media_type="application/json")
