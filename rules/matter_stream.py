"""The same matter accepted at two places under two numbers (两头受理): a stream for each project and item, which hears of acceptances that name them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from rules.between import MatterAccepted, PatternFound
from rules.case import Case
from rules.detection import DoubleAcceptance
from rules.facts import Fact, order
from rules.stream import FactResult, Health, Outreach, Step, Stream
from rules.world import World


def acceptances(case: Case, new: Sequence[Fact], at: datetime) -> list[Outreach]:
    """What a case tells of an acceptance that names its project. Cases without a project tell nothing."""
    item = case.item
    if item is None:
        return []
    return [
        Outreach(f"matter:{item.code}:{fact.data.project}", _accepted(case, fact, at))
        for fact in new
        if fact.type == "application.accepted" and fact.data.project
    ]


def _accepted(case: Case, fact: Fact, at: datetime) -> Fact:
    data = MatterAccepted(fact=fact.id, place=f"{fact.source}/{fact.data.window or ''}", unit=case.unit)
    return Fact(
        id=f"matter.accepted:{case.id}/{fact.id}", type="matter.accepted", case=case.id, source="engine",
        occurred_at=fact.occurred_at, recorded_at=at, reported_at=fact.reported_at, data=data,
    )  # fmt: skip


def advance_matter(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    """Keeps the acceptances that may still meet another one; the ledger has them all."""
    del health
    known = sorted((*stream.facts, *new), key=order)
    rule = _rule(known[-1], at, world)
    kept = tuple(fact for fact in known if known[-1].occurred_at - fact.occurred_at <= rule.within)
    return Step(
        stream=msgspec.structs.replace(stream, facts=kept, version=stream.version + len(new)),
        entries=(),
        changed=(),
        results=tuple(FactResult(fact.id) for fact in new),
        outreach=tuple(_met(known, {fact.id for fact in new}, rule, at)),
        next_at=None,
        ended=True,
    )


def _rule(fact: Fact, at: datetime, world: World) -> DoubleAcceptance:
    on = world.calendar(at).local_date(at)
    return world.accountability_of(fact.data.unit, on).detectors.double_acceptance


def _met(known: Sequence[Fact], fresh: set[str], rule: DoubleAcceptance, at: datetime) -> Iterator[Outreach]:
    """To the later case of each two that were accepted at different places within the time, one of them only now."""
    for place, later in enumerate(known):
        earlier = next((f for f in known[:place] if _same_matter(f, later, rule) and fresh & {f.id, later.id}), None)
        if earlier is not None:
            yield _told(earlier, later, at)


def _same_matter(earlier: Fact, later: Fact, rule: DoubleAcceptance) -> bool:
    near = later.occurred_at - earlier.occurred_at <= rule.within
    return near and earlier.case != later.case and earlier.data.place != later.data.place


def _told(earlier: Fact, later: Fact, at: datetime) -> Outreach:
    data = PatternFound(
        finding="double_acceptance",
        evidence=(later.data.fact, earlier.data.fact),
        cases=(later.case, earlier.case),
        indication=True,
    )
    fact = Fact(
        id=f"pattern.found:double_acceptance:{later.case}/{later.data.fact}", type="pattern.found", case=later.case, source="engine",
        occurred_at=later.occurred_at, recorded_at=at, reported_at=at, data=data,
    )  # fmt: skip
    return Outreach(f"case:{later.case}", fact)
