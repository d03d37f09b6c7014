"""Who held which post on which day, from the raw list of people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

Rung = tuple[str, tuple[str, ...]]
UP = ("section_head", "deputy_in_charge", "first_responsible", "discipline_group")


class Posts:
    def __init__(self, spec: Mapping[str, Any]) -> None:
        self._posts: list[tuple[str, str, str, date, date]] = [
            (
                p["id"],
                p["unit"],
                p["post"],
                date.fromisoformat(p["from"]),
                date.fromisoformat(p.get("to", "9999-12-31")),
            )
            for p in spec["people"]
        ]
        self._of_unit: dict[str, list[tuple[str, str, date, date]]] = {}
        self._of_person: dict[str, list[tuple[date, date]]] = {}
        for id_, unit, post, since, to in self._posts:
            self._of_unit.setdefault(unit, []).append((id_, post, since, to))
            self._of_person.setdefault(id_, []).append((since, to))
        self._inspectors = tuple(spec["inspectors"])
        self._last = spec["leading_group_office"]

    def in_post(self, person: str, on: date) -> bool:
        """Whether somebody holds any post; the leading-group office itself always answers."""
        return person == self._last or any(since <= on <= to for since, to in self._of_person.get(person, ()))

    def holders(self, unit: str, post: str, on: date) -> tuple[str, ...]:
        return tuple(id_ for id_, held, since, to in self._of_unit.get(unit, ()) if held == post and since <= on <= to)

    def inspectors(self, on: date) -> tuple[str, ...]:
        return tuple(person for person in self._inspectors if self.in_post(person, on))

    def ladder(self, unit: str, on: date) -> list[Rung]:
        """Section head, deputy in charge, first responsible person, discipline group, inspectors, leading-group office; vacant rungs are passed over."""
        found = [
            *((post, self.holders(unit, post, on)) for post in UP),
            ("inspectors", self.inspectors(on)),
            ("office", (self._last,)),
        ]
        return [rung for rung in found if rung[1]]

    def above(self, unit: str, on: date, asked: str, told: frozenset[str]) -> Rung | None:
        """Who stands next above a post that was asked and has not been told yet; None above the last one."""
        order = [*UP, "inspectors", "office"]
        higher = [rung for rung in self.ladder(unit, on) if order.index(rung[0]) > order.index(asked)]
        fresh = [(post, tuple(person for person in people if person not in told)) for post, people in higher]
        return next((rung for rung in fresh if rung[1]), None)
