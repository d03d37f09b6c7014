"""From the record to the values of a paper in one language: every name of `kinds.FIELDS`, and where it comes from."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from engine.console.i18n import Texts
from engine.documents.kinds import Kind
from engine.documents.record import Matter, Row, day_of, instant_of, last_word, words_of
from engine.effects.wording_values import clause_of, name_of
from engine.storage.connect import Connection
from notifications.fields import Locale
from rules.accountability import Accountability
from rules.calendar import Calendar
from rules.items import Item
from rules.time_limits import due
from rules.world import World

Values = dict[str, object]
_CLAUSES: dict[Kind, str] = {
    "proceeding_notice": "statement_window", "proposed_decision": "matrix", "decision": "matrix",
    "review_decision": "review_request",
}  # fmt: skip


@cache
def _words(locale: Locale) -> dict[str, dict[str, str]]:
    path = Path(__file__).parent / "words" / f"{locale}.toml"
    return tomllib.loads(path.read_text("utf-8"))


class Author:
    """Writes the values of one paper about one matter, as the world is at `at`."""

    def __init__(self, connection: Connection, world: World, matter: Matter, locale: Locale, at: datetime) -> None:
        self._connection, self._world, self._matter, self._locale = connection, world, matter, locale
        self._t = Texts(locale)
        self._calendar: Calendar = world.calendar(at)
        self._on = self._calendar.local_date(at)
        self._row: Row = matter.row
        self._case: Row = matter.case
        self._item: Item | None = world.item(self._case["item"], self._on) if self._case.get("item") else None

    def values(self, kind: Kind, serial: int) -> Values:
        office = self._name(self._world.leading_group_office or self._matter.unit or "")
        unit = self._name(self._matter.unit or "")
        paper = {"year": str(self._on.year), "serial": serial, "made_on": self._on, "unit_name": unit}
        return {**paper, "office_name": office, **self._own(kind)}

    def _own(self, kind: Kind) -> Values:
        match kind:
            case "red_card":
                return self._red_card()
            case "supervision_proposal":
                return self._proposal()
            case _:
                return {**self._concerned(kind), **self._of_phase(kind)}

    def _of_phase(self, kind: Kind) -> Values:
        match kind:
            case "proceeding_notice":
                until = day_of(self._row["statement_until"])
                return {"statement_until": until, "statement_to": self._name(self._asked())}
            case "proposed_decision":
                decider = self._name(self._row["owner"] or self._asked())
                until = day_of(self._row["statement_until"])
                return {
                    **self._weighed(),
                    "measure": self._proposed() or "—",
                    "decider": decider,
                    "statement_until": until,
                }
            case "decision":
                return {**self._weighed(), **self._decided()}
            case _:
                return self._reviewed()

    # -- proceedings --------------------------------------------------------------------------------------------------

    def _concerned(self, kind: Kind) -> Values:
        row = self._row
        return {
            **self._matter_of(self._subject(), self._legal_at()),
            "addressee": self._name(row["person"] or row["unit"]),
            "of_unit": row["person"] is None,
            "proceeding_number": row["proceeding_id"],
            "rules_clause": self._rules().clauses.get(_CLAUSES[kind]),
            "opened_on": self._local(row["opened_at"]),
        }

    def _weighed(self) -> Values:
        return {
            "grade": self._t.code("grade", self._row["grade"] or "ordinary"),
            "count": self._row["count_in_window"] or 0,
            "term": self._term(),
            "stated": bool(self._row["data"].get("stated")),
        }

    def _decided(self) -> Values:
        said = last_word(self._connection, self._matter, "measure.decided")
        on = self._local(self._row["data"]["decided_at"])
        told = self._local(self._row["data"].get("served_at") or self._row["data"]["decided_at"])
        review = due(self._rules().review_request, told, self._calendar, self._world.profile)
        return {
            "measure": self._measure(self._row["decided_level"]),
            "proposed": self._proposed(),
            "otherwise": self._row["decided_level"] != self._row["proposed_level"],
            "reason": words_of(self._connection, said, "reason"),
            "decided_by": self._name(self._row["decided_by"] or self._matter.unit or ""),
            "decided_on": on,
            "review_until": review.due_on,
            "review_body": self._name(self._world.leading_group_office or self._matter.unit or ""),
            "stays_execution": self._rules().review_stays,
        }

    def _reviewed(self) -> Values:
        said = last_word(self._connection, self._matter, "review.decided")
        asked = last_word(self._connection, self._matter, "review.requested")
        data = self._row["data"]
        reviewer = said.actor if said is not None else None
        return {
            "measure": self._measure(self._row["decided_level"]),
            "decided_on": self._local(data["decided_at"]),
            "requested_on": self._local(asked.occurred_at) if asked else None,
            "result": data["review_result"],
            "reason": words_of(self._connection, said, "reason"),
            "reviewer": self._name(reviewer or self._world.leading_group_office or ""),
            "reviewed_on": self._local(data["reviewed_at"]),
        }

    def _proposed(self) -> str | None:
        level = self._row["proposed_level"]
        return self._measure(level) if level else None

    def _measure(self, level: int) -> str:
        return self._t.code("measure" if self._row["person"] else "unit_measure", str(level))

    def _term(self) -> str | None:
        """What is withheld and for how long, as the unit's rules say it."""
        term = self._row["data"].get("term") or {}
        period = term.get("period")
        length = self._t.amount(period["amount"], period["unit"]) if period else None
        return "；".join(part for part in (term.get("amount"), length) if part) or None

    def _rules(self) -> Accountability:
        return self._world.accountability_of(self._matter.unit or "", self._local(self._row["opened_at"]))

    def _asked(self) -> str:
        """Who hears the person concerned: whoever heads the unit, unless that is the person; then who stands above."""
        heads = self._world.holders(self._matter.unit or "", "first_responsible", self._on)
        others = [head for head in heads if head != self._row["person"]]
        return next(iter(others), None) or self._world.leading_group_office or self._matter.unit or ""

    def _legal_at(self) -> datetime:
        return instant_of(self._row["legal_at"] or self._row["opened_at"])

    # -- red cards and proposals --------------------------------------------------------------------------------------

    def _red_card(self) -> Values:
        row, cause = self._row, str(self._row["cause"])
        kind, _, clock = cause.partition(":")
        last = self._case.get("statutory_due_on" if clock == "statutory" else "due_on")
        until = row["respond_until"]
        return {
            **self._matter_of(cause, instant_of(row["scheduled_at"])),
            "addressees": tuple(self._name(person) for person in row["data"]["to"]),
            "due_on": last if kind == "limit" else None,
            "fired_at": instant_of(row["fired_at"] or row["recorded_at"]),
            "answer_by": self._last_day(until) if until else self._answer_by(),
            "late_by_system": bool(row["late_by_system"]),
        }

    def _answer_by(self) -> date | None:
        within = self._world.accountability_of(self._matter.unit or "", self._on).ladder.answer_within
        fired = self._local(self._row["fired_at"] or self._row["recorded_at"])
        return due(within, fired, self._calendar, self._world.profile).due_on if within else None

    def _proposal(self) -> Values:
        fact = self._matter.fact
        assert fact is not None, "a proposal is a fact"
        on = self._local(fact.occurred_at)
        rules = self._world.accountability_of(self._matter.unit or "", on)
        term = due(rules.supervision_answer, on, self._calendar, self._world.profile)
        return {
            "case_number": fact.case,
            "item_name": self._item_name(),
            "proposal": words_of(self._connection, fact, "text"),
            "answer_by": fact.data.answer_by or term.due_on,
            "proposer": self._name(fact.actor or self._world.leading_group_office or ""),
            "proposed_on": on,
        }

    # -- the case -----------------------------------------------------------------------------------------------------

    def _matter_of(self, subject: str, legal_at: datetime) -> Values:
        return {
            "case_number": self._row["case_id"] or "—",
            "item_name": self._item_name(),
            "item_code": self._item.code if self._item else None,
            "cause": self._cause(subject),
            "legal_at": legal_at,
            "clause": self._clause(subject.partition(":")[2]),
        }

    def _clause(self, clock: str) -> str | None:
        """Of the limit that was promised; else what the item rests on."""
        basis = self._item.basis if self._item else None
        own = basis.get(clock) if isinstance(basis, dict) else None
        return own or clause_of(self._item)

    def _cause(self, subject: str) -> str:
        """What went wrong: a limit, step or office that ran out in a sentence of its own, anything else by its word."""
        kind, _, rest = subject.partition(":")
        words = _words(self._locale)["cause"]
        match kind:
            case "limit":
                return words["limit"].format(clock=self._t.code("clock", rest))
            case "step":
                return words["step"].format(step=self._step(rest))
            case "office":
                return words["office"].format(office=self._name(rest))
            case "hold":
                return f"{self._t.code('finding', 'hold_open')} · {self._t.code('hold', rest)}"
            case _:
                return self._t.code("finding", kind)

    def _subject(self) -> str:
        """What the proceeding's breach is of; the names of breaches are those of clocks, steps and offices, or of findings."""
        name = str(self._row["breach"] or "").rpartition("/breach:")[2]
        if name in {"committed", "statutory"}:
            return f"limit:{name}"
        return name if name.startswith(("step:", "office:")) else str(self._row["finding"] or name)

    def _step(self, id_: str) -> str:
        steps = self._item.steps if self._item else ()
        return next((self._t.name(step) for step in steps if step.id == id_), id_)

    def _item_name(self) -> str:
        return self._t.name(self._item) if self._item else str(self._case.get("item") or "—")

    def _name(self, id_: str) -> str:
        return name_of(self._world, id_, self._locale, self._on) or "—"

    def _local(self, at: Any) -> date:
        return self._calendar.local_date(instant_of(at))

    def _last_day(self, end: datetime) -> date:
        """A clock that ends at 24:00 ends with the day before."""
        local = end.astimezone(self._calendar.zone)
        midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
        return date.fromordinal(local.date().toordinal() - int(midnight))
