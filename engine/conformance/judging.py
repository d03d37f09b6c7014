"""Does what a system sent lead where it should? Played in virtual time through the same rules as live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

import msgspec

from engine.conformance.messages import Fault, Sent, read
from engine.conformance.scenario import CASE, SOURCE, Outcome, Scenario, world
from engine.rehearsal.halves import rehearse
from engine.rehearsal.loading import load
from rules.calendar import shipped
from rules.errors import RuleError
from rules.payloads import WORLD_TYPES


class Verdict(msgspec.Struct, frozen=True):
    """`hints`: where the facts are other than in the kit's own telling; only where the result differs."""

    scenario: str
    verdict: Literal["conforms", "differs", "not_run"]
    faults: tuple[Fault, ...] = ()
    hints: tuple[str, ...] = ()


def judge(scenario: Scenario, lines: Iterable[bytes]) -> Verdict:
    sent, faults = read(lines)
    if not sent:
        return Verdict(scenario.id, "differs", (*faults, Fault("empty", "there is no well-formed message")))
    try:
        found = outcome(scenario, sent)
    except RuleError as error:
        return Verdict(scenario.id, "differs", (*faults, Fault(error.code, error.message, None, error.field)))
    faults += _differences(scenario.expect, found)
    if not faults:
        return Verdict(scenario.id, "conforms")
    return Verdict(scenario.id, "differs", tuple(faults), tuple(_hints(scenario, sent)))


def outcome(scenario: Scenario, sent: list[Sent]) -> Outcome:
    """What follows from the messages, in the words of the kit. Raises RuleError for what no rehearsal could take."""
    given = {"jiannuo": "rehearsal/1", **world(), "facts": [_fact(one) for one in sent], "until": scenario.until}
    report = msgspec.json.decode(rehearse(load(msgspec.json.encode(given)), processes=1))
    return _seen(report)


def _fact(one: Sent) -> dict[str, Any]:
    envelope = one.envelope
    found = {
        "id": envelope.message_id, "type": envelope.type, "source": SOURCE, "item": envelope.item, "actor": envelope.actor,
        "case": None if envelope.type in WORLD_TYPES else CASE, "basis": envelope.basis, "sequence": envelope.sequence,
        "occurred_at": envelope.occurred_on or envelope.occurred_at, "recorded_at": one.received_at, "data": envelope.data,
        "evidence": envelope.evidence,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def _seen(report: dict[str, Any]) -> Outcome:
    case = report["cases"].get(CASE) or {"status": "unknown", "clocks": {}, "outcome": None, "certificates": []}
    ended = case["outcome"] or {"kind": None, "legal_at": None}
    return Outcome(
        status=case["status"],
        due={name: clock["due_on"] for name, clock in case["clocks"].items()},
        outcome=ended["kind"],
        legal_at=ended["legal_at"],
        breaches=_codes(row["clock"] for row in report["breaches"] if row["status"] == "standing"),
        findings=_codes(row["kind"] for row in report["findings"] if row["status"] == "open"),
        refusals=_codes(row["code"] for row in report["refusals"]),
        certificates=_codes(row["status"] for row in case["certificates"]),
        repeats=len(report["duplicates"]),
    )


def _codes(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes)))


def _differences(expected: Outcome, found: Outcome) -> Iterator[Fault]:
    for name in expected.__struct_fields__:
        right, given = getattr(expected, name), getattr(found, name)
        if name == "due":
            yield from _dates(right, given)
        elif right != given:
            yield Fault("result", "the result differs", None, name, _shown(right), _shown(given))


def _dates(right: dict[str, str], given: dict[str, str]) -> Iterator[Fault]:
    for clock, day in right.items():
        if given.get(clock) != day:
            yield Fault("result", "the result differs", None, f"due.{clock}", day, _shown(given.get(clock)))


def _shown(value: Any) -> str:
    return ", ".join(value) or "–" if isinstance(value, tuple) else "–" if value is None else str(value)


def _hints(scenario: Scenario, sent: list[Sent]) -> Iterator[str]:
    right, _ = read(scenario.lines())
    told, given = (Counter(one.envelope.type for one in which) for which in (right, sent))
    yield from (f"missing: {name}" for name in (told - given).elements())
    yield from (f"additional: {name}" for name in (given - told).elements())
    for one, other in _paired(right, sent):
        at, found = one.envelope.occurred_at, other.envelope.occurred_at
        if at and found and at != found:
            yield f"line {other.line}: {other.envelope.type} at {_local(found)}, in the story at {_local(at)}"
        if one.envelope.data != other.envelope.data:
            yield f"line {other.line}: {other.envelope.type} says {_json(other)}, in the story {_json(one)}"


def _paired(right: list[Sent], sent: list[Sent]) -> Iterator[tuple[Sent, Sent]]:
    """The first message of a type with the first of that type, and so on."""
    for name in dict.fromkeys(one.envelope.type for one in right):
        yield from zip(*([one for one in which if one.envelope.type == name] for which in (right, sent)), strict=False)


def _local(at: datetime) -> str:
    return at.astimezone(shipped("CN").zone).isoformat()


def _json(one: Sent) -> str:
    return msgspec.json.encode(one.envelope.data).decode()
