"""What there is to pick from, each as (value, word). What an entry says already is offered too: nobody loses it by looking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

import msgspec

from engine.console.entry.columns import UNITS, Form
from engine.console.entry.reading import TYPES
from engine.console.visit import Visit
from rules.items import Effect
from rules.payloads import PAYLOADS
from rules.practice import ARTICLE_45
from rules.world import Person

Pairs = list[tuple[str, str]]
_REASONS = (*ARTICLE_45, "completion", "public_notice", "applicant_cause", "joint_office", "other")
_POSTS = ("officer", "window", "section_head", "deputy_in_charge", "first_responsible")
_LEADERS = ("first_responsible", "deputy_in_charge")
_OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "in")
_PLAIN = ("==", "!=", "in")


class Choices(msgspec.Struct, frozen=True):
    """`lists`: by field or column. `declared`: the attributes of the entry with their types, for the values of conditions."""

    lists: Mapping[str, Pairs]
    declared: Mapping[str, Any]
    yes_no: Pairs

    def of(self, name: str, now: str = "") -> Pairs:
        given = self.lists[name]
        return given if not now or any(value == now for value, _ in given) else [*given, (now, now)]

    def operators(self, attribute: str) -> Pairs:
        kind = self.declared.get(attribute)
        ordered = kind not in ("boolean", None) and not isinstance(kind, list | tuple)
        return [pair for pair in self.lists["operator"] if ordered or pair[0] in _PLAIN]

    def values(self, attribute: str, operator: str) -> Pairs | None:
        """The values an attribute can have, where they can be counted and one of them is meant."""
        kind = self.declared.get(attribute)
        if kind == "boolean":
            return self.yes_no
        return [(one, one) for one in kind] if isinstance(kind, list | tuple) and operator != "in" else None


def choices(v: Visit, form: Form, declared: Mapping[str, Any]) -> Choices:
    unit = form.get("unit", "")
    effects = get_args(Effect)
    people = _people(v, unit)
    lists: dict[str, Pairs] = {
        "unit": [(one.id, v.t.name(one)) for one in v.world.units.values() if v.may("catalogue.edit", one.id)],
        "id": [(one.id, v.t.name(one)) for one in v.world.units.values() if one.id != unit],
        "category": [(one.id, v.t.name(one)) for one in v.world.categories.values() if not one.historical],
        "holder": [(f"post:{post}", v.t.code("post", post)) for post in _POSTS] + people,
        "window": _windows(v, unit),
        "leader_in_charge": _leaders(v, unit) or people,
        "approver": _named(v, unit),
        "extension-approver": [(f"post:{post}", v.t.code("post", post)) for post in reversed(_POSTS[2:])],
        "attribute": [(name, name) for name in declared],
        "fact": [(name, v.t.code("fact", name)) for name in PAYLOADS],
        "kind": _words(v, "filing_kind", ("committed", "immediate")),
        "silence-effect": _words(v, "effect", effects),
        "silence-clock": _words(v, "clock", ("committed", "statutory")),
        "otherwise-effect": _words(v, "effect", effects),
        "table-effect": _words(v, "effect", effects),
        "rules-effect": _words(v, "filing_effect", ("excluded", *effects)),
        "steps-effect": _words(v, "effect", ("none", "next_step")),
        "offices-effect": _words(v, "effect", ("none", "consent_of_office")),
        "clock": _words(v, "clock", ("committed", "statutory")),
        "level": _words(v, "level", ("warning", "yellow", "red")),
        "reason": _words(v, "reason", _REASONS),
        "suspensions-kind": _words(v, "filing_stop", ("pause", "restart")),
        "after_term": _words(v, "filing_after", ("not_pursued", "resume")),
        "type": _words(v, "filing_type", TYPES),
        "check": _words(v, "filing_check", ("two_thirds_rule",)),
        "operator": _words(v, "filing_operator", _OPERATORS),
        "limit_unit": _words(v, "unit_word", UNITS),
        "join": _words(v, "filing_join", ("and", "or")),
    }
    return Choices(lists, declared, [(value, v.t.code("filing_answer", value)) for value in ("true", "false")])


def _words(v: Visit, group: str, codes: Iterable[str]) -> Pairs:
    return [(code, v.t.code(group, code)) for code in codes]


def _people(v: Visit, unit: str) -> Pairs:
    """Everybody in post in the unit, once."""
    found = {person.id: v.person_name(person.id) for person in _in_post(v) if person.unit == unit}
    return sorted(found.items(), key=lambda pair: pair[1])


def _windows(v: Visit, unit: str) -> Pairs:
    """The unit itself, units with somebody at a window, and the systems that report."""
    staffed = {one.unit for one in _in_post(v) if one.post == "window"} | {unit}
    units = [(one.id, v.t.name(one)) for one in v.world.units.values() if one.id in staffed]
    return [*units, *((id_, id_) for id_ in v.world.sources if id_ not in staffed)]


def _leaders(v: Visit, unit: str) -> Pairs:
    """Those who lead the unit, and those above it."""
    above = v.world.units[unit].parent if unit in v.world.units else None
    leading = [one for one in _in_post(v) if one.unit in {unit, above} and one.post in _LEADERS]
    return list({one.id: v.person_name(one.id) for one in sorted(leading, key=lambda one: one.unit != unit)}.items())


def _named(v: Visit, unit: str) -> Pairs:
    office = v.world.leading_group_office
    lead = [(one.id, v.person_name(one.id)) for one in _in_post(v) if one.unit == office and one.post in _LEADERS]
    return [*lead, *_leaders(v, unit)]


def _in_post(v: Visit) -> list[Person]:
    return [person for person in v.world.people if person.in_post(v.today)]
