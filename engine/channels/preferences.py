"""How a person wants to be told: which channels for which level, and at what hours not. What cannot wait never waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import Annotated, Literal

import msgspec

from notifications.channels.forms import ChannelForm
from notifications.fields import Level

EMAIL = "email"
# `none`: notices that are no alert.
PreferenceLevel = Level | Literal["none"]
Hour = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Quiet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `start` to `end` of each day, over midnight where `end` is the earlier one; local time of the office."""

    start: Hour
    end: Hour


class Preferences(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`ways`: by level the channels besides the inbox; a level that is not named has the shipped ones."""

    ways: dict[PreferenceLevel, tuple[str, ...]] = {}
    quiet: Quiet | None = None


def ways_of(preferences: Preferences, level: PreferenceLevel, personal: Iterable[ChannelForm]) -> tuple[str, ...]:
    """The channels on which somebody is told besides the inbox. Shipped: mail always, personal channels for the levels they are made for."""
    offered = {EMAIL: True, **{form.id: level in form.levels for form in personal}}
    chosen = preferences.ways.get(level)
    return tuple(name for name in chosen if name in offered) if chosen is not None else _shipped(offered)


def after_quiet(quiet: Quiet | None, now: datetime, zone: tzinfo) -> datetime | None:
    """When the quiet hours end that `now` lies in; None outside of them."""
    if quiet is None or quiet.start == quiet.end:
        return None
    local = now.astimezone(zone)
    time = local.strftime("%H:%M")
    over_midnight = quiet.end < quiet.start
    inside = (quiet.start <= time or time < quiet.end) if over_midnight else quiet.start <= time < quiet.end
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and time >= quiet.start else 0)
    hour, minute = map(int, quiet.end.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def _shipped(offered: dict[str, bool]) -> tuple[str, ...]:
    return tuple(name for name, wanted in offered.items() if wanted)
