"""A lean HTTP/1.1 client: requests written out beforehand, kept-alive connections, answers cut by their length. It must not eat the cores."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from typing import cast

import msgspec
import uvloop

SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_GOOD = range(200, 300)


class BenchError(Exception):
    """A part could not be measured."""


class Sent(msgspec.Struct):
    """All requests answered: the time from the first byte to the last answer, how long each took, and the answers' bodies."""

    seconds: float
    latencies: list[float]
    bodies: list[bytes]

    def milliseconds(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


class _Line(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's own type does not say so

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        found = _LENGTH.search(self._buffer, 0, end) if end >= 0 else None
        if found is None or len(self._buffer) < (whole := end + 4 + int(found[1])):
            return
        answer = int(self._buffer[9:12]), self._buffer[end + 4 : whole]
        self._buffer = b""
        if self._answer is not None:
            self._answer.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(BenchError(f"the server closed a connection: {error}"))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def request(body: bytes, media: str, key: str) -> bytes:
    head = (
        f"POST /api/v1/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def send(
    port: int,
    bodies: Sequence[bytes],
    media: str,
    keys: Sequence[str],
    connections: int,
    done: Callable[[], None] = lambda: None,
) -> Sent:
    """Every body once, over so many connections. Raises BenchError for an answer that is no success."""
    requests = [request(body, media, keys[index % len(keys)]) for index, body in enumerate(bodies)]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_send(port, requests, connections, done))


async def _send(port: int, requests: Sequence[bytes], connections: int, done: Callable[[], None]) -> Sent:
    loop = asyncio.get_running_loop()
    lines = [(await loop.create_connection(_Line, "127.0.0.1", port))[1] for _ in range(connections)]
    found = Sent(0.0, [], [b""] * len(requests))
    left = iter(enumerate(requests))

    async def work(line: _Line) -> None:
        for place, text in left:
            began = time.perf_counter()
            status, body = await line.ask(text)
            found.latencies.append(time.perf_counter() - began)
            if status not in _GOOD:
                raise BenchError(f"{status}: {body[:500].decode(errors='replace')}")
            found.bodies[place] = body
            done()

    began = time.perf_counter()
    await asyncio.gather(*map(work, lines))
    found.seconds = time.perf_counter() - began
    for line in lines:
        line.close()
    return found


def check_batch(sent: Sent, expected: int) -> None:
    """Every item of every batch was recorded."""
    items = [item for body in sent.bodies for item in msgspec.json.decode(body)]
    bad = next((item for item in items if item.get("outcome") != "recorded"), None)
    if bad is not None or len(items) != expected:
        raise BenchError(f"{len(items)} of {expected} answered; not recorded: {bad}")
