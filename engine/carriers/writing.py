"""The carriers of one published item: its card, its guide, its page; all from the item alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

import msgspec

from engine.carriers.leaflet import AnyBlock, Facts, Leaflet, Listed, Promise, Table, Words, around, words
from engine.console.dates import Dates
from engine.console.i18n import Locale, Texts
from engine.money import yuan
from rules.carriers import fingerprint
from rules.items import Item
from rules.limit import Limit
from rules.world import World

SHOWN_OF_FINGERPRINT = 16


class Writer:
    """One world in one language. `site`: the address of the public pages."""

    def __init__(self, world: World, locale: Locale, on: date, site: str) -> None:
        self.world, self.on, self.site = world, on, site.rstrip("/")
        self.w, self.t = words(locale), Texts(locale)
        self.d = Dates(locale, world.calendars[-1][1].zone.key)

    # -- words ----------------------------------------------------------------------------------------------------------

    def unit_name(self, unit: str | None) -> str:
        found = self.world.units.get(unit or "")
        return self.t.name(found) if found is not None else unit or ""

    def limit(self, limit: Limit | None) -> str:
        if limit is None:
            return "—"
        if limit.unit == "until_date":
            return f"{self.t.code('unit_word', limit.unit)} {limit.on or ''}".strip()
        return self.t.amount(limit.amount, limit.unit)

    def holder(self, holder: str | None) -> str:
        """The post, not the person: a paper outlives who holds it."""
        kind, _, post = (holder or "").partition(":")
        if kind == "post":
            return self.t.code("post", post)
        known = self.world.post_of(holder, self.on) if holder else None
        return self.t.code("post", known.post) if known is not None else "—"

    def names(self, things: Any) -> tuple[str, ...]:
        return tuple(thing if isinstance(thing, str) else self.t.name(thing) for thing in things)

    def address(self, item: Item) -> str:
        return f"{self.site}/public/items/{quote(item.code, safe='')}?v={item.version}"

    def unit_address(self, unit: str) -> str:
        return f"{self.site}/public/units/{quote(unit, safe='')}"

    # -- leaflets -------------------------------------------------------------------------------------------------------

    def card(self, item: Item) -> Leaflet:
        """A4 explanation card (明白卡): what somebody needs to know before going there."""
        return self._leaflet(
            "explanation_card",
            item,
            (self._promise(item), self._essentials(item, self.basis(item)), *self._course(item)),
        )

    def guide(self, item: Item) -> Leaflet:
        """The guide (办事指南): all that is published of the item."""
        blocks = (
            self._promise(item), self._essentials(item), *self._ground(item), *self._course(item), *self._clock(item), *self._answering(item)
        )  # fmt: skip
        return self._leaflet("guide", item, blocks)

    def page(self, item: Item) -> Leaflet:
        """The same on a screen."""
        return msgspec.structs.replace(self.guide(item), kind="web_page", label=self.w["web_page"])

    def _leaflet(self, kind: str, item: Item, blocks: tuple[AnyBlock, ...]) -> Leaflet:
        return Leaflet(
            kind=kind,
            lang=self.t.locale,
            label=self.w[kind],
            title=self.t.name(item),
            unit=self.unit_name(item.unit),
            blocks=blocks,
            foot=self.foot(item),
            address=self.address(item),
            scan=self.w["scan"],
            scan_note=self.w["scan_note"],
            page=around(self.w["page"]),
        )

    def foot(self, item: Item) -> str:
        version = self.w["version"].format(version=item.version)
        effective = self.w["effective"].format(date=self.d.plain(item.effective_from))
        return f"{item.code} · {version} · {effective} · {self.w['fingerprint']} {fingerprint(item)[:SHOWN_OF_FINGERPRINT]}"

    # -- blocks ---------------------------------------------------------------------------------------------------------

    def _promise(self, item: Item) -> AnyBlock:
        counted = self.world.profile_of(item).day_zero == "excluded"
        note = self.w["days_note"] if counted else ""
        times = [
            (self.w[name], self.limit(limit), note if place == 0 else "")
            for place, (name, limit) in enumerate(
                (("committed", item.committed_limit), ("statutory", item.statutory_limit))
            )
            if limit is not None
        ]
        if item.kind == "immediate":
            times.insert(0, (self.w["committed"], self.w["immediate"], ""))
        return Promise(times=tuple(times))

    def _essentials(self, item: Item, basis: str = "") -> AnyBlock:
        rows = [(self.w["unit"], self.unit_name(item.unit))]
        if item.windows:
            rows.append((self.w["windows"], self._joined(self._windows(item))))
        rows.append((self.w["fee"], self.fees(item)))
        rows.append((self.w["silence"], self.silence(item)))
        if basis:
            rows.append((self.w["basis"], basis))
        return Facts(rows=tuple(rows))

    def _windows(self, item: Item) -> Iterator[str]:
        for window in item.windows:
            known = self.world.units.get(window) or self.world.sources.get(window)
            yield self.t.name(known) if known is not None else window

    def fees(self, item: Item) -> str:
        return self._joined(self._fees(item)) or self.w["no_fee"]

    def _fees(self, item: Item) -> Iterator[str]:
        for fee in item.fees:
            name = str(fee.get("name") or fee.get("code", ""))
            amount = fee.get("amount", "")
            words = f"{yuan(amount)} {self.w['yuan']}" if isinstance(amount, int) else amount
            yield self.w["fee_line"].format(name=name, amount=words).strip()

    def basis(self, item: Item) -> str:
        """All that the item rests on, in one line."""
        named = (item.basis,) if isinstance(item.basis, str) else tuple(item.basis.values()) if item.basis else ()
        return ("；" if self.t.locale == "zh" else "; ").join(dict.fromkeys(filter(None, named)))

    def silence(self, item: Item) -> str:
        said = self.w[f"silence_{item.silence.effect}"]
        if item.silence.effect == "none":
            return said
        return self.w["on_clock"].format(words=said, clock=self.t.code("clock", item.silence.clock))

    def _course(self, item: Item) -> Iterator[AnyBlock]:
        yield Listed(
            heading=self.w["materials"],
            items=tuple(self._materials(item)) or (self.w["no_materials"],),
            numbered=bool(item.materials),
        )
        if item.steps:
            rows = tuple(
                (str(n), self.t.name(step), self.holder(step.holder), self.limit(step.limit))
                for n, step in enumerate(item.steps, 1)
            )
            head = ("", self.w["step"], self.w["holder"], self.w["limit"])
            yield Table(heading=self.w["steps"], head=head, rows=rows, weights=(0, 1, 0, 0))
        office = self.unit_name(self.world.leading_group_office)
        yield Words(heading=self.w["complain"], paragraphs=(self.w["complain_line"].format(office=office),))

    def _materials(self, item: Item) -> Iterator[str]:
        for one in item.materials:
            name, copies = (one, 1) if isinstance(one, str) else (self.t.name(one), one.copies)
            yield name if copies == 1 else self.w["copies"].format(name=name, n=copies)

    def _ground(self, item: Item) -> Iterator[AnyBlock]:
        if item.basis:
            basis = {"": item.basis} if isinstance(item.basis, str) else item.basis
            rows = tuple(
                (self.t.code("clock", name) if name else self.w["basis"], text) for name, text in basis.items()
            )
            yield Facts(heading=self.w["basis"], rows=rows)
        if item.conditions:
            yield Listed(heading=self.w["conditions"], items=item.conditions, numbered=True)

    def _clock(self, item: Item) -> Iterator[AnyBlock]:
        if item.suspensions:
            rows = tuple((self.t.code("reason", one.reason), one.basis or "") for one in item.suspensions)
            yield Facts(heading=self.w["suspensions"], rows=rows)
        if item.extension is not None and item.extension.max is not None:
            said = self.w["extension_line"].format(n=item.extension.max_times, limit=self.limit(item.extension.max))
            basis = self.w["aside"].format(words=item.extension.basis) if item.extension.basis else ""
            yield Words(heading=self.w["extension"], paragraphs=(said + basis,))
        if item.offices:
            rows = tuple((one.name or self.unit_name(one.id), self.limit(one.limit)) for one in item.offices)
            yield Facts(heading=self.w["offices"], rows=rows)
        exclusions = tuple(one if isinstance(one, str) else one.basis or one.when for one in item.silence.exclusions)
        if exclusions:
            yield Listed(heading=self.w["exclusions"], items=exclusions)

    def _answering(self, item: Item) -> Iterator[AnyBlock]:
        leaders = ((self.w["leader"], item.leader_in_charge), (self.w["section"], item.section_in_charge))
        named = tuple((label, self.person(person)) for label, person in leaders if person)
        duties = tuple((self.holder(one.holder), one.duty) for one in item.duties)
        if named or duties:
            yield Facts(heading=self.w["duties"], rows=(*named, *duties))
        for name, lines in (("rules", item.rules_of_exercise), ("discipline", item.work_discipline)):
            if lines:
                yield Listed(heading=self.w[name], items=lines)
        if item.service_commitment:
            yield Words(heading=self.w["service"], paragraphs=(item.service_commitment,))
        yield Words(
            heading=self.w["accountability"], paragraphs=(item.accountability or self.w["accountability_default"],)
        )

    def person(self, person: str) -> str:
        known = self.world.post_of(person, self.on)
        return self.t.name(known) if known is not None else self.unit_name(person)

    def _joined(self, parts: Iterator[str]) -> str:
        return ("、" if self.t.locale == "zh" else ", ").join(parts)
