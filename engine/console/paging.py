"""Cursors in the address bar: a page goes on after its last row, which is named by an instant and an id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

Row = TypeVar("Row")


def cursor(words: str) -> str:
    """A cursor of ours, or nothing."""
    return words if "~" in words and is_instant(words.partition("~")[0]) and "\x00" not in words else ""


def is_instant(words: str) -> bool:
    try:
        return datetime.fromisoformat(words).tzinfo is not None
    except ValueError:
        return False


def following(rows: Sequence[Row], size: int, column: str, id_: str = "id") -> str | None:
    """The cursor of the page after these rows, one of which is already the next page's."""
    if len(rows) <= size:
        return None
    last = rows[size - 1]
    return f"{getattr(last, column).isoformat()}~{getattr(last, id_)}"


def every(read: Callable[[str], list[Row]], size: int, column: str, id_: str = "id") -> Iterator[Row]:
    """All pages of a list, one after the other; `read` gives the page after a cursor."""
    after: str | None = ""
    while after is not None:
        rows = read(after)
        yield from rows[:size]
        after = following(rows, size, column, id_)


def address(path: str, wanted: dict[str, str], after: str | None) -> str | None:
    """The next page's address with the same filters."""
    return None if after is None else f"{path}?{urlencode({**{n: v for n, v in wanted.items() if v}, 'after': after})}"
