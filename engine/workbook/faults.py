"""Everything that is wrong with a workbook, cell by cell: what cannot be read, what leads nowhere, what lint finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from engine.console.i18n import Locale
from engine.lint.telling import told
from engine.provisioning.check import found_in
from engine.provisioning.export import merged
from engine.provisioning.folder import LISTS, Catalogue, ProvisionError, read_parts
from engine.provisioning.record import world_of
from engine.workbook.reading import Book, Fault, Place, read
from rules.errors import refusal
from rules.lint_catalogue import lint_item
from rules.world import World


class Checked(msgspec.Struct, frozen=True):
    """The catalogue, where everything could be read; `faults` in the order of sheets and rows."""

    catalogue: Catalogue | None
    faults: tuple[Fault, ...]

    @property
    def refused(self) -> bool:
        return any(fault.severity == "error" for fault in self.faults)


def check(path: Path, locale: Locale, base: Catalogue | None = None) -> Checked:
    """`base`: what stands already, for a workbook that brings items alone."""
    return _checked(read(path), str(path), locale, base)


def check_records(parts: dict[str, Any], name: str, locale: Locale, base: Catalogue | None = None) -> Checked:
    """The same for the records of a YAML file: places are fields, not cells."""
    return _checked(Book(parts=parts, places={}, faults=[]), name, locale, base)


def _checked(book: Book, name: str, locale: Locale, base: Catalogue | None) -> Checked:
    """What cannot be read is left out, so that the rest is checked all the same; without units and people nothing can be."""
    bad = _unread(book)
    shapes = list(_shapes(book, bad))
    bad |= {(key, index) for key, index, _ in shapes}
    faults = [*book.faults, *(fault for _, _, fault in shapes)]
    kept = {key: [n for n in range(len(book.parts.get(key, ()))) if (key, n) not in bad] for key in LISTS}
    if not any(key in {"units", "people"} for key, _ in bad):
        try:
            found = _catalogue(book, kept, name)
            whole = merged(base, found) if base else found
            seen = Seen(book=book, whole=whole, given=found, kept=kept, world=world_of(whole), locale=locale)
            faults += [*_names(seen), *_lint(seen)]
        except ProvisionError as error:
            faults.append(Fault("", 0, "", "malformed", str(error)))
    refused = any(fault.severity == "error" for fault in faults)
    return Checked(None if refused else _catalogue(book, kept, name), tuple(sorted(faults)))


class Seen(msgspec.Struct, frozen=True):
    """What is looked at: the records given, `kept` by their places in the workbook, and the world they would stand in."""

    book: Book
    whole: Catalogue
    given: Catalogue
    kept: dict[str, list[int]]
    world: World
    locale: Locale


def _catalogue(book: Book, kept: dict[str, list[int]], name: str) -> Catalogue:
    lists = {key: [book.parts[key][n] for n in places] for key, places in kept.items() if key in book.parts}
    return read_parts({**book.parts, **lists}, name)


def _unread(book: Book) -> set[tuple[str, int]]:
    """Records of which a cell could not be read; parts of an item count as the item."""
    rows = {(fault.sheet, fault.row) for fault in book.faults if fault.row > 1}
    return {place for place, cells in book.places.items() if any((at.sheet, at.row) in rows for at in cells.values())}


def _shapes(book: Book, bad: set[tuple[str, int]]) -> Iterator[tuple[str, int, Fault]]:
    for key, shape in LISTS.items():
        for index, record in enumerate(book.parts.get(key, ())):
            if (key, index) in bad:
                continue
            try:
                msgspec.convert(record, shape)
            except msgspec.ValidationError as error:
                wrong = refusal(error)
                yield key, index, _place(book, key, index, wrong.field).fault(wrong.code, wrong.message)


def _names(seen: Seen) -> Iterator[Fault]:
    for one in found_in(seen.whole):
        index = _index(seen, one.kind, one.place)
        where = _place(seen.book, one.kind, index, one.field) if index is not None else Place("", 0, 0)
        yield where.fault("given_twice" if one.twice else "unknown_name", one.message)


def _index(seen: Seen, kind: str, place: int | None) -> int | None:
    """The place in the workbook of a record of the whole; None where it is not in it."""
    if place is None:
        return None
    record = getattr(seen.whole, kind)[place]
    given = getattr(seen.given, kind)
    return next((seen.kept[kind][n] for n in range(len(given) - 1, -1, -1) if given[n] == record), None)


def _lint(seen: Seen) -> Iterator[Fault]:
    for index, item in zip(seen.kept["items"], seen.given.items, strict=True):
        for one in lint_item(item, seen.world):
            said = told(one, seen.locale)
            yield _place(seen.book, "items", index, one.field).fault(one.code, said.message, one.severity)


def _place(book: Book, key: str, index: int, field: str) -> Place:
    """The cell of a field: its own, that of a part of it, else that of what it is part of."""
    places = book.places.get((key, index), {})
    path = field
    while path:
        if path in places:
            return places[path]
        if inner := next((at for name, at in places.items() if name.startswith((f"{path}.", f"{path}["))), None):
            return inner
        path = re.sub(r"(\.?[^.\[]+|\[\d+\])$", "", path)
    return places.get("") or Place(f"{key}[{index}]", 0, 0, field)
