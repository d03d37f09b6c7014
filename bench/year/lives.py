"""Two hundred thousand lives of cases, one after the other from a seed: prompt, late, silent, stopped, joint, handed over, reported late, sent twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from bench.year.days import CHINA, Table, at, midnight_after
from bench.year.world import HALL, LIMITS, ONLINE, STEPS, UNITS, YEAR, joined, world

Fact = dict[str, Any]
TABLE = Table({})
_FIRST, _LAST = date(YEAR, 1, 2), date(YEAR, 12, 31)


def year(number: int, seed: int = 1) -> dict[str, Any]:
    """A rehearsal file of so many cases, in the order in which they come in."""
    return {**world(seed), "facts": [fact for index in range(number) for fact in Life(index, number, seed).facts()]}


class Life:
    """One case: all that is known of it is its place among the others and the seed."""

    def __init__(self, index: int, number: int, seed: int) -> None:
        self.chance = Random(f"{seed}/{index}")
        self.case = f"Y{index:06}"
        self.unit = self.chance.choice(UNITS)
        self.source = ONLINE if self.chance.random() < 0.4 else HALL
        span = (_LAST - _FIRST).days + 1
        day = _FIRST + timedelta(days=index * span // number)
        self.start = day if self.chance.random() < 0.03 else TABLE.after(day, 0)  # a few come in on a day off
        self.accepted = self._time(self.start, first=9)
        self.holder = f"{self.unit}-o{self.chance.randrange(1, 5)}"
        self._count = 0

    def facts(self) -> Iterator[Fact]:
        life, letter = self._fate()
        self.letter = letter
        if letter == "A":
            self.holder = f"{self.unit}-win"
        told = {"holder": self.holder, "applicant": "赵某"}
        yield self._fact("application.accepted", self.accepted, told, item=f"{self.unit}-{letter}")
        for fact in life(self):
            yield fact
            if self.chance.random() < 0.01:
                yield fact  # sent twice

    def _fate(self) -> tuple[Callable[[Life], Iterator[Fact]], str]:
        drawn = self.chance.random() * 100
        for share, life, letters in FATES:
            drawn -= share
            if drawn < 0:
                return life, self.chance.choice(letters)
        raise AssertionError("the shares of the fates are a hundred in all")

    # -- what a life is made of ----------------------------------------------------------------------------------------

    def prompt(self) -> Iterator[Fact]:
        """Done in good time, step by step where there are steps."""
        days = max(1, LIMITS[self.letter]["committed"] * self.chance.randrange(1, 9) // 10)
        if self.letter == "A":
            yield from self._served(self._later(self.accepted, self.chance.randrange(1, 4)))
            return
        yield from self._steps(days)
        yield from self._served(self._on(TABLE.after(self.start, days)))

    def late(self) -> Iterator[Fact]:
        """One to thirty working days late; the red card is answered, or not; a finding is confirmed or dismissed now and then."""
        limit = LIMITS[self.letter]["committed"]
        days = limit + self.chance.choice((1, 1, 2, 3, 6, 12, 30))
        yield from self._steps(days)
        yield from self._answered(limit)
        yield from self._served(self._on(TABLE.after(self.start, days)))
        yield from self._judged(limit)

    def silent(self) -> Iterator[Fact]:
        """Nobody ever says anything of the matter itself."""
        limit = LIMITS[self.letter]["committed"]
        yield from self._answered(limit)
        yield from self._judged(limit)

    def stopped(self) -> Iterator[Fact]:
        stop = TABLE.after(self.start, self.chance.randrange(1, 4))
        restart = TABLE.after(stop, self.chance.randrange(2, 25))
        yield self._fact("clock.suspended", self._on(stop), {"reason": "expert_review", "basis": "示例"})
        yield self._fact("clock.resumed", self._on(restart), {"reason": "expert_review"})
        days = self.chance.randrange(1, 12)
        yield from self._served(self._on(TABLE.after(restart, days)))

    def extended(self) -> Iterator[Fact]:
        by = {"amount": self.chance.randrange(2, 9), "unit": "working_days"}
        day = TABLE.after(self.start, self.chance.randrange(3, 7))
        at_ = self._on(day)
        yield self._fact("extension.requested", at_, {"by": by})
        yield self._fact("extension.approved", at_ + timedelta(hours=1), {"by": by, "approver": f"{self.unit}-head"})
        yield self._fact("extension.served", at_ + timedelta(hours=2), {})
        yield from self._served(self._on(TABLE.after(self.start, self.chance.randrange(8, 19))))

    def joint(self) -> Iterator[Fact]:
        for office in joined(self.unit):
            asked = self._later(self.accepted, self.chance.randrange(1, 30))
            yield self._fact("office.consulted", asked, {"office": office})
            if self.chance.random() < 0.7:
                answered = self._on(TABLE.after(self.start, self.chance.randrange(1, 8)))
                yield self._fact(
                    "office.answered",
                    max(answered, asked + timedelta(minutes=1)),
                    {"office": office, "opinion": "同意"},
                )
        yield from self._served(self._on(TABLE.after(self.start, self.chance.randrange(6, 18))))

    def withdrawn(self) -> Iterator[Fact]:
        yield self._fact("application.withdrawn", self._on(TABLE.after(self.start, self.chance.randrange(1, 12))), {})

    def handed_over(self) -> Iterator[Fact]:
        others = [f"{self.unit}-{name}" for name in ("o1b", "o3", "o4", "section")]
        day = TABLE.after(self.start, self.chance.randrange(1, 5))
        yield self._fact("case.handed_over", self._on(day), {"to": self.chance.choice(others)})
        days = self.chance.randrange(3, 15)
        if days > LIMITS[self.letter]["committed"]:
            yield from self._answered(LIMITS[self.letter]["committed"])
        yield from self._served(self._on(TABLE.after(self.start, days)))

    def reported_late(self) -> Iterator[Fact]:
        """Done in time, and told one to nine working days afterwards."""
        days = self.chance.randrange(1, LIMITS[self.letter]["committed"] + 1)
        end = self._on(TABLE.after(self.start, days))
        told = self._on(TABLE.after(end.date(), self.chance.randrange(1, 10)))
        yield from self._served(end, recorded_at=told.isoformat())

    # -- parts -----------------------------------------------------------------------------------------------------------

    def _steps(self, days: int) -> Iterator[Fact]:
        if self.letter != "B":
            return
        for place, step in enumerate(STEPS, 1):
            day = TABLE.after(self.start, max(1, days * place // (len(STEPS) + 1)))
            yield self._fact("step.completed", self._on(day), {"step": step})

    def _served(self, when: datetime, **more: Any) -> Iterator[Fact]:
        result = {"result": "refused" if self.chance.random() < 0.1 else "approved"}
        when = max(when, self.accepted + timedelta(minutes=30))
        yield self._fact("decision.made", when - timedelta(minutes=20), result, **more)
        yield self._fact("decision.served", when, result, **more)

    def _answered(self, limit: int) -> Iterator[Fact]:
        """Seven of ten answer the red card within its five days, one too late, two never."""
        fate = self.chance.random()
        if fate < 0.8:
            days = self.chance.randrange(1, 4) if fate < 0.7 else self.chance.randrange(7, 15)
            day = TABLE.after(TABLE.last(self.start, limit, []), days)
            yield self._fact("alert.answered", self._on(day), {"level": "red", "text": "已整改"})

    def _judged(self, limit: int) -> Iterator[Fact]:
        """Of a hundred findings ten are confirmed, most of these with a measure; four are dismissed, half of them as excused."""
        fate = self.chance.random()
        day = TABLE.after(TABLE.last(self.start, limit, []), self.chance.randrange(4, 12))
        about = {"finding": "limit_expired"}
        if fate < 0.04:
            excuse = {"code": "force_majeure"} if fate < 0.02 else {}
            yield self._fact(
                "finding.dismissed", self._on(day), {**about, **excuse, "reason": "示例"}, actor="inspector-1"
            )
        elif fate < 0.14:
            grade = self.chance.choice(("minor", "ordinary"))
            yield self._fact("finding.confirmed", self._on(day), {**about, "grade": grade}, actor="inspector-1")
            if self.chance.random() < 0.6:
                decided = midnight_after(TABLE.after(day, 8)) + timedelta(hours=10)
                reason = {"person": self.holder, "level": self.chance.randrange(1, 3), "reason": "示例"}
                yield self._fact("measure.decided", decided, reason)

    def _time(self, day: date, first: int = 9) -> datetime:
        return at(day, f"{self.chance.randrange(first, 17):02}:{self.chance.randrange(60):02}") + timedelta(
            seconds=self.chance.randrange(60)
        )

    def _on(self, day: date) -> datetime:
        return max(self._time(day), self.accepted + timedelta(minutes=31))

    def _later(self, when: datetime, minutes: int) -> datetime:
        return when + timedelta(minutes=minutes)

    def _fact(self, type_: str, when: datetime, data: dict[str, Any], **more: Any) -> Fact:
        self._count += 1
        return {
            "id": f"{self.case}/{self._count}", "type": type_, "case": self.case, "source": self.source,
            "occurred_at": when.astimezone(CHINA).isoformat(), "data": data, **more,
        }  # fmt: skip


# How many of a hundred, what they do, and with which items.
FATES: tuple[tuple[float, Callable[[Life], Iterator[Fact]], str], ...] = (
    (56, Life.prompt, "ABBCD"),
    (9, Life.late, "ABCD"),
    (4, Life.silent, "ABCD"),
    (10, Life.stopped, "BD"),
    (3, Life.extended, "B"),
    (8, Life.joint, "C"),
    (3, Life.withdrawn, "BCD"),
    (4, Life.handed_over, "BCD"),
    (3, Life.reported_late, "BCD"),
)
