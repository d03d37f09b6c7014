"""Who else is told besides the inbox: the channels a person chose, and the groups and systems that serve the unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from engine.channels.book import Book, serves
from engine.channels.preferences import EMAIL, PreferenceLevel, after_quiet, ways_of
from engine.channels.ways import shared_address
from engine.effects.addresses import Account
from engine.effects.outbox import Told
from notifications.channels.forms import ChannelForm
from notifications.digest import Digest, Pending, merge
from notifications.notices import NOTICES
from rules.calendar import Calendar
from rules.hour_count import office_time
from rules.world import World


class Route(msgspec.Struct, frozen=True):
    """One channel for one person; `not_before` where it waits for working time or the end of quiet hours."""

    channel: str
    not_before: datetime | None = None


def personal(
    account: Account,
    digest: Digest,
    level: PreferenceLevel,
    forms: Sequence[ChannelForm],
    now: datetime,
    calendar: Calendar,
) -> tuple[Route, ...]:
    """A paper to a person concerned goes to every mail box there is; preferences are for alerts and reminders."""
    alone = any(not NOTICES[one.kind].merges for one in digest.pending)
    chosen = (EMAIL,) if alone else ways_of(account.preferences, level, forms)
    has = {EMAIL: account.email, **{form.id: account.phone for form in forms}}
    later = _later(account, now, calendar) if _may_wait(digest) else None
    return tuple(Route(name, later) for name in chosen if has[name])


def _later(account: Account, now: datetime, calendar: Calendar) -> datetime | None:
    """The next working time (accountability.md 4), and after the quiet hours that a person wants; None: at once."""
    opening = next(office_time(calendar, now)).opens if calendar.has_hours else now
    found = after_quiet(account.preferences.quiet, opening, calendar.zone) or opening
    return found if found > now else None


def shared(
    told: Sequence[Told], pending: dict[str, Pending], known: Book, world: World
) -> list[tuple[ChannelForm, Digest]]:
    """What groups and other systems are told: each alert once, however many persons it was addressed to."""
    found: list[tuple[ChannelForm, Digest]] = []
    for form in known.values():
        if form.personal:
            continue
        mine = [
            _to(form, pending[one.id]) for one in told if one.id in pending and _concerns(form, one, pending, world)
        ]
        found += [(form, digest) for digest in merge(mine, form.lines)]
    return found


def _concerns(form: ChannelForm, told: Told, pending: dict[str, Pending], world: World) -> bool:
    return (
        told.first
        and told.level in form.levels
        and NOTICES[pending[told.id].kind].merges
        and serves(form, told.unit, world)
    )


def _to(form: ChannelForm, pending: Pending) -> Pending:
    return msgspec.structs.replace(pending, addressee=shared_address(form.id))


def _may_wait(digest: Digest) -> bool:
    """Legal effects and red cards never wait; a message that carries one does not either."""
    return all(NOTICES[one.kind].can_wait for one in digest.pending)
