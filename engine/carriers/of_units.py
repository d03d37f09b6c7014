"""The carriers of one unit: its notice board, its signed commitment, its bulletin of changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date

from engine.carriers.leaflet import AnyBlock, Leaflet, Signatures, Table, Words, around
from engine.carriers.writing import SHOWN_OF_FINGERPRINT, Writer
from rules.carriers import fingerprint
from rules.items import Item
from rules.world import World

_LONG_CODE = 12  # characters


def items_of(world: World, unit: str, on: date) -> list[Item]:
    """What the unit itself has published and exercises on a day, in order of code."""
    codes = sorted({item.code for item in world.items() if item.unit == unit})
    found = (world.published(code, on) for code in codes)
    return [item for item in found if item is not None and item.unit == unit and not item.retired]


def notice_board(writer: Writer, unit: str, items: Sequence[Item]) -> Leaflet:
    w = writer.w
    head = (w["code"], w["item_and_basis"], w["committed"], w["statutory"], w["fee"], w["silence"], w["version_of"])
    rows = tuple(
        (
            item.code, _with_basis(writer, item), *_times(writer, item), writer.fees(item), writer.silence(item), _version(writer, item),
        )
        for item in items
    )  # fmt: skip
    title = w["board_title"].format(unit=writer.unit_name(unit))
    return _leaflet(
        writer,
        "notice_board",
        unit,
        items,
        title,
        (Table(head=head, rows=rows, weights=(_of_codes(items), 7, 0, 0, 3, 4, 0)),),
    )


def public_commitment(writer: Writer, unit: str, items: Sequence[Item]) -> Leaflet:
    """Signed by the first responsible person (一把手) and the deputy in charge."""
    w, name = writer.w, writer.unit_name(unit)
    head = (w["code"], w["item"], w["committed"], w["statutory"], w["version_of"])
    rows = tuple((item.code, writer.t.name(item), *_times(writer, item), _version(writer, item)) for item in items)
    blocks = (
        Words(paragraphs=(w["commitment_1"].format(unit=name),)),
        Table(head=head, rows=rows, weights=(_of_codes(items), 5, 3, 3, 4)),
        Words(paragraphs=(w["commitment_2"], w["commitment_3"])),
        Signatures(rows=tuple(_signing(writer, unit)), seal=w["seal"], date=w["date"]),
    )
    return _leaflet(writer, "public_commitment", unit, items, w["commitment_title"], blocks)


def bulletin(writer: Writer, unit: str, items: Sequence[Item], since: date) -> Leaflet:
    """What came into force from a day on: new items, other times, items no longer exercised."""
    w = writer.w
    rows = tuple((writer.d.plain(on), *rest) for on, *rest in sorted(_changes(writer, unit, since)))
    span = w["bulletin_span"].format(since=writer.d.plain(since), until=writer.d.plain(writer.on))
    head = (w["date"], w["code"], w["item"], w["change"])
    body: AnyBlock = (
        Table(head=head, rows=rows, weights=(0, _of_codes(items), 5, 3))
        if rows
        else Words(paragraphs=(w["no_changes"],))
    )
    title = w["bulletin_title"].format(unit=writer.unit_name(unit))
    return _leaflet(writer, "bulletin", unit, items, title, (Words(paragraphs=(span,)), body))


def _changes(writer: Writer, unit: str, since: date) -> Iterator[tuple[date, str, str, str]]:
    versions: dict[str, list[Item]] = {}
    for item in writer.world.items():
        versions.setdefault(item.code, []).append(item)
    for code, known in versions.items():
        for place, item in enumerate(known):
            if item.unit == unit and item.withheld is None and since <= item.effective_from <= writer.on:
                before = known[place - 1] if place else None
                yield item.effective_from, code, writer.t.name(item), _change(writer, before, item)


def _change(writer: Writer, before: Item | None, item: Item) -> str:
    if item.retired:
        return writer.w["retired_item"]
    if before is None or before.retired:
        return writer.w["new_item"]
    if before.committed_limit != item.committed_limit:
        old, new = writer.limit(before.committed_limit), writer.limit(item.committed_limit)
        return writer.w["changed_limit"].format(old=old, new=new)
    return writer.w["changed_other"]


def _times(writer: Writer, item: Item) -> tuple[str, str]:
    promised = writer.w["immediate"] if item.kind == "immediate" else writer.limit(item.committed_limit)
    return promised, writer.limit(item.statutory_limit)


def _with_basis(writer: Writer, item: Item) -> str:
    return "\n".join(filter(None, (writer.t.name(item), writer.basis(item))))


def _of_codes(items: Sequence[Item]) -> int:
    """The column of codes: as wide as they are where they are short; those of the national catalogue have 31 characters."""
    return 3 if any(len(item.code) > _LONG_CODE for item in items) else 0


def _version(writer: Writer, item: Item) -> str:
    version = writer.w["version"].format(version=item.version)
    return f"{version}\n{writer.w['effective'].format(date=writer.d.plain(item.effective_from))}"


def _signing(writer: Writer, unit: str) -> Iterator[tuple[str, str]]:
    for post in ("first_responsible", "deputy_in_charge"):
        for person in writer.world.holders(unit, post, writer.on)[:1]:
            yield writer.t.code("post", post), writer.person(person)


def _leaflet(
    writer: Writer, kind: str, unit: str, items: Sequence[Item], title: str, blocks: tuple[AnyBlock, ...]
) -> Leaflet:
    return Leaflet(
        kind=kind,
        lang=writer.t.locale,
        label=writer.w[kind],
        title=title,
        unit=writer.unit_name(unit),
        blocks=blocks,
        foot=_foot(writer, items),
        address=writer.unit_address(unit),
        scan=writer.w["scan"],
        scan_note=writer.w["scan_note"],
        page=around(writer.w["page"]),
    )


def _foot(writer: Writer, items: Sequence[Item]) -> str:
    """One fingerprint over those of all items, each with its version, and the day."""
    named = "\n".join(f"{item.code}@{item.version} {fingerprint(item)}" for item in items)
    mark = hashlib.sha256(named.encode()).hexdigest()[:SHOWN_OF_FINGERPRINT]
    count = writer.w["items_on"].format(n=len(items), date=writer.d.plain(writer.on))
    return f"{count} · {writer.w['fingerprint']} {mark}"
