"""What a rehearsal's ledger holds, in the shapes of the machine interface (section 2). Every key is always there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from rules.instants import local_text
from rules.no_case import names_no_case
from rules.rehearsal import Birth, Line, Rehearsal, body_of
from rules.stream import Record
from rules.summary import document, status


class Question(msgspec.Struct, frozen=True):
    case: str
    as_known_on: datetime
    question: str = "due"
    clock: str | None = None


class Row(NamedTuple):
    """What stands in a list: when it was written, in which stream, by which instants it is ordered, and its content."""

    recorded_at: datetime
    birth: Birth
    ordered_by: tuple[datetime, ...]
    content: Any


class Part(msgspec.Struct):
    """What one rehearsal has to say, not put in order yet: other cases may have been played beside it."""

    cases: list[tuple[Birth, str, Any]]
    lists: dict[str, list[Row]]
    parked: list[tuple[Birth, Any]]
    answers: dict[int, Any]


def report(played: Rehearsal, questions: Sequence[Question]) -> dict[str, Any]:
    asked = list(enumerate(questions))
    return whole(played, [part(played, asked)])


def part(played: Rehearsal, questions: Iterable[tuple[int, Question]]) -> Part:
    return _Report(played).part(questions)


def whole(played: Rehearsal, parts: Sequence[Part]) -> dict[str, Any]:
    """All parts in one order. `played`: the rehearsal that had all facts which may concern more than their own case."""
    cases = sorted((case for part in parts for case in part.cases), key=itemgetter(0))
    parked = sorted((row for part in parts for row in part.parked), key=itemgetter(0))
    answers = {place: answer for part in parts for place, answer in part.answers.items()}
    return {
        "cases": {name: content for _, name, content in cases},
        **{name: _ordered([row for part in parts for row in part.lists[name]]) for name in LISTS},
        "parked": [{"fact": f.id, "why": why} for f, why in played.parked.values()] + [row for _, row in parked],
        "quarantined": [{"fact": f.id, "why": why} for f, why in played.quarantined],
        "duplicates": [{"fact": f.id} for f in played.duplicates],
        "answers": [answers[place] for place in sorted(answers)],
    }


def _ordered(rows: list[Row]) -> list[Any]:
    """By their instants, then by the ledger: when it was written, and within one stream in the order in which it was written."""
    rows.sort(key=itemgetter(2, 0, 1))
    return [row.content for row in rows]


class _Report:
    def __init__(self, played: Rehearsal) -> None:
        self.played = played
        self.zone = played.world.calendar(played.until).zone
        self.cases = {
            name.removeprefix("case:"): s
            for name, s in played.streams.items()
            if name.startswith("case:") and s.view and s.view.item
        }

    def part(self, questions: Iterable[tuple[int, Question]]) -> Part:
        births = self.played.births
        return Part(
            cases=[(births[f"case:{case}"], case, self._case(case)) for case in self.cases],
            lists={name: self._rows(name) for name in LISTS},
            parked=[
                (births[name], {"fact": fact, "why": why})
                for name, stream in self.played.streams.items()
                for fact, why in (stream.view.parked if stream.view else ())
            ],
            answers={place: self._answer(question) for place, question in questions},
        )

    def iso(self, at: datetime | None) -> str | None:
        return local_text(at, self.zone) if at is not None else None

    def _rows(self, name: str) -> list[Row]:
        kind, ordered_by = LISTS[name]
        shape, births = getattr(self, f"_{kind}"), self.played.births
        found = []
        for stream in self.played.streams.values():
            for record in stream.records.values():
                if record.kind == kind and (kind != "refusal" or record.status == "standing"):
                    row = shape(stream.id if names_no_case(stream.id) else stream.id.split(":", 1)[1], record)
                    at = tuple([_instant(row[field]) for field in ordered_by])
                    found.append(Row(record.recorded_at, births[stream.id], at, row))
        return found

    def _case(self, case: str) -> dict[str, Any]:
        stream = self.cases[case]
        shown = document(stream, self.played.world, self.played.until)
        records = stream.records.values()
        outcome = {**shown["outcome"], "recorded_at": self._zoned(shown["outcome"]["recorded_at"])}
        return {
            "status": status(stream, self.played.until),
            "clocks": {name: self._clock(clock) for name, clock in shown["clocks"].items()},
            "steps": shown["steps"],
            "offices": shown["offices"],
            "outcome": outcome,
            "certificates": [self._certificate(r) for r in records if r.kind == "certificate"],
            "holds": [self._hold(r) for r in records if r.kind == "hold"],
            "ledger": [self._line(line) for line in self.played.ledgers[f"case:{case}"]],
        }

    def _zoned(self, text: str | None) -> str | None:
        return self.iso(datetime.fromisoformat(text)) if text else None

    def _clock(self, clock: dict[str, Any]) -> dict[str, Any]:
        told = [{**h, "known_from": self._zoned(h["known_from"])} for h in clock["history"]]
        return {**clock, "history": told}

    def _certificate(self, record: Record) -> dict[str, Any]:
        data = record.data
        return {
            "number": data["number"], "for": data["for"], "legal_at": data["legal_at"], "due_by": data["due_by"],
            "issued_at": self.iso(record.recorded_at), "status": record.status, "status_since": self.iso(record.changed_at),
        }  # fmt: skip

    def _hold(self, record: Record) -> dict[str, Any]:
        closed = record.changed_at if record.status == "closed" else None
        return {
            "reason": record.data["reason"],
            "owner": record.data["owner"],
            "opened_at": record.data["opened_at"],
            "closed_at": self.iso(closed),
        }

    def _line(self, line: Line) -> dict[str, Any]:
        if line.fact is not None:
            on = line.fact.occurred_on
            kind, occurred, legal = line.fact.type, on.isoformat() if on else self.iso(line.fact.occurred_at), None
        else:
            assert line.entry is not None
            kind, occurred, legal = line.entry.type, None, line.entry.legal_at
        return {
            "version": line.version, "type": kind, "occurred_at": occurred, "legal_at": self.iso(legal),
            "recorded_at": self.iso(line.recorded_at), "data": body_of(line),
        }  # fmt: skip

    def _refusal(self, case: str, record: Record) -> dict[str, Any]:
        data = record.data
        return {
            "fact": data["fact"],
            "case": self._case_of(case, data["fact"]),
            "code": data["code"],
            "message": data["message"],
        }

    def _case_of(self, stream: str, fact: str) -> str | None:
        if stream in self.cases:
            return stream
        docket = self.played.streams.get(f"docket:{stream}")
        return next(f.case for f in docket.facts if f.id == fact) if docket is not None else None

    def _finding(self, case: str, record: Record) -> dict[str, Any]:
        data = record.data
        return {
            "kind": data["kind"], "case": data.get("case", case), "unit": data["unit"], "person": data["person"], "clock": data.get("clock"),
            "legal_at": data["at"], "opened_at": self.iso(record.recorded_at), "status": record.status,
            "indication": data.get("indication", False), "trial": data.get("trial", False),
            "evidence": data.get("evidence", []), "what": data.get("what", []),
        }  # fmt: skip

    def _breach(self, case: str, record: Record) -> dict[str, Any]:
        data = record.data
        return {
            "kind": data["kind"], "case": case, "clock": data["clock"], "unit": data["unit"], "legal_at": data["at"], "status": record.status,
            "shares": data["shares"], "proposed_against": data["proposed_against"], "supervision_flag": data["supervision_flag"],
            "mitigating": data["mitigating"],
        }  # fmt: skip

    def _alert(self, case: str, record: Record) -> dict[str, Any]:
        data = record.data
        return {
            "case": data.get("case", case), "cause": data["cause"], "level": data["level"], "rung": data["rung"], "scheduled_at": data["scheduled_at"],
            "fired_at": data["fired_at"], "to": data["to"], "late_by_system": data["late_by_system"],
            "acknowledged_at": data["acknowledged_at"], "answered_at": data["answered_at"],
        }  # fmt: skip

    def _proceeding(self, _: str, record: Record) -> dict[str, Any]:
        names = (
            "id", "person", "unit", "case", "breach", "grade", "count_in_window", "proposed_level", "proposed_measure", "phase",
            "statement_until", "decided_level", "restoration_due", "finding", "role", "owner", "phase_due_on", "decided_by", "leaders",
            "record_until", "opened_at",
        )  # fmt: skip
        return {**{name: record.data[name] for name in names}, "legal_at": self.iso(record.legal_at)}

    def _notice(self, stream: str, record: Record) -> dict[str, Any]:
        data = record.data
        case = data["fields"].get("case", stream)
        return {"to": data["to"], "kind": data["kind"], "case": case, "at": self.iso(record.recorded_at)}

    def _answer(self, question: Question) -> dict[str, Any]:
        """What the applicant would have been told on that day: the last end known by then."""
        stream = self.cases.get(question.case)
        records = stream.records if stream else {}
        names = [question.clock] if question.clock else ["committed", "statutory"]
        record = next((records[f"limit:{n}"] for n in names if f"limit:{n}" in records), None)
        told = (
            [h for h in record.history if datetime.fromisoformat(h["known_from"]) <= question.as_known_on]
            if record
            else []
        )
        last = told[-1] if told else {"due_on": None, "expires_at": None}
        return {
            "case": question.case,
            "question": question.question,
            "due_on": last["due_on"],
            "expires_at": last["expires_at"],
        }


_instant = datetime.fromisoformat
# The lists of the report: the kind of record, and the fields whose instants put them in order.
LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "refusals": ("refusal", ()),
    "findings": ("finding", ("legal_at",)),
    "breaches": ("breach", ("legal_at",)),
    "alerts": ("alert", ("scheduled_at",)),
    "proceedings": ("proceeding", ("legal_at", "opened_at")),
    "notices": ("notice", ("at",)),
}
