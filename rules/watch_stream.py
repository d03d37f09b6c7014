"""What shows only across the cases of a unit: its watch, a stream that hears of late endings and tells a case what they make together.

Live and rehearsal take the same steps. The stream keeps no more endings than may still matter; the ledger has them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from rules.between import EndingReported, PatternFound
from rules.case import Case
from rules.detection import BulkBackEntry
from rules.facts import Fact
from rules.stream import FactResult, Health, Outreach, Step, Stream
from rules.world import World

OURS = frozenset({"engine", "console"})


def late(fact: Fact, world: World) -> bool:
    """Whether a fact was registered at its source later than the source's allowance."""
    gap = fact.reported_at - fact.occurred_at
    return gap.total_seconds() > 0 and gap > world.allowance(fact.source) and fact.source not in OURS


def late_endings(case: Case, new: Sequence[Fact], at: datetime, world: World) -> list[Outreach]:
    """The watch of the unit hears of a case whose end was registered too late."""
    ending = next((fact for fact in new if fact.id == case.closed_by and late(fact, world)), None)
    if ending is None:
        return []
    told = Fact(
        id=f"ending.reported:{case.id}/{ending.id}", type="ending.reported", case=case.id, source="engine",
        occurred_at=ending.reported_at, recorded_at=at, reported_at=ending.reported_at, data=EndingReported(fact=ending.id),
    )  # fmt: skip
    return [Outreach(f"watch:{case.unit}", told)]


def advance_watch(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    del health
    unit = stream.id.removeprefix("watch:")
    rule = world.accountability_of(unit, world.calendar(at).local_date(at)).detectors.bulk_back_entry
    endings = sorted((*stream.facts, *new), key=lambda f: (f.reported_at, f.case))
    runs = list(bulks(endings, rule))
    fresh = {fact.id for fact in new}
    said = [_told(run, rule, at) for run in runs if fresh & {fact.id for fact in run[: rule.entries]}]
    return Step(
        stream=msgspec.structs.replace(
            stream, facts=tuple(_mattering(endings, runs, rule)), version=stream.version + len(new)
        ),
        entries=(),
        changed=(),
        results=tuple(FactResult(fact.id) for fact in new),
        outreach=tuple(said),
        next_at=None,
        ended=True,
    )


def bulks(endings: Sequence[Fact], rule: BulkBackEntry) -> Iterator[list[Fact]]:
    """Runs of so many endings within the time; what follows within the time of a run's first belongs to it. In order of registration."""
    waiting: list[Fact] = []
    run: list[Fact] = []
    for ending in endings:
        if run and ending.reported_at - run[0].reported_at < rule.within:
            run.append(ending)
            continue
        waiting = [e for e in waiting if ending.reported_at - e.reported_at < rule.within] + [ending]
        if len(waiting) >= rule.entries:
            run, waiting = waiting, []
            yield run


def _mattering(endings: Sequence[Fact], runs: Sequence[list[Fact]], rule: BulkBackEntry) -> list[Fact]:
    """Those within the time of the newest, and the whole of a run whose time reaches into it."""
    since = endings[-1].reported_at - rule.within
    begun = [run[0].reported_at for run in runs if run[0].reported_at + rule.within > since]
    return [e for e in endings if e.reported_at > since or e.reported_at >= min(begun, default=endings[-1].reported_at)]


def _told(run: Sequence[Fact], rule: BulkBackEntry, at: datetime) -> Outreach:
    """To the case with which the number was reached."""
    reached = run[rule.entries - 1]
    data = PatternFound(
        finding="bulk_back_entry",
        evidence=tuple(ending.data.fact for ending in run),
        cases=tuple(ending.case for ending in run),
    )
    fact = Fact(
        id=f"pattern.found:bulk_back_entry:{reached.case}/{reached.data.fact}", type="pattern.found", case=reached.case,
        source="engine", occurred_at=reached.reported_at, recorded_at=at, reported_at=at, data=data,
    )  # fmt: skip
    return Outreach(f"case:{reached.case}", fact)
