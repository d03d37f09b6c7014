"""What a draft would promise: the dates of a case accepted now, derived by the rules themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from engine.filings.desk import with_entry
from rules.derive import derive
from rules.errors import RuleError, refusal
from rules.facts import Fact
from rules.items import Item
from rules.lint import Lint
from rules.lint_catalogue import lint_item
from rules.payloads import payload_of
from rules.world import World


class End(msgspec.Struct, frozen=True):
    """`name`: a clock, or a step's own id with `step`."""

    name: str
    due_on: date
    provisional: bool
    step: bool = False


class Preview(msgspec.Struct, frozen=True):
    ends: tuple[End, ...] = ()
    lint: tuple[Lint, ...] = ()
    wrong: RuleError | None = None


def preview(body: dict[str, Any], world: World, at: datetime) -> Preview:
    """The ends of a case that would be accepted at `at`, and what lint says; or why the entry cannot be read."""
    today = world.calendar(at).local_date(at)
    try:
        item = msgspec.convert(
            {"code": "", "unit": "", **body, "version": 1, "effective_from": today.isoformat()}, Item
        )
    except msgspec.ValidationError as error:
        return Preview(wrong=refusal(error))
    within = with_entry(world, body).but(items=(item,))
    found = lint_item(item, within, on=today)
    try:
        return Preview(_ends(item, within, at), found)
    except RuleError:
        return Preview((), found)  # lint has said why


def _ends(item: Item, world: World, at: datetime) -> tuple[End, ...]:
    fact = Fact(
        id="preview", type="application.accepted", case="preview", source="", occurred_at=at, recorded_at=at, reported_at=at,
        data=payload_of("application.accepted", {}), item=item.code,
    )  # fmt: skip
    case = derive("preview", [fact], world, world.calendar(at))
    clocks = [End(clock.name, clock.due.due_on, clock.due.provisional) for clock in case.clocks.values() if clock.due]
    steps = [End(step.id, step.due.due_on, step.due.provisional, step=True) for step in case.steps if step.due]
    return (*clocks, *steps)
