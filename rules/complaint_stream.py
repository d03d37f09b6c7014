"""A complaint that names no case: a stream of its own, with the clocks, owners and cards of every complaint (accountability.md 6).

In the place of a case it carries `complaint:NUMBER`. Whom it concerns is the unit it names; without one it goes to the inspectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from rules.alerts import unentitled
from rules.case import Refused
from rules.conclusion import Conclusion
from rules.facts import Fact, order
from rules.holding_voices import spoken
from rules.moment import View
from rules.no_case import concluded, refusals, view_of
from rules.stream import Health, Step, Stream
from rules.voices import COMPLAINED
from rules.words import recused
from rules.world import World

# What can be said in such a stream: of the complaint, of its cards, of the findings that a silent owner leaves.
SAID_HERE = ("complaint.", "alert.", "finding.", "fact.")


def advance_complaint(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    facts = tuple(sorted((*stream.facts, *new), key=order))
    filed = next((fact for fact in facts if fact.type == COMPLAINED), None)
    unit = (filed.data.unit if filed is not None else None) or ""
    return concluded(stream, new, view_of(stream.id, unit, facts, stream.records, at, world, health), _holding)


def _holding(view: View) -> list[Conclusion]:
    found = (*spoken(view), *refusals(view, _refused(view)))
    return [_of_unit(conclusion, view.case.unit) for conclusion in found]


def _of_unit(conclusion: Conclusion, unit: str) -> Conclusion:
    """There is no case to tell of whose unit a card is."""
    if "to" not in conclusion.data or "unit" in conclusion.data:
        return conclusion
    return msgspec.structs.replace(conclusion, data={**conclusion.data, "unit": unit})


def _refused(view: View) -> list[Refused]:
    found = [*view.voices.refusals, *recused(view.said, view.records), *unentitled(view)]
    found += [_too_early_or_late(view, id_) for id_, _ in view.voices.parked]
    return found + [_no_complaint(fact) for fact in view.facts if not fact.type.startswith(SAID_HERE)]


def _too_early_or_late(view: View, id_: str) -> Refused:
    fact = next(fact for fact in view.facts if fact.id == id_)
    if any(one.type == COMPLAINED for one in view.facts):
        return Refused(id_, "case_closed", "the complaint does not wait for this any more", fact.occurred_at)
    message = "no complaint of this number is known; file it first"
    return Refused(id_, "unknown_case", message, fact.occurred_at)


def _no_complaint(fact: Fact) -> Refused:
    message = f"{fact.type} belongs to a case; a complaint without one knows admission, answer and review"
    return Refused(fact.id, "not_allowed_for_item", message, fact.occurred_at)
