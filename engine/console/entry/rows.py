"""Rows of the form's tables: which are shown, which are filled in, and how one is added, taken away or moved without losing any."""

from __future__ import annotations

import re

from engine.console.entry.columns import DEFAULTS, TABLES, Form

# Cells that say something without anybody having filled them in.
_GIVEN = re.compile(r".*unit|operator\d?|level|join|kind|type|copies|id")
_ALWAYS_KEPT = {"offices": {"id"}}
MOST = 60


def shown(form: Form, table: str) -> range:
    """The places of a table's rows on the page."""
    asked = form.get(f"{table}-rows", "")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    last = max((place for place in _places(form, table) if is_filled(row(form, table, place), table)), default=-1)
    return range(min(max(last + 1, wanted, TABLES[table].least), MOST))


def row(form: Form, table: str, place: int) -> dict[str, str]:
    prefix = f"{table}-{place}-"
    return {name.removeprefix(prefix): value.strip() for name, value in form.items() if name.startswith(prefix)}


def is_filled(cells: Form, table: str) -> bool:
    kept = _ALWAYS_KEPT.get(table, set())
    return any(value for name, value in cells.items() if name in kept or not _GIVEN.fullmatch(name))


def filled(form: Form, table: str) -> list[tuple[int, dict[str, str]]]:
    """The rows somebody filled in, in order, each with its place on the page."""
    every = ((place, row(form, table, place)) for place in shown(form, table))
    return [(place, cells) for place, cells in every if is_filled(cells, table)]


def says_more(form: Form, table: str, place: int) -> bool:
    """Whether a row has something in the columns that few entries need; what translates or files it stays folded."""
    cells = row(form, table, place)
    usual = [None, "", *(DEFAULTS[key] for key in DEFAULTS if key.startswith(f"{table}."))]
    return any(cells.get(name) not in usual for name in TABLES[table].more if name not in {"name_en", "code"})


def listed(form: Form) -> dict[str, str]:
    """Materials that were written one a line, as rows."""
    lines = [line for part in form.get("materials-lines", "").splitlines() if (line := part.strip())]
    known = [cells for _, cells in filled(form, "materials")]
    every = [*known, *({"name": line, "copies": "1"} for line in lines)]
    return {**_with(form, "materials", every), "materials-lines": ""} if lines else dict(form)


def moved(form: Form, wish: str) -> tuple[dict[str, str], str]:
    """The form after `TABLE.add`, `TABLE.remove.PLACE`, `TABLE.up.PLACE` or `TABLE.down.PLACE`, and the row to go on with."""
    table, _, rest = wish.partition(".")
    what, _, at = rest.partition(".")
    if table not in TABLES:
        return dict(form), ""
    rows = [row(form, table, place) for place in shown(form, table)]
    here = int(at) if at.isascii() and at.isdigit() and len(at) < 4 else len(rows)
    if what == "add" and len(rows) < MOST:
        rows, here = [*rows, {}], len(rows)
    elif what == "remove" and here < len(rows):
        rows = [*rows[:here], *rows[here + 1 :]]
    elif what in {"up", "down"} and here < len(rows):
        to = max(here - 1, 0) if what == "up" else min(here + 1, len(rows) - 1)
        rows.insert(to, rows.pop(here))
        here = to
    return _with(form, table, rows), f"{table}-{min(here, max(len(rows) - 1, 0))}"


def _with(form: Form, table: str, rows: list[dict[str, str]]) -> dict[str, str]:
    others = {name: value for name, value in form.items() if not re.fullmatch(rf"{table}-(\d+-.+|rows)", name)}
    cells = {f"{table}-{n}-{name}": value for n, each in enumerate(rows) for name, value in each.items()}
    return {**others, **cells, f"{table}-rows": str(len(rows))}


def _places(form: Form, table: str) -> set[int]:
    return {int(m[1]) for name in form if (m := re.fullmatch(rf"{table}-(\d{{1,3}})-.+", name))}
