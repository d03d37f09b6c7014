"""The fields of the form: those of one value, and the tables with their columns."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

Form = Mapping[str, str]
PLAIN = (
    "code", "name", "name_en", "unit", "category", "kind", "holder", "leader_in_charge", "section_in_charge", "service_commitment",
    "accountability", "flow_chart",
)  # fmt: skip
LINES = ("conditions", "rules_of_exercise", "work_discipline")
CHECKS = ("statutory_duty", "undertaking", "deficits_pause", "retired")
LIMITS = ("statutory_limit", "committed_limit", "verification_limit")
SILENCE = ("effect", "clock", "basis", "grants", "exclusions_checked")
EXTENSION = ("max_times", "basis", "approver", "clock")
UNITS = ("working_days", "calendar_days", "weeks", "months", "years", "working_hours", "working_minutes", "until_date")
# Three comparisons of a condition can be picked; whatever says more is written as text.
COMPARISONS = ("", "2", "3")
CONDITION = tuple(f"{part}{n}" for n in COMPARISONS for part in ("attribute", "operator", "value"))


class Table(msgspec.Struct, frozen=True):
    """`more`: columns that few entries need; `known_by`: what a row is known by, so that what the form does not show of it stays.

    `least`: how many rows are offered at first. `limit` is an amount and a unit, `condition` comparisons to pick.
    """

    columns: tuple[str, ...]
    more: tuple[str, ...] = ()
    known_by: str = ""
    least: int = 0


TABLES: dict[str, Table] = {
    "steps": Table(("name", "holder", "limit"), ("name_en", "clause", "effect", "basis"), "id", 1),
    "warnings": Table(("before", "level"), least=1),
    "suspensions": Table(("reason", "basis", "term"), ("kind", "max", "clock", "after_term"), "reason"),
    "offices": Table(("id", "limit", "effect", "basis"), ("name",), "id"),
    "attributes": Table(("name", "type", "values")),
    "rules": Table(("effect", "condition", "basis")),
    "table": Table(("effect", "condition", "basis")),
    "needs": Table(("fact", "condition", "basis")),
    "materials": Table(("name", "copies"), ("name_en", "code"), "name", 1),
    "fees": Table(("code", "name", "amount"), ("basis",), "code"),
    "windows": Table(("window",)),
    "duties": Table(("holder", "duty")),
    "exceptions": Table(("check", "basis", "approver"), ("filed_on",)),
}
LIMIT_COLUMNS = frozenset({"limit", "before", "term"})
NUMBERS = frozenset({"max", "copies"})
# What an item means where it says nothing: shown, and not written.
DEFAULTS = {
    "kind": "committed", "silence-effect": "none", "silence-clock": "committed", "extension-max_times": "1", "warnings.level": "warning",
    "suspensions.kind": "pause", "materials.copies": "1",
}  # fmt: skip
