"""Messages as they are stored: in the inbox of the console, and as deliveries that workflows carry out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog

from engine.channels.preferences import PreferenceLevel
from engine.effects.outbox import Told
from engine.effects.routes import Route
from engine.effects.wording import Reader, Wording
from engine.effects.wording_lookups import lookups
from engine.storage.connect import Connection
from engine.storage.rows import insert_new
from engine.storage.world import load_world
from notifications.digest import Digest, Pending, render_digest
from notifications.errors import NoticeError
from notifications.fields import Locale
from notifications.render import Message

Row = dict[str, Any]
_GRAVE: tuple[PreferenceLevel, ...] = ("escalated", "red", "yellow", "warning", "none")

_log = structlog.get_logger(__name__)


class Writing:
    """What one collection writes; a notice without words becomes a problem and keeps nobody else waiting."""

    def __init__(self, connection: Connection, wording: Wording, now: datetime) -> None:
        self.connection = connection
        self.problems: dict[str, str] = {}
        self.now = now
        self.calendar = wording.calendar
        self.zone = wording.calendar.zone
        self._wording = wording

    def pending(self, told: Told, reader: Reader) -> Pending | None:
        try:
            more = lookups(self.connection, told, load_world(self.connection), reader.locale)
            one = self._wording.pending(told, reader, more)
            alone = Digest(addressee=one.addressee, pending=(one,))
            render_digest(alone, reader.locale, self.zone)
        except (NoticeError, KeyError) as error:
            self._trouble([told.id], error)
            return None
        return one

    def rendered(self, digest: Digest, locale: Locale) -> Message | None:
        try:
            return render_digest(digest, locale, self.zone)
        except NoticeError as error:
            self._trouble(digest.ids, error)
            return None

    def inbox(self, digest: Digest, message: Message, told: Sequence[Told]) -> None:
        """The inbox in the console is a channel that cannot fail: the message is there when this transaction is."""
        id_ = _id("inapp", digest)
        row: Row = {
            "id": id_,
            "person": digest.addressee,
            "subject": message.subject,
            "body": message.text,
            "kind": message.kind,
            "level": gravest(told),
            "case_id": _one_case(told),
            "delivery_id": id_,
            "created_at": self.now,
        }
        insert_new(self.connection, "message", [row])
        attempts = [{"at": self.now.isoformat(), "result": "ok", "answer": "inbox"}]
        self._delivery("inapp", digest, message, told, status="delivered", attempts=attempts, delivered_at=self.now)

    def on_its_way(self, route: Route, digest: Digest, message: Message, told: Sequence[Told]) -> None:
        self._delivery(
            route.channel, digest, message, told, status="due", attempts=[], not_before=route.not_before,
            level=gravest(told),
        )  # fmt: skip

    def _delivery(self, channel: str, digest: Digest, message: Message, told: Sequence[Told], **state: Any) -> None:
        row: Row = {
            "id": _id(channel, digest),
            "channel": channel,
            "recipient": digest.addressee,
            "kind": message.kind,
            "locale": message.locale,
            "notices": list(digest.ids),
            "case_id": _one_case(told),
            "payload": msgspec.to_builtins(message),
            "created_at": self.now,
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


def gravest(told: Sequence[Told]) -> PreferenceLevel:
    levels = {one.level or "none" for one in told}
    return next(level for level in _GRAVE if level in levels)
