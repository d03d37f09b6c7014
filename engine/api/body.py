"""Bounded reading of request bodies: what is too large is refused while it arrives, not after."""

from __future__ import annotations

from starlette.requests import Request

from engine.api.problems import ProblemError

LARGEST_BODY = 5_000_000


async def read_body(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """The body, at most `largest` bytes. 413 as soon as the announced or the received length is more."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > largest:
        raise _too_large(largest)
    parts: list[bytes] = []
    received = 0
    async for part in request.stream():
        received += len(part)
        if received > largest:
            raise _too_large(largest)
        parts.append(part)
    return b"".join(parts)


def _too_large(largest: int) -> ProblemError:
    return ProblemError(413, "body_too_large", f"the body is larger than {largest} bytes; nothing was stored")
