"""From a case of a log to the facts of the mapping, as envelopes for the one door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from engine.imports.mapping import FactRule, Mapping
from engine.imports.records import Broken, CaseRecord, Row
from engine.imports.values import Scope, ValueFault
from engine.intake.envelope import Envelope

_canonical = msgspec.json.Encoder(order="deterministic")


class Mapped(msgspec.Struct, frozen=True):
    """A fact and the place of the log it comes from."""

    place: str
    envelope: Envelope


class CaseMapper:
    """Applies one mapping. `source` is the registered source in whose name the facts are brought."""

    def __init__(self, mapping: Mapping, source: str) -> None:
        self._mapping = mapping
        self._source = source
        self._zone = ZoneInfo(mapping.zone)

    def case_of(self, row: Row) -> str | Broken:
        """The case a row belongs to."""
        found = Scope(CaseRecord(row.place, row.values), None, self._zone).text(self._mapping.case)
        return found or Broken(row.place, f"{self._mapping.case.column!r} (the case) has no value")

    def facts(self, record: CaseRecord) -> list[Mapped | Broken]:
        """The case's facts. A fault in a fact of the case drops the case, a fault in an event drops the event."""
        case = self.case_of(Row(record.place, record.attributes))
        if isinstance(case, Broken):
            return [case]
        made: list[Mapped | Broken] = []
        for rule in self._mapping.facts:
            found = list(self._of_rule(rule, record, case))
            if rule.per == "case" and any(isinstance(one, Broken) for one in found):
                return [one for one in found if isinstance(one, Broken)]
            made += found
        return made

    def _of_rule(self, rule: FactRule, record: CaseRecord, case: str) -> Iterator[Mapped | Broken]:
        rows = record.events if rule.per == "event" else (Row(record.place, {}),)
        number = 0
        for row in rows:
            scope = Scope(record, row.values, self._zone)
            if scope.holds(rule.when):
                number += 1
                yield self._made(rule, scope, row.place, case, number)

    def _made(self, rule: FactRule, scope: Scope, place: str, case: str, number: int) -> Mapped | Broken:
        try:
            return Mapped(place, self._envelope(rule, scope, case, number))
        except ValueFault as fault:
            return Broken(place, f"{rule.type}: {fault}")

    def _envelope(self, rule: FactRule, scope: Scope, case: str, number: int) -> Envelope:
        at, on = scope.moment(rule.at)
        own_id = scope.text(rule.id) if rule.id else f"{rule.type}/{number}"
        data = scope.plain(rule.data)
        item = scope.text(self._mapping.item)
        actor, basis = scope.text(rule.actor), scope.text(rule.basis)
        reported = _reported(rule, scope) or at or scope.end_of(on)
        sequence = _sequence(rule, scope)
        body = (rule.type, case, item, at, on, reported, sequence, actor, basis, data)
        return Envelope(
            source=self._source,
            message_id=f"{case}/{own_id}",
            type=rule.type,
            case=case,
            item=item,
            occurred_at=at,
            occurred_on=on,
            reported_at=reported,
            sequence=sequence,
            actor=actor,
            basis=basis,
            data=data,
            raw=_canonical.encode(body),
        )


def _reported(rule: FactRule, scope: Scope) -> datetime | None:
    """The registration at the source, where the log has it; of a day without a clock time the last instant."""
    if rule.reported_at is None or scope.raw(rule.reported_at) is None:
        return None
    at, on = scope.moment(rule.reported_at)
    return at or scope.end_of(on)


def _sequence(rule: FactRule, scope: Scope) -> int | None:
    found = scope.text(rule.sequence) if rule.sequence else None
    if found is None:
        return None
    try:
        return int(found)
    except ValueError as fault:
        raise ValueFault(f"sequence is {found!r}, no whole number") from fault
