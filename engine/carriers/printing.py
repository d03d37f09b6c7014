"""Which leaflets a unit or an item has, and their files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from engine.carriers import of_units
from engine.carriers.leaflet import Leaflet
from engine.carriers.pdf import pdf_of
from engine.carriers.writing import Writer
from engine.console.i18n import Locale
from rules.carriers import OF_UNITS, PRINTED
from rules.items import Item
from rules.world import World

OF_ITEMS = tuple(kind for kind in PRINTED if kind not in OF_UNITS)
BULLETIN_SPAN = timedelta(days=365)


class Printed(NamedTuple):
    kind: str
    leaflet: Leaflet
    items: Sequence[Item]

    @property
    def pdf(self) -> bytes:
        return pdf_of(self.leaflet, self.items)


def chosen(item: Item) -> tuple[str, ...]:
    """The carriers that the unit has chosen for an item, as far as they are printed for one item; none named: all of these."""
    kinds = {carrier.kind for carrier in item.carriers}
    return tuple(kind for kind in OF_ITEMS if kind in kinds) or OF_ITEMS


def of_item(world: World, item: Item, kind: str, locale: Locale, on: date, site: str) -> Printed:
    writer = Writer(world, locale, on, site)
    leaflet = writer.card(item) if kind == "explanation_card" else writer.guide(item)
    return Printed(kind, leaflet, (item,))


def of_unit(
    world: World, unit: str, kind: str, locale: Locale, on: date, site: str, since: date | None = None
) -> Printed:
    writer, items = Writer(world, locale, on, site), of_units.items_of(world, unit, on)
    if kind == "bulletin":
        return Printed(kind, of_units.bulletin(writer, unit, items, since or on - BULLETIN_SPAN), items)
    make = of_units.notice_board if kind == "notice_board" else of_units.public_commitment
    return Printed(kind, make(writer, unit, items), items)
