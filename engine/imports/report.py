"""What an import did: counts by outcome, and every record that was not taken, by its place in the log."""

from __future__ import annotations

from collections import Counter

import msgspec

from engine.imports.mapped import Mapped
from engine.imports.records import Broken
from engine.intake.envelope import Answer

_SHOWN = 1000  # problems kept word for word; beyond that they are counted only, so that memory stays flat
_TAKEN = frozenset({"recorded", "duplicate"})


class Problem(msgspec.Struct, frozen=True):
    """One record or fact that was not taken, or not at once."""

    place: str
    outcome: str
    reason: str


class Report(msgspec.Struct):
    """Grows while the import runs. `facts`: what the mapping made; `outcomes`: what became of them."""

    dry_run: bool = False
    cases: int = 0
    facts: int = 0
    broken: int = 0
    outcomes: dict[str, int] = {}
    types: dict[str, int] = {}
    problems: list[Problem] = []
    seconds: float = 0.0

    @property
    def not_taken(self) -> int:
        return self.broken + sum(count for outcome, count in self.outcomes.items() if outcome not in _TAKEN)

    @property
    def is_clean(self) -> bool:
        return self.not_taken == 0

    @property
    def changed_nothing(self) -> bool:
        """Every fact was here already."""
        return not self.dry_run and self.facts > 0 and self.outcomes.get("duplicate", 0) == self.facts

    def add(self, part: Report) -> None:
        """Takes the report of one batch in."""
        self.cases += part.cases
        self.facts += part.facts
        self.broken += part.broken
        for whole, more in ((self.outcomes, part.outcomes), (self.types, part.types)):
            for name, count in more.items():
                whole[name] = whole.get(name, 0) + count
        self.problems += part.problems[: _SHOWN - len(self.problems)]

    def add_broken(self, broken: Broken) -> None:
        self.broken += 1
        self._keep(Problem(broken.place, "broken", broken.reason))

    def add_made(self, made: list[Mapped]) -> None:
        self.cases += 1
        self.facts += len(made)
        for one in made:
            self.types[one.envelope.type] = self.types.get(one.envelope.type, 0) + 1

    def add_answers(self, made: list[Mapped], answers: list[Answer]) -> None:
        for outcome, count in Counter(answer.outcome for answer in answers).items():
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + count
        for one, answer in zip(made, answers, strict=True):
            if answer.outcome not in _TAKEN:
                why = ": ".join(part for part in (answer.code, answer.message) if part)
                self._keep(Problem(f"{one.place}, case {one.envelope.case}, {one.envelope.type}", answer.outcome, why))

    def _keep(self, problem: Problem) -> None:
        if len(self.problems) < _SHOWN:
            self.problems.append(problem)
