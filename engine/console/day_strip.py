"""The day strip: one cell per day from day zero to the limit and beyond, as a self-contained SVG. It answers "why this date".

A pure function of its days: console, portal, certificate and PDF draw the same picture. Colours are presentation
attributes, so that a style sheet may change them and a printer needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from html import escape
from typing import Literal

import msgspec

Kind = Literal["zero", "counted", "off", "suspended", "waiting", "late"]
MarkKind = Literal["warning", "committed", "statutory", "today"]

INK, QUIET, LINE = "#17202b", "#55606e", "#aab3be"
ACCENT, PALE, RED, YELLOW = "#1d4f91", "#eef1f5", "#b3261e", "#ffcf40"
PITCH, CELL, HEAD, DAY, LANE = 26, 24, 18, 14, 14


class Mark(msgspec.Struct, frozen=True):
    kind: MarkKind
    word: str


class StripDay(msgspec.Struct, frozen=True):
    """One day. `n` counts the limit's days, or the days late; `say` is the whole of it in words, for hover and focus.

    `waiting`: a day after the end that counts against nobody (the case ended in time, or the day is still to come).
    """

    on: date
    kind: Kind
    say: str
    n: int | None = None
    make_up: bool = False
    month: str = ""
    marks: tuple[Mark, ...] = ()


def day_strip(days: Sequence[StripDay], label: str, *, per_row: int = 28) -> str:
    """The strip as `<svg>`; `label` says its result in one sentence. More than one row starts on Mondays."""
    rows = _rows(days, per_row)
    lanes = [max((len(day.marks) for day in row if day), default=0) for row in rows]
    heights = [HEAD + CELL + DAY + LANE * count + 6 for count in lanes]
    width = PITCH * max(len(row) for row in rows) + 10
    parts, top = [], 0
    for row, height in zip(rows, heights, strict=True):
        parts.append(f'<g transform="translate(5 {top})">{_row(row)}</g>')
        top += height
    return (
        f'<svg class="strip" xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top}" viewBox="0 0 {width} {top}"'
        f' role="group" aria-label="{escape(label)}" font-family="inherit" font-size="11" text-anchor="middle">{"".join(parts)}</svg>'
    )


def compact_strip(days: Sequence[StripDay], label: str, *, most: int = 184) -> str:
    """The strip a table row high, without figures; a long one is squeezed to `most` points."""
    width = 6 * len(days) + 4
    body = "".join(_small_cell(day, 2 + 6 * place) for place, day in enumerate(days))
    return (
        f'<svg class="strip-row" xmlns="http://www.w3.org/2000/svg" width="{min(width, most)}" height="20" viewBox="0 0 {width} 20" preserveAspectRatio="none"'
        f' role="img" aria-label="{escape(label)}"><title>{escape(label)}</title>{body}</svg>'
    )


def _rows(days: Sequence[StripDay], per_row: int) -> list[list[StripDay | None]]:
    if len(days) <= per_row:
        return [list(days)]
    padded: list[StripDay | None] = [*([None] * days[0].on.weekday()), *days]
    return [padded[start : start + per_row] for start in range(0, len(padded), per_row)]


def _row(row: Sequence[StripDay | None]) -> str:
    first = next(place for place, day in enumerate(row) if day)
    parts: list[str] = []
    for place, day in enumerate(row):
        if day is None:
            continue
        left = place * PITCH
        if place == first or day.on.day == 1:
            parts.append(_text(left, 11, day.month, QUIET, anchor="start"))
        parts.append(_cell(day, left))
    return "".join(parts)


def _cell(day: StripDay, left: int) -> str:
    say = escape(day.say)
    shape = _SHAPES[day.kind](left)
    figure = _figure(day, left)
    number = _text(left + 12, HEAD + CELL + 11, str(day.on.day), QUIET, size=10)
    marks = "".join(_mark(mark, left, place) for place, mark in enumerate(day.marks))
    return (
        f'<g class="day {day.kind}" tabindex="-1" role="img" aria-label="{say}" data-say="{say}"><title>{say}</title>'
        f"{shape}{figure}{number}{marks}</g>"
    )


def _figure(day: StripDay, left: int) -> str:
    parts = []
    if day.n is not None:
        colour = {"counted": "#fff", "late": "#fff"}.get(day.kind, INK)
        words = f"+{day.n}" if day.kind == "late" else str(day.n)
        parts.append(_text(left + 12, HEAD + 16.5, words, colour, size=12 if len(words) < 3 else 10, weight=600))
    if day.make_up:
        colour = INK if day.kind in {"off", "suspended", "waiting", "zero"} else "#fff"
        parts.append(f'<circle class="make-up" cx="{left + 19.5}" cy="{HEAD + 4.5}" r="2" fill="{colour}"/>')
    return "".join(parts)


def _mark(mark: Mark, left: int, place: int) -> str:
    size = 11 if len(mark.word) <= 3 else 9  # no wider than its day: the next one may have a word too
    word = _text(left + 12, HEAD + CELL + DAY + LANE * (place + 1) - 3, mark.word, INK, size=size, weight=600)
    return _MARKS[mark.kind](left) + word


def _warning(left: int) -> str:
    return f'<path class="warning" d="M{left + 12} {HEAD - 11}l6 9h-12z" fill="{YELLOW}" stroke="#6b4e00"/>'


def _committed(left: int) -> str:
    return f'<path class="limit" d="M{left + 25} {HEAD - 5}v{CELL + 10}" stroke="{INK}" stroke-width="3"/>'


def _statutory(left: int) -> str:
    bars = f"M{left + 23.5} {HEAD - 5}v{CELL + 10}M{left + 26.5} {HEAD - 5}v{CELL + 10}"
    return f'<path class="limit" d="{bars}" stroke="{INK}" stroke-width="1.5"/>'


def _today(left: int) -> str:
    line = f"M{left + 12} {HEAD - 14}v13M{left + 12} {HEAD + CELL + 1}v3"
    box = f'<rect x="{left - 0.5}" y="{HEAD - 0.5}" width="25" height="25" rx="3" fill="none" stroke="{INK}" stroke-width="2"/>'
    return f'<path class="today" d="{line}" stroke="{INK}" stroke-width="2"/>{box}'


def _box(left: int, fill: str, stroke: str, extra: str = "") -> str:
    return f'<rect x="{left + 0.5}" y="{HEAD + 0.5}" width="23" height="23" rx="2" fill="{fill}" stroke="{stroke}"{extra}/>'


def _hatched(left: int) -> str:
    lines = "".join(f"M{left + a} {HEAD + b}L{left + c} {HEAD + d}" for a, b, c, d in _DIAGONALS)
    return _box(left, PALE, QUIET) + f'<path d="{lines}" stroke="{QUIET}" fill="none"/>'


_DIAGONALS = ((1, 8, 8, 1), (1, 16, 16, 1), (1, 23, 23, 1), (9, 23, 23, 9), (17, 23, 23, 17))
_SHAPES: dict[Kind, Callable[[int], str]] = {
    "zero": lambda left: _box(left, "#fff", ACCENT, ' stroke-width="2"'),
    "counted": lambda left: _box(left, ACCENT, ACCENT),
    "off": lambda left: _box(left, "#fff", LINE),
    "suspended": _hatched,
    "waiting": lambda left: _box(left, PALE, PALE),
    "late": lambda left: _box(left, RED, RED),
}
_MARKS: dict[MarkKind, Callable[[int], str]] = {
    "warning": _warning,
    "committed": _committed,
    "statutory": _statutory,
    "today": _today,
}


def _small_cell(day: StripDay, left: int) -> str:
    fill, stroke = _SMALL[day.kind]
    height = 6 if day.kind == "off" else 12
    cell = f'<rect x="{left + 0.5}" y="{15.5 - height}" width="4" height="{height}" fill="{fill}" stroke="{stroke}" stroke-width="1"/>'
    return cell + "".join(_small_mark(mark, left) for mark in day.marks)


def _small_mark(mark: Mark, left: int) -> str:
    if mark.kind == "today":
        return f'<path d="M{left + 2.5} 0v20" stroke="{INK}" stroke-width="1.5"/>'
    if mark.kind == "warning":
        return f'<path d="M{left + 2.5} 16l2.5 4h-5z" fill="{YELLOW}" stroke="#6b4e00" stroke-width=".8"/>'
    return f'<path d="M{left + 5.5} 1v17" stroke="{INK}" stroke-width="{2 if mark.kind == "committed" else 1}"/>'


_SMALL = {
    "zero": ("#fff", ACCENT),
    "counted": (ACCENT, ACCENT),
    "off": ("#fff", LINE),
    "suspended": ("#c9d0d8", QUIET),
    "waiting": (PALE, PALE),
    "late": (RED, RED),
}


def _text(
    x: float, y: float, words: str, fill: str, *, size: int = 11, weight: int = 400, anchor: str = "middle"
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}" text-anchor="{anchor}"'
        f' style="font-variant-numeric:tabular-nums">{escape(words)}</text>'
    )
