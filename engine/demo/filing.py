"""One application in the county: what it is about, when it comes in, and the days its handling has."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

import msgspec

from engine.demo.events import Story
from rules.calendar import Calendar
from rules.items import Item
from rules.limit import Limit
from rules.periods import add_period

_SURNAMES = "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹苏潘葛范彭"
_NAMES = ("某某", "某甲", "某乙", "某丙", "某丁")
_FIRMS = ("便利店", "餐馆", "书屋", "建材店", "合作社", "诊所", "货运部", "建筑公司", "机械厂", "幼儿园")
_ORDINARY: dict[str, bool | int] = {"boolean": False, "integer": 40}
_HOURLY = frozenset({"working_hours", "working_minutes"})
_EX_OFFICIO = frozenset({"penalty"})


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """`chance` is this case's own source of chance, so that a plan made again is the same plan."""

    case: str
    item: Item
    on: date
    minute: int
    calendar: Calendar
    chance: Random
    heads: dict[str, str | None]
    inspector: str

    @property
    def at(self) -> datetime:
        return self.calendar.instant(self.on, self.minute)

    @property
    def source(self) -> str:
        return _source_of(self.item)

    @property
    def handler(self) -> str | None:
        return self.item.holder

    @property
    def head(self) -> str | None:
        """The first responsible person of the item's unit."""
        return self.heads.get(self.item.unit)

    @property
    def last_day(self) -> date:
        """The committed limit's last day, where nothing stops the clock."""
        limit = self.item.committed_limit
        assert limit is not None, self.item.code
        return last_day(self.calendar, self.on, limit)

    @property
    def days(self) -> int:
        """Working days from the day of filing to the last one."""
        return self.calendar.working_days_between(self.on, self.last_day)

    @property
    def milestones(self) -> list[int]:
        """Working days from the day of filing to the last day of each step."""
        sums = accumulate(step.limit.amount for step in self.item.steps)
        limits = [Limit(amount=amount, unit=self.item.steps[0].limit.unit) for amount in sums]
        return [
            self.calendar.working_days_between(self.on, last_day(self.calendar, self.on, limit)) for limit in limits
        ]

    def moment(self, days: int) -> datetime:
        """Some time in the office hours of the n-th working day, at least an hour before they end; later ones come later."""
        if not days and self._hourly:
            return after(self.at, self.chance.uniform(0.5, 2))
        day = self.calendar.add_working_days(self.on, days) if days else self.on
        earliest = self.minute + 5 if not days else 9 * 60
        return self.calendar.instant(day, self.chance.randrange(earliest, 16 * 60 + 30))

    @property
    def _hourly(self) -> bool:
        return self.item.committed_limit is not None and self.item.committed_limit.unit in _HOURLY

    def begin(self) -> Story:
        """The story with its first event: accepted at the window, or opened ex officio."""
        story = Story(self.case, self.source)
        type_ = "case.opened" if self.item.category in _EX_OFFICIO else "application.accepted"
        data = {"applicant": _applicant(self.chance), "channel": self.chance.choice(("window", "online"))}
        if self.handler:
            data["holder"] = self.handler
        story.tell(self.at, type_, {**data, **self._attributes()}, item=self.item.code)
        return story

    def _attributes(self) -> dict[str, dict[str, bool | int]]:
        """Ordinary values: nothing that would exclude silence."""
        values = {name: _ORDINARY[kind] for name, kind in self.item.attributes.items()}
        return {"attributes": values} if values else {}


def last_day(calendar: Calendar, on: date, limit: Limit) -> date:
    """A plan's estimate of a limit's last day; what counts is the engine's answer."""
    if limit.unit == "working_days":
        return calendar.add_working_days(on, limit.amount)
    if limit.unit in _HOURLY:
        return on
    return calendar.roll(add_period(on, limit, "last_day"), "next")


def after(at: datetime, hours: float) -> datetime:
    return at + timedelta(hours=hours)


def _source_of(item: Item) -> str:
    if item.category in _EX_OFFICIO:
        return "enforcement"
    if "hall" in item.windows:
        return "hall"
    return "township" if item.windows else "approval"


def _applicant(chance: Random) -> str:
    if chance.random() < 0.4:
        return f"安澜县某{chance.choice(_FIRMS)}"
    return chance.choice(_SURNAMES) + chance.choice(_NAMES)
