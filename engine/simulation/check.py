"""Drafts that cannot be run as they are written: refused with the place and what to do, before any case is looked at.

What is asked of an item that is published (two thirds, a basis for silence) is no matter here: that is what may be tried.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.telling import told
from engine.simulation.draft import Draft, Drafted, drafted
from rules.errors import RuleError
from rules.lint import Lint
from rules.lint_accountability import lint_accountability
from rules.lint_catalogue import lint_item
from rules.world import World

# An unknown condition would hold up every case, a missing row could not be counted by.
CODES = frozenset({
    "wrong_condition", "unknown_attribute", "wrong_type", "table_without_default", "wrong_profile", "repeated_id", "chart_not_understood",
    "matrix_incomplete", "matrix_not_monotone", "unknown_measure",
})  # fmt: skip
PLAINLY = frozenset({("limit_missing", ""), ("limit_missing", "silence"), ("competence_gap", "unit")})


def checked(world: World, draft: Draft) -> Drafted:
    """The draft's world. RuleError for a draft that cannot be read, and for a mistake that the rules in force do not have."""
    made = drafted(world, draft)
    found = next((one for one in (*_of_items(world, made, draft), *_of_rules(made)) if _stops(one[1])), None)
    if found is not None:
        place, mistake = found
        words = (told(mistake, "zh").message, told(mistake, "en").message)
        raise RuleError(mistake.code, " · ".join(words), f"{place}.{mistake.field}")
    return made


def _stops(found: Lint) -> bool:
    return found.severity == "error" and (found.code in CODES or (found.code, found.because) in PLAINLY)


def _of_items(world: World, made: Drafted, draft: Draft) -> Iterator[tuple[str, Lint]]:
    for place, form in enumerate(draft.items):
        now, then = ([one for one in each.items() if one.code == form["code"]] for each in (world, made.world))
        known = {_name(one) for item in now for one in lint_item(item, world)}
        found = (one for item in then for one in lint_item(item, made.world) if _name(one) not in known)
        yield from ((f"items[{place}]", one) for one in found)


def _of_rules(made: Drafted) -> Iterator[tuple[str, Lint]]:
    for place, rules in enumerate(made.rules):
        yield from ((f"accountability[{place}]", one) for one in lint_accountability([rules], made.world))


def _name(found: Lint) -> tuple[str, str, str]:
    return found.code, found.field, found.because
