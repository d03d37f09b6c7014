"""A mail server that keeps what it gets: the demo's post office. `python -m engine.embedded.mailcatcher --help`.

Messages become `.eml` files in one folder, the oldest make room for new ones, and nothing is ever passed on.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session

KEEP = 1_000
MESSAGE_BYTES = 1_000_000
_ID = re.compile(r"\d{20}")


class MailSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the mail list. `received_at` is the machine's time, `sent_at` the mail's own (the demo's clock)."""

    id: str
    received_at: datetime
    sent_at: datetime | None
    sender: str
    to: str
    subject: str
    message_id: str


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A whole mail. `html` comes from outside: show it in a sandboxed frame."""

    summary: MailSummary
    text: str
    html: str


def list_mail(folder: Path, limit: int = 100, to: str | None = None) -> tuple[MailSummary, ...]:
    """The newest first; with `to`, those for one address. A folder that is not there yet is empty."""
    found: list[MailSummary] = []
    for name in sorted(_ids(folder), reverse=True):
        if len(found) == limit:
            break
        mail = _parsed(folder, name, headers_only=True)
        if mail is not None and to in {None, str(mail["To"] or "")}:
            found.append(_summary(name, mail))
    return tuple(found)


def read_mail(folder: Path, id: str) -> Mail | None:  # noqa: A002  the word of the interface
    """One mail, or None when there is none of that id (or it has made room for newer ones)."""
    mail = _parsed(folder, id, headers_only=False) if _ID.fullmatch(id) else None
    if mail is None:
        return None
    return Mail(summary=_summary(id, mail), text=_body(mail, "plain"), html=_body(mail, "html"))


def _ids(folder: Path) -> list[str]:
    return [path.stem for path in folder.glob("*.eml") if _ID.fullmatch(path.stem)]


def _parsed(folder: Path, name: str, *, headers_only: bool) -> EmailMessage | None:
    try:
        with (folder / f"{name}.eml").open("rb") as file:
            return BytesParser(policy=policy.default).parse(file, headersonly=headers_only)
    except FileNotFoundError:  # made room meanwhile
        return None


def _summary(name: str, mail: EmailMessage) -> MailSummary:
    return MailSummary(
        id=name,
        received_at=datetime.fromtimestamp(int(name) / 1e9, UTC),
        sent_at=getattr(mail["Date"], "datetime", None),
        sender=str(mail["From"] or ""),
        to=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        message_id=str(mail["Message-ID"] or ""),
    )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return part.get_content() if isinstance(part, EmailMessage) else ""


class Box:
    """The folder, bounded to `keep` messages. Ids are nanoseconds of arrival: they sort by time."""

    def __init__(self, folder: Path, keep: int = KEEP) -> None:
        self._folder, self._keep, self._last = folder, keep, 0
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for unfinished in folder.glob("*.part"):  # cut off by a kill: never confirmed to the sender, who tries again
            unfinished.unlink()

    def keep(self, content: bytes) -> str:
        self._last = max(time.time_ns(), self._last + 1)
        name = f"{self._last:020d}"
        unfinished = self._folder / f"{name}.part"
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(content)
        unfinished.replace(self._folder / f"{name}.eml")
        for old in sorted(_ids(self._folder))[: -self._keep]:
            (self._folder / f"{old}.eml").unlink(missing_ok=True)
        return name

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802  named and called by aiosmtpd
        content = envelope.content
        return f"250 kept as {self.keep(content if isinstance(content, bytes) else b'')}"


async def serve(
    folder: Path, *, host: str = "127.0.0.1", port: int = 0, keep: int = KEEP, ready: Callable[[int], None]
) -> None:
    """Catch mail until cancelled. `ready` is told the port once it listens."""
    box, loop = Box(folder, keep), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(box, data_size_limit=MESSAGE_BYTES, enable_SMTPUTF8=True, hostname="localhost", loop=loop),
        host,
        port,
    )
    async with server:
        ready(server.sockets[0].getsockname()[1])
        await server.serve_forever()


def _announce(port: int) -> None:
    sys.stdout.write(json.dumps({"listening": port, "pid": os.getpid()}) + "\n")
    sys.stdout.flush()


async def _until_told(arguments: argparse.Namespace) -> None:
    task = asyncio.create_task(
        serve(arguments.folder, host=arguments.host, port=arguments.port, keep=arguments.keep, ready=_announce)
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="mailcatcher", description="Catch mail and keep it as .eml files.")
    parser.add_argument("--folder", type=Path, required=True, help="where the messages are kept")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free port, printed as a line of JSON")
    parser.add_argument("--keep", type=int, default=KEEP, help="how many messages at most")
    asyncio.run(_until_told(parser.parse_args(argv)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
