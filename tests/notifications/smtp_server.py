"""An SMTP server that answers as the script says: for refusals and silences a real one shows only on bad days."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

KIND = {
    "greeting": "220 test",
    "EHLO": "250 test",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go",
    ".": "250 kept",
}
SILENT, GONE = "silent", "gone"


@asynccontextmanager
async def scripted(**answers: str) -> AsyncIterator[int]:
    """Its port. An answer is a reply line, SILENT (never replies) or GONE (hangs up)."""
    script, over, talks = KIND | answers, asyncio.Event(), set[asyncio.Task[None]]()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())
        word = "greeting"
        while True:
            answer = script.get(word, "250 ok")
            if answer == SILENT:
                await over.wait()
            if answer in {SILENT, GONE}:
                break
            writer.write(answer.encode() + b"\r\n")
            word = await _next(reader, in_data=word == "DATA" and answer.startswith("354"))
            if not word:
                break
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        over.set()
        server.close()
        await server.wait_closed()
        await asyncio.wait_for(asyncio.gather(*talks), 10)


async def _next(reader: asyncio.StreamReader, *, in_data: bool) -> str:
    if in_data:
        await reader.readuntil(b"\r\n.\r\n")
        return "."
    line = await reader.readline()
    return line.decode().split(" ")[0].strip().upper()
