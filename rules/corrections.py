"""Mistakes are corrected by new facts: corrected, retracted, voided. Both versions stay; the case is derived from what is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from rules.facts import Fact, order
from rules.payloads import payload_of

TOP = frozenset({"occurred_at", "actor", "basis", "item", "sequence"})


def corrected(facts: Sequence[Fact]) -> tuple[list[Fact], list[tuple[str, str]]]:
    """The facts that count, in order, and those that cannot be placed yet (their target is unknown)."""
    changes = [f for f in facts if f.type in {"fact.corrected", "fact.retracted"}]
    if not changes:
        return list(facts), []
    by_id = {f.id: f for f in facts}
    parked = []
    for change in changes:
        target = by_id.get(change.data.fact)
        if target is None:
            parked.append((change.id, f"the fact {change.data.fact} is not known"))
        elif change.type == "fact.retracted":
            del by_id[target.id]
        else:
            by_id[target.id] = apply(target, change.data.changes)
    return sorted(by_id.values(), key=order), parked


def apply(fact: Fact, changes: dict[str, Any]) -> Fact:
    """The fact with changes to its own fields (`occurred_at`, `actor`, …) or to those of its data."""
    top = {key: value for key, value in changes.items() if key in TOP}
    inner = changes.get("data") or {key: value for key, value in changes.items() if key not in TOP}
    if "occurred_at" in top:
        top |= when(top["occurred_at"], fact)
    if inner:
        data = {**msgspec.to_builtins(fact.data), **inner}
        top["data"] = payload_of(fact.type, data)
    return msgspec.structs.replace(fact, **top)


def when(value: str, fact: Fact) -> dict[str, Any]:
    """An instant, or a date that counts as in time on that day (the end of it, in the fact's own reckoning)."""
    if len(value) > len("2026-01-01"):
        return {"occurred_at": datetime.fromisoformat(value).astimezone(UTC), "occurred_on": None}
    shift = date.fromisoformat(value) - (fact.occurred_on or fact.occurred_at.date())
    return {"occurred_at": fact.occurred_at + shift, "occurred_on": date.fromisoformat(value)}
