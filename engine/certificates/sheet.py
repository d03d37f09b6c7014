"""A certificate as texts in one language, ready to be set: every word that the page shows, and nothing it does not."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from engine.certificates.document import Certificate, ClockShown, Document, Named
from engine.certificates.strip import strip_of, why_of
from engine.certificates.verify import Force
from engine.console.dates import Dates
from engine.console.i18n import Locale, Texts
from rules.limit import Limit

_WORDS = Path(__file__).parent / "words"
Pairs = tuple[tuple[str, str], ...]


class Standing(msgspec.Struct, frozen=True):
    """The status that is printed across a page which is no longer simply valid."""

    status: Force
    since: datetime | None


class Sheet(msgspec.Struct, frozen=True):
    """All texts of the page. `strip` is SVG; `days` are the lines of the annex."""

    lang: str
    title: str
    banner: str
    unit: str
    number: str
    sentence: str
    facts: Pairs
    clock_head: tuple[str, ...]
    clocks: tuple[tuple[str, ...], ...]
    changes: tuple[str, ...]
    headings: dict[str, str]
    legend: dict[str, str]
    strip_caption: str
    strip: str
    verify_note: str
    address: str
    command: str
    proof: Pairs
    automatic: str
    page: tuple[str, str, str]
    day_head: tuple[str, ...]
    days: tuple[tuple[str, ...], ...]


@cache
def words(locale: Locale) -> dict[str, str]:
    return tomllib.loads((_WORDS / f"{locale}.toml").read_text("utf-8"))


def texts_of(value: Any) -> Iterator[str]:
    """Every text within a sheet, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for part in value.values() for text in texts_of(part))
    elif isinstance(value, list | tuple):
        yield from (text for part in value for text in texts_of(part))


def sheet_of(document: Document, locale: Locale, standing: Standing) -> Sheet:
    return _Writer(document, locale).sheet(standing)


class _Writer:
    """One document in one language."""

    def __init__(self, document: Document, locale: Locale) -> None:
        self._document = document
        self._c: Certificate = document.certificate
        self._w = words(locale)
        self._t, self._d = Texts(locale), Dates(locale, self._c.calendar.zone)
        self._english = locale == "en"

    def sheet(self, standing: Standing) -> Sheet:
        w, clock = self._w, self._c.decisive
        return Sheet(
            lang=self._t.locale,
            title=w["title"],
            banner=self._banner(standing),
            unit=self._name(self._c.unit),
            number=self._c.number,
            sentence=self._sentence(),
            facts=tuple(self._facts()),
            clock_head=tuple(w[name] for name in ("clock_name", "limit", "started", "due")),
            clocks=tuple(self._clock(clock) for clock in self._c.clocks),
            changes=tuple(self._changes()),
            headings={name: w[name] for name in ("number", "clocks", "days", "verify", "annex")},
            legend={name: w[name] for name in ("counted", "off", "make_up", "stopped")},
            strip_caption=self._caption(clock) if clock else "",
            strip=strip_of(self._c, self._t, self._d),
            verify_note=w["verify_note"],
            address=self._c.status_url,
            command=f"jiannuo certificate verify {self._c.number}.pdf",
            proof=tuple(self._proof()),
            automatic=w["automatic"],
            page=_around(w["page"]),
            day_head=tuple(w[name] for name in ("col_day", "col_n", "col_why", "col_basis")),
            days=tuple(self._days(clock)) if clock else (),
        )

    def _banner(self, standing: Standing) -> str:
        if standing.status == "valid":
            return ""
        status = self._t.code("certificate_status", standing.status)
        return self._w["banner"].format(status=status, since=self._instant(standing.since))

    def _sentence(self) -> str:
        form = "sentence" if self._c.about == "case" else "sentence_office"
        return self._w[form].format(
            unit=self._name(self._c.unit), item=self._item_name(), end=self._end(self._c.legal_at)
        )

    def _facts(self) -> Iterator[tuple[str, str]]:
        w, c = self._w, self._c
        item = w["item_version"].format(name=self._item_name(), code=c.item.code, version=c.item.version)
        yield w["applicant"], self._applicant()
        yield w["item"], item
        yield w["granted"], c.granted
        yield w["unit"], self._name(c.unit)
        yield w["case"], c.case
        yield w["basis"], c.basis or "—"
        yield w["legal_at"], self._instant(c.legal_at)
        yield w["issued_at"], self._instant(c.issued_at)

    def _applicant(self) -> str:
        if self._document.disclosed is not None:
            return self._document.disclosed.applicant
        return self._c.applicant.masked if self._c.applicant else self._w["applicant_none"]

    def _clock(self, clock: ClockShown) -> tuple[str, ...]:
        return (
            self._clock_name(clock),
            self._limit(clock.limit),
            self._moment(clock.started),
            f"{self._d.plain(clock.due_on)} 24:00" if self._ends_with_day(clock) else self._moment(clock.expires_at),
        )

    def _clock_name(self, clock: ClockShown) -> str:
        name = self._t.code("clock", clock.name)
        return self._w["decisive"].format(name=name) if clock.decisive else name

    def _changes(self) -> Iterator[str]:
        """Each suspension and extension once, after the clocks it touched."""
        touched: dict[str, list[str]] = {}
        for clock in self._c.clocks:
            for change in self._changes_of(clock):
                touched.setdefault(change, []).append(self._t.code("clock", clock.name))
        for change, names in touched.items():
            yield self._w["change"].format(clocks=self._w["and"].join(names), change=change)

    def _changes_of(self, clock: ClockShown) -> Iterator[str]:
        for stop in clock.suspensions:
            end = self._moment(stop.end) if stop.end else self._w["still"]
            reason = self._t.code("reason", stop.reason)
            yield self._w["suspended"].format(reason=reason, start=self._moment(stop.start), end=end)
        for more in clock.extensions:
            yield self._w["extended"].format(limit=self._limit(more))

    def _limit(self, limit: Limit | None) -> str:
        if limit is None:
            return "—"
        if limit.unit == "until_date":
            return f"{self._t.code('unit_word', limit.unit)} {limit.on or ''}".strip()
        return self._t.amount(limit.amount, limit.unit)

    def _proof(self) -> Iterator[tuple[str, str]]:
        w, c, signature = self._w, self._c, self._document.signature
        place = msgspec.structs.asdict(c.ledger)
        yield w["proof_kid"], f"{signature.alg} {signature.kid}"
        yield w["proof_signature"], signature.value
        yield w["proof_ledger"], w["proof_ledger_value"].format(**place)
        yield w["proof_calendar"], f"{c.calendar.version} ({c.calendar.zone})"
        rules = {"item": c.item.code, "version": c.item.version, "configuration": c.configuration}
        yield w["proof_rules"], w["proof_rules_value"].format(**rules)

    def _caption(self, clock: ClockShown) -> str:
        if not self._ends_with_day(clock):
            return self._t.code("clock", clock.name)
        started = self._moment(clock.started)
        name = self._t.code("clock", clock.name)
        return self._w["days_of"].format(name=name, started=started, due=self._d.plain(clock.due_on))

    def _days(self, clock: ClockShown) -> Iterator[tuple[str, ...]]:
        for day in clock.days:
            count = "" if day.n is None else str(day.n)
            yield self._d.day(day.on), count, why_of(self._t.locale, day.why) or self._w["counted"], day.basis

    def _ends_with_day(self, clock: ClockShown) -> bool:
        if clock.expires_at is None or clock.due_on is None:
            return False
        return self._d.local(clock.expires_at).isoformat()[11:19] == "00:00:00"

    def _moment(self, text: str | None) -> str:
        """A date, or an instant to the minute."""
        if not text:
            return "—"
        if len(text) == len("2026-03-02"):
            return self._d.plain(text)
        return self._instant(text)[:-3]

    def _instant(self, at: datetime | str | None) -> str:
        """To the second, without its weekday; an em dash for none."""
        return f"{self._d.plain(self._d.local(at).date())} {self._d.local(at):%H:%M:%S}" if at else "—"

    def _end(self, text: str) -> str:
        """The end of a limit with its year: 00:00 is said as 24:00 of the last day."""
        local = self._d.local(text)
        if (local.hour, local.minute, local.second) == (0, 0, 0):
            last: date = local.date() - timedelta(days=1)
            return f"{self._d.plain(last)} 24:00"
        return self._moment(text)

    def _name(self, named: Named) -> str:
        return (named.name_en if self._english else None) or named.name

    def _item_name(self) -> str:
        return (self._c.item.name_en if self._english else None) or self._c.item.name


def _around(form: str) -> tuple[str, str, str]:
    """What stands before, between and after the two figures of a page number."""
    before, rest = form.split("{page}")
    between, after = rest.split("{pages}")
    return before, between, after
