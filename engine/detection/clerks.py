"""Clerks: how an honest one handles a case, and the habits of those who cheat.

A habit is told with its own name only where it is a cheat. Every habit has a sly way that is made to escape the detector, and an honest double that
looks the same and is none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from rules.calendar import Calendar

ZONE = ZoneInfo("Asia/Shanghai")
LIMIT = 5  # working days
HALL, OTHER = "hall", "township"
FEE = {"code": "F1", "name": "工本费", "amount": 10}
MATERIALS = ("申请表", "身份证明", "场地证明")
STEPS = ("survey", "review", "issue")


class File:
    """One case in the hands of one clerk; `told` collects its facts."""

    def __init__(self, case: str, unit: str, clerk: str, on: date, calendar: Calendar, chance: Random) -> None:
        self.case, self.unit, self.clerk, self.on = case, unit, clerk, on
        self.calendar, self.chance = calendar, chance
        self.told: list[dict[str, Any]] = []
        self.window, self.item = "hall-1", f"{unit}-A"
        self.fee: int | None = 10 if chance.random() < 0.3 else None
        self.steps, self.result, self.reason = list(STEPS), "approved", "依法准予"
        self.recorded: Callable[[datetime], datetime] | None = None
        self.end = 3

    def at(self, day: int, hour: int, minute: int | None = None) -> datetime:
        on = self.calendar.add_working_days(self.on, day) if day else self.on
        return datetime.combine(on, time(hour, self.chance.randrange(60) if minute is None else minute), ZONE)

    def tell(
        self, type_: str, at: datetime, *, recorded: datetime | None = None, source: str = HALL, **data: Any
    ) -> None:
        fact = {
            "id": f"{self.case}/{len(self.told)}", "type": type_, "case": self.case, "source": source,
            "occurred_at": at.isoformat(), "recorded_at": (recorded or at).isoformat(), "data": data,
        }  # fmt: skip
        self.told.append(fact | ({"item": self.item} if type_.startswith("application.") else {}))

    def begin(self) -> None:
        self.tell("application.accepted", self.at(0, 9), holder=self.clerk, window=self.window)

    def finish(self) -> None:
        """The steps in the order they are told, the fee, the decision and its service."""
        for n, step in enumerate(self.steps):
            at = self.at(min(n + 1, self.end), 10 + 2 * n, 0)
            self.tell("step.completed", at, recorded=self._when(at), step=step)
        if self.fee is not None:
            self.tell("fee.charged", self.at(self.end, 15, 0), code="F1", amount=self.fee)
        made, served = self.at(self.end, 16, 0), self.at(self.end, 16, 30)
        reason = {"reason": self.reason} if self.reason else {}
        self.tell("decision.made", made, recorded=self._when(made), result=self.result, **reason)
        self.tell("decision.served", served, recorded=self._when(served), result=self.result)

    def _when(self, at: datetime) -> datetime:
        return self.recorded(at) if self.recorded else at


Way = Callable[[File], None]


class Habit(msgspec.Struct, frozen=True):
    """`cheat`: what the detector of that name should find. `sly`: the same cheat, hidden. `double`: an honest act that looks alike."""

    kind: str
    cheat: Way
    sly: Way
    double: Way
    sly_share: float = 0.1
    double_share: float = 0.01


def honest(file: File) -> None:
    """As it should be; with what is lawful now and then: a completion notice, a stop, an extension, a hand-over."""
    file.begin()
    luck = file.chance.random()
    if luck < 0.08:
        file.tell("completion.requested", file.at(1, 9), items=[file.chance.choice(MATERIALS)], answer_by=_day(file, 3))
        file.tell("completion.supplied", file.at(2, 9))
    elif luck < 0.13:
        _pause(file, written=True)
    elif luck < 0.18:
        _extension(file, 2)
    elif luck < 0.22:
        file.tell("case.handed_over", file.at(1, 9), to=f"{file.unit}-c0")
    elif luck < 0.27:
        file.result, file.reason = "refused", "不符合法定条件"
    file.finish()


def _day(file: File, n: int) -> str:
    return file.calendar.add_working_days(file.on, n).isoformat()


def _pause(file: File, *, written: bool) -> None:
    at = file.at(1, 14)
    notice: dict[str, Any] = {}
    if written:
        notice = {"notified_at": at.date().isoformat(), "declared": {"amount": 3, "unit": "working_days"}}
    file.tell("clock.suspended", at, reason="expert_review", **notice)
    file.tell("clock.resumed", file.at(3, 9), reason="expert_review")


def _extension(file: File, day: int) -> None:
    by = {"amount": 2, "unit": "working_days"}
    file.tell("extension.requested", file.at(day, 14, 0), by=by)
    file.tell("extension.approved", file.at(day, 15, 0), by=by, approver=f"{file.unit}-head")
    file.tell("extension.served", file.at(day, 16, 0))


def _around(act: Way, **changes: Any) -> Way:
    """An act between the beginning and an ordinary end; `changes`: how the end differs."""

    def way(file: File) -> None:
        file.begin()
        for name, value in changes.items():
            setattr(file, name, value)
        act(file)
        file.finish()

    return way


def _before(**changes: Any) -> Way:
    """Handled as usual but for these."""

    def way(file: File) -> None:
        for name, value in changes.items():
            setattr(file, name, value)
        file.begin()
        file.finish()

    return way


def _extend(day: int) -> Way:
    return _around(lambda file: _extension(file, day), end=LIMIT + 1)


def _hand_over(day: int) -> Way:
    return _around(lambda file: file.tell("case.handed_over", file.at(day, 14), to=f"{file.unit}-c0"), end=LIMIT)


def _ask(*names: str) -> Way:
    def act(file: File) -> None:
        file.tell("completion.requested", file.at(1, 9), items=list(names), answer_by=_day(file, 3))
        file.tell("completion.supplied", file.at(2, 9))

    return _around(act)


def _second_acceptance(file: File) -> None:
    file.tell("application.accepted", file.at(1, 9), source=OTHER, holder=file.clerk)


def _proof(days_before: int, recorded_after: timedelta) -> Way:
    """Handed in elsewhere long before it was accepted here; the proof comes to light later."""

    def act(file: File) -> None:
        on = file.calendar.add_working_days(file.on, -days_before) if days_before else file.on
        at = datetime.combine(on, time(8), ZONE)
        file.tell("application.handed_in", at, recorded=max(at + recorded_after, file.at(0, 10)), source=OTHER)

    return _around(act, end=1, steps=[])


def _dispatch(file: File) -> None:
    file.item, file.window, file.steps, file.end = f"{file.unit}-B", "hall-1", [], 0
    file.begin()
    file.tell("case.dispatched", file.at(0, 11), to=file.unit)
    file.finish()


def _settled_at_once(file: File) -> None:
    file.item, file.window, file.steps, file.end = f"{file.unit}-B", "hall-1", [], 0
    file.begin()
    file.tell("case.handed_over", file.at(0, 11), to=f"{file.unit}-c0")
    file.finish()


def _entered_after(delay: timedelta) -> Way:
    """Decided on the last day, as they say, and entered so much later."""

    def way(file: File) -> None:
        file.end, file.steps = LIMIT, []
        file.recorded = lambda at: at + delay
        file.begin()
        file.finish()

    return way


HABITS = (
    Habit("last_hour_extension", _extend(LIMIT), _extend(LIMIT - 1), _extend(LIMIT), double_share=0.004),
    Habit("transfer_before_expiry", _hand_over(LIMIT), _hand_over(LIMIT - 1), _hand_over(LIMIT), double_share=0.004),
    Habit(
        "pause_abuse",
        _around(lambda file: _pause(file, written=False)),
        _around(lambda file: _pause(file, written=True)),
        _around(lambda file: _pause(file, written=False)),
        sly_share=0.15,
        double_share=0.005,  # of the honest stops, which are one case in twenty, one notice in ten is on paper only
    ),
    Habit("double_acceptance", _around(_second_acceptance), _before(), _around(_second_acceptance), double_share=0.003),
    Habit("off_system", _proof(6, timedelta(days=4)), _proof(0, timedelta(hours=20)), _proof(4, timedelta(days=3)), double_share=0.003),
    Habit("off_procedure", _before(steps=["survey", "issue", "review"]), _before(), _before(steps=["review", "survey", "issue"]), double_share=0.004),
    Habit("wrong_fee", _before(fee=15), _before(fee=None), _before(fee=5), double_share=0.004),
    Habit("unlisted_material", _ask("申请表", "无犯罪记录证明"), _ask("申请表"), _ask("身份证复印件"), double_share=0.005),
    Habit("window_not_authorised", _before(window="township-2"), _before(), _before(window="hall-temporary"), double_share=0.004),
    Habit(
        "refusal_without_reason",
        _before(result="refused", reason=None),
        _before(result="refused", reason="材料"),
        _before(result="refused", reason=None),
        double_share=0.004,
    ),
    Habit("receive_only", _dispatch, _settled_at_once, _dispatch, double_share=0.003),
    Habit("back_dating", _entered_after(timedelta(days=4)), _entered_after(timedelta(hours=22)), _entered_after(timedelta(hours=30)), double_share=0.003),
)  # fmt: skip
