"""What a draft would promise: the dates of a case accepted at some moment, derived and explained by the rules themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from engine.explanation.account import Account, accounts
from engine.filings.desk import with_entry
from rules.case import Case
from rules.derive import derive
from rules.errors import RuleError, refusal
from rules.facts import Fact
from rules.items import Item
from rules.lint import Lint
from rules.lint_catalogue import lint_item
from rules.payloads import payload_of
from rules.world import World


class End(msgspec.Struct, frozen=True):
    """`name`: a clock, or the id of a step or office, as `kind` says."""

    name: str
    due_on: date
    provisional: bool
    kind: str = "clock"


class Preview(msgspec.Struct, frozen=True):
    """`case` and `accounts`: the example, where its dates can be told."""

    ends: tuple[End, ...] = ()
    lint: tuple[Lint, ...] = ()
    wrong: RuleError | None = None
    case: Case | None = None
    accounts: tuple[Account, ...] = ()


def preview(body: dict[str, Any], world: World, now: datetime, at: datetime | None = None) -> Preview:
    """The ends of a case accepted at `at` (or now), and what lint says today; or why the entry cannot be read."""
    today = world.calendar(now).local_date(now)
    try:
        item = msgspec.convert(
            {"code": "", "unit": "", **body, "version": 1, "effective_from": today.isoformat()}, Item
        )
    except msgspec.ValidationError as error:
        return Preview(wrong=refusal(error))
    within = with_entry(world, {**body, "version": 1, "effective_from": today.isoformat()})
    found = lint_item(item, within.but(items=(item,)), on=today)
    try:
        return _example(item, within, now, at or now, found)
    except RuleError:
        return Preview((), found)  # lint has said why


def _example(item: Item, world: World, now: datetime, at: datetime, lint: tuple[Lint, ...]) -> Preview:
    """The calendar is the one known now, whatever day the example is of."""
    calendar = world.calendar(now)
    day = calendar.local_date(at)
    known = msgspec.structs.replace(item, effective_from=day, published_on=None, retired=False)
    fact = Fact(
        id="preview", type="application.accepted", case="preview", source="", occurred_at=at, recorded_at=at, reported_at=at,
        data=payload_of("application.accepted", {}), item=item.code,
    )  # fmt: skip
    within = world.but(items=(known,))
    case = derive("preview", [fact], within, calendar)
    clocks = [End(clock.name, clock.due.due_on, clock.due.provisional) for clock in case.clocks.values() if clock.due]
    steps = [End(step.id, step.due.due_on, step.due.provisional, "step") for step in case.steps if step.due]
    offices = [End(one.id, one.due.due_on, one.due.provisional, "office") for one in case.offices if one.due]
    return Preview((*clocks, *steps, *offices), lint, None, case, accounts(case, [fact], within, calendar, day))
