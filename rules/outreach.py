"""What a case tells the dockets of those concerned: a breach was confirmed, no longer counts, or the matter was referred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from rules.facts import Fact
from rules.payloads import BreachConfirmed, BreachNamed
from rules.stream import Outreach, Record


def outreach(
    case: str, item: str | None, facts: Sequence[Fact], before: Mapping[str, Record], records: Mapping[str, Record],
    changed: Iterable[str], at: datetime,
) -> list[Outreach]:  # fmt: skip
    """Every person's docket is told once; a person who is concerned no longer hears that as well."""
    found: list[Outreach] = []
    for key in changed:
        record = records[key]
        if record.kind != "breach":
            continue
        was, now = _against(before.get(key)), _against(record)
        found += [_confirmed(case, item, record, person, at) for person in now]
        found += [_withdrawn(case, record, person, at) for person in was if person not in now]
    return found + _referrals(case, facts, before, records, at)


def _against(record: Record | None) -> tuple[str, ...]:
    if record is None or record.status != "standing" or not record.data.get("confirmed_at"):
        return ()
    return tuple(record.data["proposed_against"])


def _confirmed(case: str, item: str | None, record: Record, person: str, at: datetime) -> Outreach:
    data = record.data
    payload = BreachConfirmed(
        breach=f"{case}/{record.key}", finding=data["kind"], unit=data["unit"], legal_at=data["at"], grade=data.get("grade"), item=item,
        by=data.get("confirmed_by"),
    )  # fmt: skip
    happened = datetime.fromisoformat(data["confirmed_at"]).astimezone(UTC)
    return _message(case, f"{case}/{record.key}", "breach.confirmed", person, happened, at, payload)


def _withdrawn(case: str, record: Record, person: str, at: datetime) -> Outreach:
    name = f"{case}/{record.key}"
    return _message(case, name, "breach.withdrawn", person, at, at, BreachNamed(breach=name))


def _message(
    case: str, name: str, type_: str, person: str, happened: datetime, at: datetime, payload: object
) -> Outreach:
    fact = Fact(
        id=f"{type_}:{name}:{at.isoformat()}", type=type_, case=case, source="engine", occurred_at=happened, recorded_at=at,
        reported_at=at, data=payload,
    )  # fmt: skip
    return Outreach(f"docket:{person}", fact)


def _referrals(
    case: str, facts: Sequence[Fact], before: Mapping[str, Record], records: Mapping[str, Record], at: datetime
) -> list[Outreach]:
    """A referral freezes the proceedings that are open, and those that are opened later."""
    referrals = [f for f in facts if f.type == "case.referred"]
    if not referrals:
        return []
    old = {p for r in before.values() if r.kind == "breach" for p in _against(r)}
    new = {p for r in records.values() if r.kind == "breach" for p in _against(r)}
    found = []
    for fact in referrals:
        people = old | new if fact.recorded_at == at else new - old
        concerned = sorted(p for p in people if fact.data.person in {None, p})
        told = msgspec.structs.replace(fact, source="engine", recorded_at=at, reported_at=at)
        found += [
            Outreach(f"docket:{p}", msgspec.structs.replace(told, id=f"case.referred:{case}/{fact.id}:{p}"))
            for p in concerned
        ]
    return found
