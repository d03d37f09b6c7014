"""Lint (interfaces.md 4): what is wrong with an item or a set of accountability rules before it is published.

Codes, places and figures leave here; the words are made at the edge (`engine/lint/telling.py`), one text per code and `because`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from rules.calendar import Calendar
from rules.items import Item
from rules.limit import Limit
from rules.profile import Profile
from rules.world import World

Severity = Literal["error", "warning"]


class Lint(msgspec.Struct, frozen=True, kw_only=True):
    """One thing found. `item` is the item's code, or `accountability:UNIT`; `field` is the place, as in `steps[0].limit`.

    `because` tells apart the grounds that share a code; `values` are the figures that the text names.
    """

    code: str
    severity: Severity
    item: str
    field: str
    because: str = ""
    values: dict[str, str | int | Limit] = {}


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What a check looks at. `described` is false where an item is checked alone: nothing is known then of posts and office hours.

    `on` is the day the item is looked at, not before it takes effect.
    """

    item: Item
    world: World
    on: date
    described: bool = True

    @property
    def calendar(self) -> Calendar:
        """The last calendar that was published."""
        return self.world.calendars[-1][1]

    @property
    def profile(self) -> Profile:
        return self.world.profile_of(self.item)

    def error(self, code: str, field: str, because: str = "", **values: str | int | Limit) -> Lint:
        return Lint(code=code, severity="error", item=self.item.code, field=field, because=because, values=values)

    def warning(self, code: str, field: str, because: str = "", **values: str | int | Limit) -> Lint:
        return Lint(code=code, severity="warning", item=self.item.code, field=field, because=because, values=values)
