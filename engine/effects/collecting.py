"""From the outbox to messages: many notices for one person become one, in the inbox at once and on the channels they chose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.channels.book import book
from engine.channels.preferences import EMAIL
from engine.clock import Clock
from engine.effects import outbox
from engine.effects.addresses import APPLICANT, Account, accounts, applicant_address
from engine.effects.convoy import size
from engine.effects.messages import Writing, gravest
from engine.effects.outbox import Told
from engine.effects.routes import Route, personal, shared
from engine.effects.undelivered import tell_of_no_channel, unheard
from engine.effects.wording import Reader, Wording
from engine.storage.connect import Connection, Pool
from engine.storage.world import load_world
from notifications.channels.forms import ChannelForm
from notifications.digest import Digest, Pending, halves, merge
from notifications.fields import Locale

BATCH = 1000


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
            unreached = self._send(connection, [told for told in waiting if not told.backfilled], now)
            outbox.collected(connection, [told.id for told in waiting if told.backfilled], now)
        if unreached:
            with self._pool.connection() as connection:
                tell_of_no_channel(connection, unreached, self._clock)
        return len(waiting)

    def _send(self, connection: Connection, waiting: Sequence[Told], now: datetime) -> list[Told]:
        """Returns the alerts that reach nobody."""
        if not waiting:
            return []
        known = accounts(connection, sorted({told.addressee for told in waiting}))
        world = load_world(connection)
        writing = Writing(connection, Wording(world, now), now)
        pending = {told.id: one for told in waiting if (one := self._pending(writing, told, known))}
        by_id = {told.id: told for told in waiting}
        for digest in merge(pending.values()):
            self._write(writing, digest, known.get(digest.addressee), [by_id[id_] for id_ in digest.ids])
        for form, digest in shared(waiting, pending, book(connection), world):
            self._share(writing, form, digest, [by_id[id_] for id_ in digest.ids])
        outbox.collected(connection, [id_ for id_ in pending if id_ not in writing.problems], now)
        outbox.troubled(connection, writing.problems)
        return unheard(connection, waiting, world)

    def _pending(self, writing: Writing, told: Told, known: dict[str, Account]) -> Pending | None:
        account = known.get(told.addressee)
        reader = Reader(account.locale if account else self._locale, self._site)
        return writing.pending(told, reader)

    def _write(self, writing: Writing, digest: Digest, account: Account | None, told: Sequence[Told]) -> None:
        message = writing.rendered(digest, account.locale if account else self._locale)
        if message is None:
            return
        if digest.addressee != APPLICANT:
            writing.inbox(digest, message, told)
        for route in self._routes(writing, digest, account, told):
            writing.on_its_way(route, digest, message, told)

    def _routes(
        self, writing: Writing, digest: Digest, account: Account | None, told: Sequence[Told]
    ) -> tuple[Route, ...]:
        if digest.addressee == APPLICANT:
            known = self._mail and applicant_address(writing.connection, told[0].case)
            return (Route(EMAIL),) if known else ()
        if account is None:
            return ()
        forms = [form for form in book(writing.connection).values() if form.personal]
        found = personal(account, digest, gravest(told), forms, writing.now, writing.calendar)
        return tuple(route for route in found if self._mail or route.channel != EMAIL)

    def _share(self, writing: Writing, form: ChannelForm, digest: Digest, told: Sequence[Told]) -> None:
        """A group has no inbox to read on in: what does not fit into one message is more than one."""
        message = writing.rendered(digest, self._locale)
        if message is None:
            return
        if form.together and len(told) > 1 and size(message) > form.room:
            for half in halves(digest):
                self._share(writing, form, half, [one for one in told if one.id in half.ids])
            return
        writing.on_its_way(Route(form.id), digest, message, told)
