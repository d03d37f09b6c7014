"""One HTTP request to a service outside, and what its status alone says. No redirects, no proxies, no endless answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
import msgspec

from notifications.channels.base import Delivery

MOST_BYTES = 65_536
SHOWN_CHARACTERS = 300


class Outward(msgspec.Struct, frozen=True, kw_only=True):
    """A request. `timeout` is for all of it, in seconds, also where the answer drips in byte by byte."""

    url: str
    content: bytes
    headers: Mapping[str, str]
    timeout: float
    method: str = "POST"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: at most MOST_BYTES of it."""

    status: int
    retry_after: float | None
    body: bytes

    @property
    def shown(self) -> str:
        """For the record of attempts: short and on one line."""
        words = " ".join(self.body.decode("utf-8", "replace").split())
        return f"HTTP {self.status} {words[:SHOWN_CHARACTERS]}".strip()


async def post(outward: Outward) -> Answer | Delivery:
    """The service's answer, or why there is none: a service that is down, silent or hangs up is no reason to give up on a person."""
    try:
        async with asyncio.timeout(outward.timeout):
            return await _ask(outward)
    except (TimeoutError, httpx2.TimeoutException):
        return later("timeout", f"no answer within {outward.timeout:g} s")
    except httpx2.HTTPError as failure:  # its words may hold the address, and the address a key
        return later("unreachable", type(failure).__name__)


def later(code: str, answer: str, retry_after: float | None = None) -> Delivery:
    return Delivery(result="retry_later", answer=answer, code=code, retry_after=retry_after)


def failed(code: str, answer: str) -> Delivery:
    return Delivery(result="failed", answer=answer, code=code)


def by_status(answer: Answer) -> Delivery | None:
    """What a status other than 2xx means; None for 2xx, where only the body can tell."""
    code, status = f"http_{answer.status}", answer.status
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:  # where it leads to, nobody configured
        return later(code, f"HTTP {status}: a redirect is not followed; configure the address it leads to")
    if status in {400, 410, 413, 414, 422}:  # the message, or an address that is gone
        return failed(code, answer.shown)
    return later(code, answer.shown, answer.retry_after)


async def _ask(outward: Outward) -> Answer:
    limits = httpx2.Timeout(outward.timeout)
    async with (
        httpx2.AsyncClient(follow_redirects=False, trust_env=False, timeout=limits) as client,
        client.stream(outward.method, outward.url, content=outward.content, headers=dict(outward.headers)) as response,
    ):
        return Answer(
            status=response.status_code,
            retry_after=_seconds(response.headers.get("retry-after"), datetime.now(UTC)),
            body=await _start_of(response),
        )


async def _start_of(response: httpx2.Response) -> bytes:
    found = bytearray()
    async for part in response.aiter_bytes():
        found += part
        if len(found) >= MOST_BYTES:
            break
    return bytes(found[:MOST_BYTES])


def _seconds(text: str | None, now: datetime) -> float | None:
    """Retry-After (RFC 9110 10.2.3): seconds, or a date."""
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        return max((parsedate_to_datetime(text) - now).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None
