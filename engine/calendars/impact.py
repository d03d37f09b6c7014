"""What a calendar would move: every case derived under it by the step that follows a confirmation, and nothing written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import msgspec

from engine.calendars import candidates
from engine.calendars.candidates import Candidate
from engine.calendars.proposal import Proposal, with_calendar
from engine.intake.health import load_health
from engine.storage.connect import Connection
from engine.storage.world import load_world
from rules.calendar_review import IMPLIED
from rules.case_stream import advance_case
from rules.snapshot import decode
from rules.stream import Health, Record, Stream
from rules.world import World

Told = Callable[[int, int], None]  # done, of how many
_IN_DOUBT = frozenset({"under_review", "superseded"})


class Move(msgspec.Struct, frozen=True):
    """One clock. Dates are ISO; `change`: later | earlier | firm | provisional. `effective_at`: an end told before holds the effect until then."""

    clock: str
    change: str
    from_due_on: str
    to_due_on: str
    from_expires_at: str
    to_expires_at: str
    from_provisional: bool
    to_provisional: bool
    effective_at: str


class Effect(msgspec.Struct, frozen=True):
    """An effect of silence and its instant. `status`: what the calendar makes of it, `becomes_possible` or as it will stand."""

    kind: str
    legal_at: str
    status: str


class Affected(msgspec.Struct, frozen=True):
    """A case whose date moves, or whose effect or breach would not have been."""

    case_id: str
    item: str | None
    unit: str | None
    status: str
    moves: tuple[Move, ...] = ()
    effect: Effect | None = None
    breaches_withdrawn: tuple[str, ...] = ()

    @property
    def in_doubt(self) -> bool:
        return self.effect is not None and self.effect.status in _IN_DOUBT


class Impact(msgspec.Struct, frozen=True):
    """`looked_at`: cases derived. Those whose effect would not have happened stand apart from the others."""

    looked_at: int = 0
    moving: tuple[Affected, ...] = ()
    in_doubt: tuple[Affected, ...] = ()


def impact(connection: Connection, proposal: Proposal, now: datetime, told: Told = lambda *_: None) -> Impact:
    """The whole list, in order of the case number."""
    looked_at, found = 0, []
    for done, total, batch in progress(connection, proposal, now):
        looked_at = done
        found += batch
        told(done, total)
    return collect(looked_at, found)


def collect(looked_at: int, found: list[Affected]) -> Impact:
    moving = tuple(one for one in found if not one.in_doubt)
    return Impact(looked_at, moving, tuple(one for one in found if one.in_doubt))


def progress(connection: Connection, proposal: Proposal, now: datetime) -> Iterator[tuple[int, int, list[Affected]]]:
    """Batch by batch: cases done, of how many, and those of the batch that are affected."""
    span = candidates.window(connection, proposal.before, proposal.calendar, now)
    if span is None:
        return
    total, done = candidates.count(connection, span), 0
    world = load_world(connection)
    after, health = with_calendar(world, proposal.calendar, now), load_health(connection, now)
    for batch in candidates.batches(connection, span, now):
        done += len(batch)
        yield done, max(total, done), [one for each in batch if (one := affected(each, world, after, now, health))]


def affected(each: Candidate, world: World, after: World, now: datetime, health: Health) -> Affected | None:
    """What becomes of one case; None if nothing a person would look for."""
    at = max(now, each.moved_at)
    stream = decode(each.snapshot)
    before = advance_case(stream, (), at, world, health).stream if each.due else stream
    then = advance_case(stream, (), at, after, health).stream
    moves = tuple(_moves(before.records, then.records))
    effect = _effect(before, then, at)
    withdrawn = tuple(_withdrawn(before.records, then.records))
    if not moves and effect is None and not withdrawn:
        return None
    return Affected(each.case_id, each.item, each.unit, each.status, moves, effect, withdrawn)


def _moves(before: Mapping[str, Record], after: Mapping[str, Record]) -> Iterator[Move]:
    for key, old in before.items():
        new = after.get(key)
        if old.kind != "limit" or old.status != "set" or new is None or new.status != "set":
            continue
        change = _change(old, new)
        if change is not None:
            yield _move(old, new, change)


def _change(old: Record, new: Record) -> str | None:
    if old.data["expires_at"] != new.data["expires_at"]:
        ends = (datetime.fromisoformat(old.data["expires_at"]), datetime.fromisoformat(new.data["expires_at"]))
        return "later" if ends[1] > ends[0] else "earlier"
    if old.data["provisional"] != new.data["provisional"]:
        return "provisional" if new.data["provisional"] else "firm"
    return None


def _move(old: Record, new: Record, change: str) -> Move:
    return Move(
        clock=new.data["clock"],
        change=change,
        from_due_on=old.data["due_on"],
        to_due_on=new.data["due_on"],
        from_expires_at=old.data["expires_at"],
        to_expires_at=new.data["expires_at"],
        from_provisional=old.data["provisional"],
        to_provisional=new.data["provisional"],
        effective_at=new.data["ends_at"],
    )


def _effect(before: Stream, then: Stream, at: datetime) -> Effect | None:
    old, new = before.records.get("outcome"), then.records.get("outcome")
    if old is not None and old.data["kind"] in IMPLIED:
        changed = new is not None and new.status != old.status and new.status in _IN_DOUBT
        return Effect(old.data["kind"], old.data["at"], new.status) if changed and new is not None else None
    outcome = then.view.outcome if then.view is not None else None
    if old is None and outcome is not None and outcome.kind in IMPLIED and outcome.legal_at <= at:
        had = before.view.outcome if before.view is not None else None
        possible = had is None or had.kind != outcome.kind
        return Effect(outcome.kind, outcome.legal_at.isoformat(), "becomes_possible") if possible else None
    return None


def _withdrawn(before: Mapping[str, Record], after: Mapping[str, Record]) -> Iterator[str]:
    for key, old in before.items():
        if old.kind == "breach" and old.status == "standing" and after[key].status == "withdrawn":
            yield key.removeprefix("breach:")
