"""What a case tells the dockets of those concerned: a breach was confirmed, no longer counts, or the matter was referred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

from rules.facts import Fact
from rules.stream import Outreach, Record
from rules.supervision import BreachConfirmed, BreachNamed
from rules.words import those_of
from rules.world import World


def outreach(
    case: str, item: str | None, facts: Sequence[Fact], before: Mapping[str, Record], records: Mapping[str, Record],
    changed: Iterable[str], at: datetime, *, world: World, imported: bool = False,
) -> list[Outreach]:  # fmt: skip
    """Every docket concerned is told once; one that is concerned no longer hears that as well.

    `imported`: what was broken before the case came by import is history and opens nothing (accountability.md 2).
    """
    cut_over = facts[0].recorded_at if imported and facts else None
    found: list[Outreach] = []
    for key in changed:
        record = records[key]
        if record.kind != "breach" or (cut_over and record.legal_at and record.legal_at <= cut_over):
            continue
        was, now = _dockets(before.get(key)), _dockets(record)
        found += [_confirmed(case, item, record, docket, role, at, world) for docket, role in now.items()]
        found += [_withdrawn(case, record, docket, at) for docket in was if docket not in now]
    return found + _referrals(case, facts, before, records, at)


Role = Literal["holder", "leader", "unit"]


def _dockets(record: Record | None) -> dict[str, Role]:
    """Whom a confirmed, standing breach is brought before: those it is proposed against, leaders a person added, the unit always."""
    if record is None or record.status != "standing" or not record.data.get("confirmed_at"):
        return {}
    found: dict[str, Role] = {f"unit:{record.data['unit']}": "unit"}
    found |= dict.fromkeys(record.data.get("leaders", ()), "leader")
    return found | dict.fromkeys(record.data["proposed_against"], "holder")


def _confirmed(
    case: str, item: str | None, record: Record, docket: str, role: Role, at: datetime, world: World
) -> Outreach:
    data = record.data
    happened = datetime.fromisoformat(data["confirmed_at"])
    post = world.post_of(docket, happened.date()) if role == "leader" else None
    payload = BreachConfirmed(
        breach=f"{case}/{record.key}", finding=data["kind"], unit=data["unit"], legal_at=data["at"], grade=data.get("grade"),
        item=item, by=data.get("confirmed_by"), role=role, ratings=data.get("ratings") or {},
        facts=tuple(dict.fromkeys([*data["mitigating"], *data.get("said_facts", ())])), late=data.get("late", 0),
        limit=data.get("limit", 0), concerned=those_of(record), post=post.post if post else None,
    )  # fmt: skip
    return _message(case, f"{case}/{record.key}", "breach.confirmed", docket, happened.astimezone(UTC), at, payload)


def _withdrawn(case: str, record: Record, docket: str, at: datetime) -> Outreach:
    name = f"{case}/{record.key}"
    return _message(case, name, "breach.withdrawn", docket, at, at, BreachNamed(breach=name))


def _message(
    case: str, name: str, type_: str, docket: str, happened: datetime, at: datetime, payload: object
) -> Outreach:
    fact = Fact(
        id=f"{type_}:{name}:{docket}:{at.isoformat()}", type=type_, case=case, source="engine", occurred_at=happened, recorded_at=at,
        reported_at=at, data=payload,
    )  # fmt: skip
    return Outreach(f"docket:{docket}", fact)


def _referrals(
    case: str, facts: Sequence[Fact], before: Mapping[str, Record], records: Mapping[str, Record], at: datetime
) -> list[Outreach]:
    """A referral freezes the proceedings that are open, and those that are opened later."""
    referrals = [fact for fact in facts if fact.type in REFERRAL]
    if not referrals:
        return []
    found: list[Outreach] = []
    old = {d for r in before.values() if r.kind == "breach" for d, role in _dockets(r).items() if role != "unit"}
    new = {d for r in records.values() if r.kind == "breach" for d, role in _dockets(r).items() if role != "unit"}
    for fact in referrals:
        people = old | new if fact.recorded_at == at else new - old
        concerned = sorted(p for p in people if fact.data.person in {None, p})
        told = msgspec.structs.replace(fact, source="engine", recorded_at=at, reported_at=at)
        found += [
            Outreach(f"docket:{p}", msgspec.structs.replace(told, id=f"{fact.type}:{case}/{fact.id}:{p}"))
            for p in concerned
        ]
    return found


REFERRAL = frozenset({"case.referred", "referral.answered"})
