"""What a log says was done in each case, in order. With a mapping its steps are those of the mapping; without one the usual names of columns are looked for.

A case counts as finished unless its log says otherwise: by a mapping that knows decisions, a case without one is open; a log without a mapping
says it in the attribute or column `finished` (`false`); of a log of facts, cases without a decision are open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from engine.imports.mapping import FactRule, Mapping
from engine.imports.records import Broken, CaseRecord, Row, Values
from engine.imports.values import Scope, ValueFault
from rules.token_replay import Done

STEPS = {"step.started": "start", "step.completed": "complete"}
DECISIONS = frozenset({"decision.made", "decision.served"})
_CASE = ("case:concept:name", "case", "case_id", "case id", "caseid", "subject", "办件", "办件编号")
_STEP = ("concept:name", "activity", "step", "task", "event", "name", "环节", "活动", "环节名称", "活动名称")
_TIME = ("time:timestamp", "timestamp", "time", "occurred_at", "at", "时间")
_LIFE = ("lifecycle:transition", "lifecycle", "transition")
_TYPE = "cn.jiannuo."
_TRACE = ("events", "trace", "steps", "activities")
_NO = frozenset({"false", "0", "no", "否"})


class CaseDone(msgspec.Struct, frozen=True):
    """`places`: of each line of the record, its place among all the events of the case."""

    case: str
    record: tuple[Done, ...]
    places: tuple[int, ...]
    finished: bool


class Plain:
    """A log as it comes, by the usual names of its columns. `nested`: its events lie within cases that have attributes of their own (XES)."""

    def __init__(self, *, nested: bool) -> None:
        self._names = ("concept:name", *_CASE) if nested else _CASE

    def case_of(self, row: Row) -> str | Broken:
        case = _first(row.values, _CASE)
        return (
            str(case)
            if case is not None
            else Broken(row.place, f"no column names the case; known are {', '.join(_CASE)}")
        )

    def read(self, record: CaseRecord) -> CaseDone | Broken:
        case = _first(record.attributes, self._names)
        if case is None:
            return Broken(record.place, "the case has no name")
        events = tuple(one for row in record.events for one in _spread(row))
        nameless = next((row.place for row in events if not _names_a_step(row.values)), None)
        if nameless is not None:
            return Broken(nameless, f"no column names the step; known are {', '.join(_STEP)}; else give a mapping")
        rows = _in_order(events, lambda row: _instant(_first(row.values, _TIME)))
        found = [(place, done) for place, row in enumerate(rows) if (done := _done(row.values)) is not None]
        return CaseDone(str(case), tuple(d for _, d in found), tuple(p for p, _ in found), _finished(record))


class Mapped:
    """A log under a mapping: its events are the steps that the mapping makes of them."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._zone = ZoneInfo(mapping.zone)
        self._steps = [rule for rule in mapping.facts if rule.type in STEPS]
        self._ends = [rule for rule in mapping.facts if rule.type in DECISIONS]

    def case_of(self, row: Row) -> str | Broken:
        found = Scope(CaseRecord(row.place, row.values), None, self._zone).text(self._mapping.case)
        return found or Broken(row.place, f"{self._mapping.case.column!r} (the case) has no value")

    def read(self, record: CaseRecord) -> CaseDone | Broken:
        case = self.case_of(Row(record.place, record.attributes))
        if isinstance(case, Broken):
            return case
        finished = any(self._told(rule, record) for rule in self._ends) if self._ends else _finished(record)
        if any(rule.per == "case" for rule in self._steps):
            steps = self._of_the_case(record)
            return CaseDone(case, tuple(steps), tuple(range(len(steps))), finished)
        rows = _in_order(record.events, lambda row: self._at(record, row))
        found = [(place, done) for place, row in enumerate(rows) for done in self._dones(record, row)]
        return CaseDone(case, tuple(d for _, d in found), tuple(p for p, _ in found), finished)

    def _of_the_case(self, record: CaseRecord) -> list[Done]:
        """Of a table with a line for each case, a column for each step: the steps in the order of their times."""
        scope = Scope(record, None, self._zone)
        found = [
            (_moment(rule, scope), Done(_step(rule, scope), STEPS[rule.type]))
            for rule in self._steps
            if scope.holds(rule.when)
        ]
        told = [(at, done) for at, done in found if at is not None]
        return [done for _, done in sorted(told, key=lambda pair: pair[0])]

    def _dones(self, record: CaseRecord, row: Row) -> Iterator[Done]:
        scope = Scope(record, row.values, self._zone)
        for rule in self._steps:
            if scope.holds(rule.when):
                yield Done(_step(rule, scope), STEPS[rule.type])

    def _at(self, record: CaseRecord, row: Row) -> datetime | None:
        scope = Scope(record, row.values, self._zone)
        rule = next((r for r in self._steps if scope.holds(r.when)), None)
        return None if rule is None else _moment(rule, scope)

    def _told(self, rule: FactRule, record: CaseRecord) -> bool:
        rows: Sequence[Values] = [row.values for row in record.events] if rule.per == "event" else [{}]
        scopes = [Scope(record, values, self._zone) for values in rows]
        return any(scope.holds(rule.when) and scope.raw(rule.at) is not None for scope in scopes)


def _moment(rule: FactRule, scope: Scope) -> datetime | None:
    try:
        at, on = scope.moment(rule.at)
    except ValueFault:
        return None
    return at or scope.end_of(on)


def _step(rule: FactRule, scope: Scope) -> str:
    """The step's id; where the mapping does not know the value, the value itself, which the chart will not know either."""
    reading = rule.data.get("step")
    try:
        return scope.text(reading) or ""
    except ValueFault:
        return str(scope.raw(reading)) if reading is not None else ""


def _first(values: Values, names: Sequence[str]) -> Any:
    """The value of the first of these columns that is there; capitals do not matter."""
    lower = {name.lower(): value for name, value in values.items()}
    return next((lower[name] for name in names if lower.get(name) not in (None, "")), None)


def _spread(row: Row) -> Sequence[Row]:
    """A line that holds a whole case: its events one by one, told by their names alone or as objects."""
    listed = next((row.values[name] for name in _TRACE if isinstance(row.values.get(name), list)), None)
    if listed is None:
        return (row,)
    return [Row(row.place, one if isinstance(one, dict) else {"step": one}) for one in listed]


def _names_a_step(values: Values) -> bool:
    lower = {name.lower() for name in values}
    return isinstance(values.get("data"), dict) or any(name in lower for name in _STEP)


def _done(values: Values) -> Done | None:
    """None for a fact that is no step."""
    type_ = str(values.get("type", "")).removeprefix(_TYPE)
    if isinstance(values.get("data"), dict):
        step = values["data"].get("step")
        return Done(str(step), STEPS[type_]) if type_ in STEPS else None
    life = str(_first(values, _LIFE) or "complete").strip().lower()
    return Done(str(_first(values, _STEP) or ""), life)


def _finished(record: CaseRecord) -> bool:
    facts = [row.values for row in record.events if isinstance(row.values.get("data"), dict)]
    if facts:
        return any(str(fact.get("type", "")).removeprefix(_TYPE) in DECISIONS for fact in facts)
    words = [
        _first(values, ("finished", "case:finished"))
        for values in (record.attributes, *(r.values for r in record.events))
    ]
    return not any(str(word).strip().lower() in _NO for word in words if word is not None)


def _in_order(rows: Sequence[Row], at: Callable[[Row], datetime | None]) -> list[Row]:
    """By time where every event has one; events of one instant, and all others, as the log has them."""
    times = [at(row) for row in rows]
    if any(time is None for time in times):
        return list(rows)
    return [row for _, row in sorted(zip(times, rows, strict=True), key=lambda pair: pair[0])]  # type: ignore[arg-type,return-value]


def _instant(value: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
