"""The colour of a message by its kind: the card it tells of."""

from __future__ import annotations

from typing import Literal

Colour = Literal["red", "yellow", "blue"]

_RED = frozenset({"red_card", "alert_escalated", "alert_unanswered", "hold_opened", "channel_failing"})
_YELLOW = frozenset({"yellow_card", "warning_raised"})


def colour_of(kind: str) -> Colour:
    if kind in _RED:
        return "red"
    return "yellow" if kind in _YELLOW else "blue"
