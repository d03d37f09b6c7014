"""Strips as pages show them: wide for a screen, narrow for a phone."""

from __future__ import annotations

import msgspec
from markupsafe import Markup

from engine.console.day_strip import day_strip
from engine.console.explanation import Account


class Strip(msgspec.Struct, frozen=True):
    wide: Markup
    narrow: Markup


def drawn(clock: Account, label: str) -> Strip:
    """Four weeks a row where there is room, two on a phone... twelve days fit 390 points when one row is enough."""
    wide = day_strip(clock.days, label, per_row=28)
    narrow = day_strip(clock.days, label, per_row=12 if len(clock.days) <= 12 else 7 if len(clock.days) <= 21 else 14)
    return Strip(Markup(wide), Markup(narrow))  # noqa: S704 - drawn by us, its words escaped
