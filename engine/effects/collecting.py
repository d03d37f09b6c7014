"""From the outbox to messages: many notices for one person become one, in the inbox at once and by mail where there is an address."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog

from engine.clock import Clock
from engine.effects import outbox
from engine.effects.addresses import APPLICANT, Account, accounts, applicant_address
from engine.effects.outbox import Told
from engine.effects.wording import Reader, Wording
from engine.effects.wording_lookups import lookups
from engine.storage.connect import Connection, Pool
from engine.storage.rows import insert_new
from engine.storage.world import load_world
from notifications.digest import Digest, Pending, merge, render_digest
from notifications.errors import NoticeError
from notifications.fields import Locale
from notifications.render import Message

BATCH = 1000
_GRAVE = ("escalated", "red", "yellow", "warning", "none")

_log = structlog.get_logger(__name__)


class Collector:
    """`locale` is that of applicants and of persons without an account, `site` the address of the pages, `mail` whether any is sent."""

    def __init__(self, pool: Pool, clock: Clock, locale: Locale, *, site: str = "", mail: bool = True) -> None:
        self._pool = pool
        self._clock = clock
        self._locale = locale
        self._site = site
        self._mail = mail

    def collect(self) -> int:
        """One batch, one transaction. Returns how many notices were taken up; back-filled cases send nothing to anybody."""
        with self._pool.connection() as connection:
            waiting = outbox.waiting(connection, BATCH)
            now = self._clock.now()
            self._send(connection, [told for told in waiting if not told.backfilled], now)
            outbox.collected(connection, [told.id for told in waiting if told.backfilled], now)
        return len(waiting)

    def _send(self, connection: Connection, waiting: Sequence[Told], now: datetime) -> None:
        if not waiting:
            return
        known = accounts(connection, sorted({told.addressee for told in waiting}))
        writing = _Writing(connection, Wording(load_world(connection), now), now)
        pending = {told.id: one for told in waiting if (one := self._pending(writing, told, known))}
        by_id = {told.id: told for told in waiting}
        for digest in merge(pending.values()):
            self._write(writing, digest, known.get(digest.addressee), [by_id[id_] for id_ in digest.ids])
        outbox.collected(connection, [id_ for id_ in pending if id_ not in writing.problems], now)
        outbox.troubled(connection, writing.problems)

    def _pending(self, writing: _Writing, told: Told, known: dict[str, Account]) -> Pending | None:
        account = known.get(told.addressee)
        reader = Reader(account.locale if account else self._locale, self._site)
        return writing.pending(told, reader)

    def _write(self, writing: _Writing, digest: Digest, account: Account | None, told: Sequence[Told]) -> None:
        message = writing.rendered(digest, account.locale if account else self._locale)
        if message is None:
            return
        if digest.addressee == APPLICANT:
            address = applicant_address(writing.connection, told[0].case) if self._mail else None
        else:
            writing.inbox(digest, message, told)
            address = account.email if account and self._mail else None
        if address is not None:
            writing.mail(digest, message, told)


class _Writing:
    """What one collection writes; a notice without words becomes a problem and keeps nobody else waiting."""

    def __init__(self, connection: Connection, wording: Wording, now: datetime) -> None:
        self.connection = connection
        self.problems: dict[str, str] = {}
        self._wording = wording
        self._now = now

    def pending(self, told: Told, reader: Reader) -> Pending | None:
        try:
            more = lookups(self.connection, told, load_world(self.connection), reader.locale)
            one = self._wording.pending(told, reader, more)
            alone = Digest(addressee=one.addressee, pending=(one,))
            render_digest(alone, reader.locale, self._wording.zone)
        except (NoticeError, KeyError) as error:
            self._trouble([told.id], error)
            return None
        return one

    def rendered(self, digest: Digest, locale: Locale) -> Message | None:
        try:
            return render_digest(digest, locale, self._wording.zone)
        except NoticeError as error:
            self._trouble(digest.ids, error)
            return None

    def inbox(self, digest: Digest, message: Message, told: Sequence[Told]) -> None:
        """The inbox in the console is a channel that cannot fail: the message is there when this transaction is."""
        id_ = _id("inapp", digest)
        row = {
            "id": id_,
            "person": digest.addressee,
            "subject": message.subject,
            "body": message.text,
            "kind": message.kind,
        }
        row |= {
            "level": _gravest(told),
            "case_id": _one_case(told),
            "delivery_id": id_,
            "created_at": self._now,
            "read_at": None,
        }
        insert_new(self.connection, "message", [row])
        attempt = {"at": self._now.isoformat(), "result": "ok", "answer": "inbox"}
        self._delivery(
            "inapp", digest, message, told, {"status": "delivered", "attempts": [attempt], "delivered_at": self._now}
        )

    def mail(self, digest: Digest, message: Message, told: Sequence[Told]) -> None:
        self._delivery("email", digest, message, told, {"status": "due", "attempts": [], "delivered_at": None})

    def _delivery(
        self, channel: str, digest: Digest, message: Message, told: Sequence[Told], state: dict[str, Any]
    ) -> None:
        row = {
            "id": _id(channel, digest),
            "channel": channel,
            "recipient": digest.addressee,
            "kind": message.kind,
            "locale": message.locale,
        }
        row |= {
            "notices": list(digest.ids),
            "case_id": _one_case(told),
            "payload": msgspec.to_builtins(message),
            "created_at": self._now,
        }
        insert_new(self.connection, "delivery", [{**row, **state}])

    def _trouble(self, ids: Iterable[str], error: Exception) -> None:
        for id_ in ids:
            self.problems[id_] = str(error)
            _log.error("notice_without_words", notice=id_, error=str(error))


def _id(channel: str, digest: Digest) -> str:
    """The same notices on the same channel are the same message, whoever collects them."""
    return hashlib.sha256("\n".join([channel, *digest.ids]).encode()).hexdigest()[:24]


def _one_case(told: Sequence[Told]) -> str | None:
    cases = {one.case for one in told}
    return cases.pop() or None if len(cases) == 1 else None


def _gravest(told: Sequence[Told]) -> str:
    return min((one.level or "none" for one in told), key=_GRAVE.index)
