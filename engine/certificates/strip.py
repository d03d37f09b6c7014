"""The day strip of a certificate, drawn from what its document says, so that picture and signed words cannot differ."""

from __future__ import annotations

from engine.certificates.document import Certificate, Day
from engine.console.dates import Dates
from engine.console.day_strip import Kind, Mark, StripDay, day_strip
from engine.console.i18n import Locale, Texts
from engine.explanation.telling import words

_IDLE: dict[str, Kind] = {
    "day_zero": "zero", "suspended": "suspended", "restarted": "suspended", "weekend": "off", "off": "off"
}  # fmt: skip
PER_ROW = 21
_FAMILY = 'font-family="Noto Sans CJK SC"'


def why_of(locale: Locale, why: str) -> str:
    """Why a day counted or not, in the words of the account that explains the date; nothing of a day like any other."""
    return words(locale).get(f"why.{why}", why)


def strip_of(certificate: Certificate, t: Texts, d: Dates) -> str:
    """SVG of the clock whose end is the legal instant; empty where its days were not counted one by one."""
    clock = certificate.decisive
    if clock is None or not clock.days:
        return ""
    days = [_day(day, certificate, t, d) for day in clock.days]
    # A page has no font to inherit: the strip's texts are set in ours.
    return day_strip(days, certificate.number, per_row=PER_ROW).replace('font-family="inherit"', _FAMILY)


def _day(day: Day, certificate: Certificate, t: Texts, d: Dates) -> StripDay:
    kind: Kind = "counted" if day.n is not None else _IDLE.get(day.why, "waiting")
    say = " · ".join(filter(None, (d.day(day.on), why_of(t.locale, day.why))))
    n = 0 if kind == "zero" else day.n
    return StripDay(day.on, kind, say, n, day.why == "make_up", d.month(day.on), _marks(day, certificate, t))


def _marks(day: Day, certificate: Certificate, t: Texts) -> tuple[Mark, ...]:
    found = []
    for clock in certificate.clocks:
        if clock.due_on == day.on and clock.name == "committed":
            found.append(Mark("committed", t("strip.mark.committed")))
        elif clock.due_on == day.on and clock.name == "statutory":
            found.append(Mark("statutory", t("strip.mark.statutory")))
    return tuple(found)
