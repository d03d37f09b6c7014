"""What is said beside which field: what could not be read, and what lint finds, at the place on the page where it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from engine.console.entry import rows
from engine.console.entry.columns import CHECKS, EXTENSION, LIMITS, LINES, PLAIN, SILENCE, TABLES, Form
from engine.console.entry.reading import Read
from engine.console.i18n import Texts
from engine.lint.telling import Told

# Where a list of the item has another name on the page.
_ELSEWHERE = {
    "silence.exclusions": "rules", "silence.flips": "rules", "silence.table": "otherwise-effect", "silence.preconditions": "needs",
    "extension.max": "extension", "extension": "extension",
}  # fmt: skip


class Said(msgspec.Struct, frozen=True):
    """Something said beside a field. `severity`: error or warning."""

    severity: str
    message: str


def fields(form: Form) -> Iterator[str]:
    """Every place of the page that something can be said at."""
    yield from (*PLAIN, *LINES, *CHECKS, *LIMITS, "basis-statutory", "basis-committed", "extension", "otherwise-effect")
    yield from (f"silence-{name}" for name in SILENCE)
    yield from (f"extension-{name}" for name in EXTENSION)
    for table in TABLES:
        yield table
        yield from (f"{table}-{place}" for place in rows.shown(form, table))


def beside(form: Form, read: Read, lint: Iterable[Told], t: Texts) -> dict[str, list[Said]]:
    """By field; what belongs to none of them is under the empty name."""
    known = set(fields(form))
    found: dict[str, list[Said]] = {}
    for field, why in read.wrong.items():
        found.setdefault(field if field in known else "", []).append(Said("error", t.code("filing_wrong", why)))
    for one in lint:
        found.setdefault(place(one.field, read.places, known), []).append(Said(one.severity, one.message))
    return found


def place(field: str, places: dict[str, str], known: set[str]) -> str:
    """The field of the page for a place of the item, as `steps[0].limit`; empty where the page has none."""
    within = [name for name in places if field == name or field.startswith(f"{name}.")]
    if within:
        return places[max(within, key=len)]
    if field in _ELSEWHERE:
        return _ELSEWHERE[field]
    plain = field.replace(".", "-")
    head = field.partition(".")[0].partition("[")[0]
    return next((name for name in (plain, head) if name in known), "")


def label(t: Texts, field: str) -> str:
    """The word on the form for a place of the item, as `steps[0].limit.amount`; the place itself where the form has no word."""
    head, _, rest = field.partition("[")
    known = {*PLAIN, *LINES, *CHECKS, *LIMITS, *TABLES, "basis-statutory", "basis-committed", "extension"}
    known |= {f"silence-{name}" for name in SILENCE}
    name = "table" if head == "silence.table" else place(head, {}, known)
    number = rest.partition("]")[0]
    if not name:
        return field
    return t(f"filing.f.{name}") + (f" {int(number) + 1}" if number.isdigit() else "")
