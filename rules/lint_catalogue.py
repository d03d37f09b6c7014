"""Every check of lint, by its code, and what runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from rules.errors import RuleError
from rules.items import Item
from rules.lint import Ground, Lint
from rules.lint_carriers import carrier_differs
from rules.lint_conditions import unknown_attribute, wrong_condition, wrong_type
from rules.lint_limits import (
    calendar_horizon,
    limit_missing,
    step_sum,
    two_thirds_rule,
    unit_trap,
    warning_before_start,
)
from rules.lint_people import competence_gap, holder_without_post, repeated_id
from rules.lint_procedure import chart_not_understood, step_off_chart
from rules.lint_silence import (
    silence_without_basis,
    silence_without_exclusion_check,
    suspension_without_basis,
    suspension_without_term,
)
from rules.lint_tables import table_gap, table_overlap, table_row_idle, table_without_default
from rules.lint_texts import unprintable_character
from rules.world import World

# The years that a limit can be counted in, with room for the longest (calendar.py).
FIRST, LAST = date(1900, 1, 1), date(2300, 1, 1)
Check = Callable[[Ground], Iterator[Lint]]
# In the order in which an editor mends them: the promise, its parts, what stops it, what silence means, who does it, what shows it.
OF_ITEMS: tuple[Check, ...] = (
    limit_missing,
    two_thirds_rule,
    unit_trap,
    step_sum,
    warning_before_start,
    calendar_horizon,
    suspension_without_basis,
    suspension_without_term,
    silence_without_basis,
    silence_without_exclusion_check,
    wrong_condition,
    unknown_attribute,
    wrong_type,
    table_without_default,
    table_overlap,
    table_gap,
    table_row_idle,
    holder_without_post,
    competence_gap,
    repeated_id,
    chart_not_understood,
    step_off_chart,
    carrier_differs,
    unprintable_character,
)


def lint_item(item: Item, world: World, *, on: date | None = None, described: bool = True) -> tuple[Lint, ...]:
    """Everything found in an item. `on`: the day it is looked at, if later than the day it takes effect."""
    day = item.effective_from if on is None else max(on, item.effective_from)
    ground = Ground(item=item, world=world, on=day, described=described)
    if not FIRST <= day <= LAST:
        return (ground.error("unit_trap", "effective_from", "day", on=day.isoformat()),)
    if wrong := _wrong_profile(item, world):
        return (ground.error("wrong_profile", f"profile.{wrong.field}".rstrip("."), why=wrong.message),)
    return tuple(found for check in OF_ITEMS for found in check(ground))


def _wrong_profile(item: Item, world: World) -> RuleError | None:
    """Conventions of the item's own that nobody can count by: nothing else of it can be checked then."""
    try:
        world.profile_of(item)
    except RuleError as error:
        return error
    return None


def lint_items(items: Iterable[Item], world: World, *, on: date | None = None) -> tuple[Lint, ...]:
    return tuple(found for item in items for found in lint_item(item, world, on=on))


def refuses(found: Iterable[Lint]) -> bool:
    """With an error nothing is published."""
    return any(one.severity == "error" for one in found)
