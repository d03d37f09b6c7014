"""What was asked of units about a case and what they said to it; its packages of evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from engine.console.visit import Visit
from engine.explanation.reading import facts_of
from engine.vault.sealing import PREFIX
from engine.vault.store import Revealed, item_id, reveal_items
from rules.facts import Fact
from rules.payloads import payload_of
from rules.requests import Request, Terms, asked_of, referred_of


class RequestRow(msgspec.Struct, frozen=True):
    """A request with people's own words. `kind`: inquiry, supervision, referral."""

    request: Request
    kind: str
    words: str | None
    answer: str | None

    @property
    def waiting(self) -> bool:
        return self.request.answer is None

    @property
    def finding(self) -> str | None:
        """What an inquiry is about, where it names it."""
        return getattr(self.request.asked.data, "finding", None)


class CaseAsked(msgspec.Struct, frozen=True):
    """`sealed`: the packages of evidence that were handed out."""

    rows: tuple[RequestRow, ...]
    sealed: tuple[Fact, ...]

    def waiting(self, kind: str) -> list[RequestRow]:
        """The oldest first; an answer is for the first of its unit."""
        return [row for row in self.rows if row.kind == kind and row.waiting]

    @property
    def referral(self) -> RequestRow | None:
        return next((row for row in reversed(self.rows) if row.kind == "referral"), None)


def asked_about(v: Visit, case_id: str, item: str | None, unit: str | None) -> CaseAsked:
    facts = next((facts for _, facts in facts_of(v.db, [case_id])), ())
    terms = terms_of(v, item, unit)
    found = sorted((*asked_of(facts, terms), *referred_of(facts, terms)), key=lambda one: one.asked.occurred_at)
    said = reveal_items(v.db, [_item(f) for one in found for f in (one.asked, one.answer) if f is not None])
    rows = tuple(_row(one, said) for one in found)
    return CaseAsked(rows, tuple(f for f in facts if f.type == "evidence.sealed"))


def terms_of(v: Visit, item: str | None, unit: str | None) -> Terms:
    known = v.world.item(item, v.today) if item else None
    profile = v.world.profile_of(known) if known else v.world.profile
    return Terms(v.world, v.calendar, profile, unit or "")


def end_of(terms: Terms, type_: str, data: Mapping[str, Any], at: datetime) -> datetime:
    """When the clock of a request ends that nobody has made yet."""
    asked = Fact(
        id="", type=type_, case="", source="", occurred_at=at, recorded_at=at, reported_at=at,
        data=payload_of(type_, dict(data)),
    )  # fmt: skip
    return terms.end(asked, data.get("unit") or terms.unit)


def _item(fact: Fact) -> str:
    return item_id(fact.source, fact.id)


def _row(one: Request, said: Mapping[str, Revealed]) -> RequestRow:
    kind = one.cause.partition(":")[0]
    words = _words(one.asked, said, ("text", "why"))
    return RequestRow(one, kind, words, _words(one.answer, said, ("text", "receipt")) if one.answer else None)


def _words(fact: Fact, said: Mapping[str, Revealed], fields: Sequence[str]) -> str | None:
    """Out of the vault, else as they stand on the fact; nothing once they were erased."""
    found = said.get(_item(fact))
    told = (found.said or {}) if found is not None else {}
    words = (told.get(f) or getattr(fact.data, f, None) for f in fields)
    return next((str(w) for w in words if w and not str(w).startswith(PREFIX)), None)
