"""What a run finds: figures by part, each with the goal it is held against."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One number. `goal` is the least (`at_most`: the most) of the goals; None where there is none, or the figure only explains another."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    at_most: bool = False

    @property
    def is_met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal


class Part(msgspec.Struct, kw_only=True):
    """One part's result. `words`: what each side does; `cpu`: core-seconds by process while the clock of a figure ran."""

    name: str
    title: str
    figures: list[Figure] = []
    words: list[str] = []
    cpu: dict[str, dict[str, float]] = {}
    seconds: float = 0.0
    failed: str | None = None

    def add(self, name: str, value: float, unit: str, *, goal: float | None = None, at_most: bool = False) -> None:
        self.figures.append(Figure(name=name, value=value, unit=unit, goal=goal, at_most=at_most))

    def spent(self, what: str) -> float:
        """Core-seconds of all that took part, the sender too: what a busy machine cannot distort as it does the time."""
        return sum(seconds for name, seconds in self.cpu[what].items() if name != "others")

    def say(self, words: str) -> None:
        self.words.append(words)


class Run(msgspec.Struct, kw_only=True):
    """A whole run, as `figures.json` keeps it."""

    scale: str
    began_at: datetime
    machine: dict[str, str]
    versions: dict[str, str]
    storage: dict[str, str] = {}
    parts: list[Part] = []
    seconds: float = 0.0
