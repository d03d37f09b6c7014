"""The climb of an alert that nobody answers: one up at a time, to an address that always exists, each rung once per cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from rules.accountability import Ladder
from rules.alerts import alert, rung_key, slow, word_on
from rules.chain import ABOVE_RED, LEFT, SILENT, Rung, inspectors, next_rung, office, out_of_reach, vacant, vacated_at
from rules.charges import finding
from rules.conclusion import Conclusion
from rules.facts import Fact
from rules.moment import View
from rules.stream import Record
from rules.time_limits import due


class Ended(msgspec.Struct, frozen=True, order=True):
    """When nobody waits for an answer any longer, and why: `unanswered`, `undeliverable`, `no_channel`, `left_post`."""

    at: datetime
    why: str


def climbing(
    view: View, cause: str, card: Record, ladder: Ladder, gone: Fact | None = None, posts: tuple[str, ...] = ABOVE_RED,
    *, end: datetime | None = None, unit: str | None = None, without: frozenset[str] = frozenset(),
) -> list[Conclusion]:  # fmt: skip
    """What follows a card that nobody answers, rung by rung; nothing after it was answered, closed, or lost its ground.

    `end`: the card's own clock, where it is not the ladder's; `unit`: whose chain it climbs, where it is not the case's;
    `without`: whom it passes over, because it is about them.
    """
    found: list[Conclusion] = []
    record: Record | None = card
    told, asked, rung, charged = frozenset(card.data["to"]) | without, None, 0, False
    while record is not None:
        ended = _ended(view, record, ladder, cause, rung + 1, end if record is card else None)
        if ended is None or (gone is not None and gone.occurred_at <= ended.at):
            break
        rung, at = rung + 1, ended.at
        if not charged and ended.why != LEFT:  # who has left his post left no card unanswered
            found, charged = [*found, *_unanswered(view, cause, at, record, first=record is card)], True
        if rung == 1 and view.ahead(at):  # there is always one above; who it is will be asked then
            return [*found, alert(view, cause, "escalated", rung, at, at, (), late=False)]
        above = next_rung(view.world, unit or view.case.unit, view.day(view.at), posts, asked, told)
        known = view.records.get(rung_key(view, cause, "escalated", rung, at))
        if above is None and known is None:
            break
        skipped = vacant(view.world, unit or view.case.unit, view.day(view.at), posts, asked, above)
        step = step_up(view, cause, rung, ended, max(at, record.recorded_at), above or Rung("", ()), skipped)
        found.append(step)
        record = view.records.get(step.key)
        if record is not None:
            told, asked = told | set(record.data["to"]), record.data["asked"]
    return found


def step_up(
    view: View, cause: str, rung: int, ended: Ended, publish: datetime, above: Rung, skipped: Sequence[str] = ()
) -> Conclusion:
    data: dict[str, Any] = {"asked": above.post, "skipped": list(skipped)}
    if ended.why != SILENT:
        data["why"] = ended.why
    return alert(view, cause, "escalated", rung, ended.at, publish, above.people, late=slow(view, ended.at), **data)


def _ended(view: View, alert: Record, ladder: Ladder, cause: str, rung: int, own: datetime | None) -> Ended | None:
    """`own`: the card's own clock. What cuts the waiting short does not change a rung that was climbed before."""
    words = [w for type_ in ("alert.answered", "alert.closed") if (w := word_on(view, type_, alert)) is not None]
    clocks = [Ended(own, SILENT)] if own is not None else _clocks(view, alert, ladder, words)
    ended = min(clocks, default=None)
    early = min((c for c in cut_short(view, alert) if not any(w.occurred_at < c.at for w in words)), default=None)
    if early is None or (ended is not None and ended.at <= early.at):
        return ended
    climbed = ended is not None and rung_key(view, cause, "escalated", rung, ended.at) in view.records
    return ended if climbed else early


def cut_short(view: View, alert: Record) -> list[Ended]:
    """Nobody waits for an answer where no way led to an addressee, or when everybody who was asked has left his post."""
    found = []
    if (failed := word_on(view, "alert.undeliverable", alert)) is not None:
        found.append(Ended(failed.occurred_at, out_of_reach(failed)))
    if (left := vacated_at(view.world, view.calendar, alert.data["to"], alert.recorded_at)) is not None:
        found.append(Ended(left, LEFT))
    return found


def _clocks(view: View, alert: Record, ladder: Ladder, words: Sequence[Fact]) -> list[Ended]:
    """When the clocks of a fired alert ran or will run out without a word; none whose word came in time.

    Each rung has its own addressee, who answers for himself.
    """
    ends = []
    seen = word_on(view, "alert.acknowledged", alert)
    for within, heard in (
        (ladder.answer_within, words),
        (ladder.acknowledge_within, [*words, *([seen] if seen else [])]),
    ):
        if within is None:
            continue
        end = due(within, view.day(alert.recorded_at), view.calendar, view.profile).expires_at
        if not any(w.occurred_at < end for w in heard):
            ends.append(Ended(end, SILENT))
    return ends


def _unanswered(view: View, cause: str, at: datetime, card: Record, *, first: bool) -> list[Conclusion]:
    """Of the first card about the case it is the holder's; of any other it is theirs who were asked."""
    asked = next(iter(card.data["to"]), None)
    person = view.present_holder(at) if first and cause.startswith("limit:") else asked
    found = finding(view, "alert_unanswered", f"alert_unanswered:{cause}", at, at, person=person)
    to = () if view.ahead(at) else inspectors(view.world, view.day(at)) or office(view.world)
    return [found, alert(view, f"alert_unanswered:{cause}", "red", 0, at, at, to, late=slow(view, at))]


def closed(view: View, card: Conclusion, gone: Fact) -> Conclusion:
    """An alert closes when its cause does; what was said to it before stays on record."""
    if card.type == "finding_opened" or card.key not in view.records:
        return card
    said = {"closed_at": view.iso(gone.occurred_at), "by": gone.actor, "fact": gone.id}
    return msgspec.structs.replace(card, turn="alert_closed", turned={**card.turned, **said})
