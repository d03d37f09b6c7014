"""Which records may rest on other configuration than that in force: what was configured since, and whether it can bear on a case.

A post bears on the cases that name its holder, and on those of its unit, of the units below and of a unit that names the holder: nobody
else is asked about by what decides how a case stands. Everything else bears on all, an item on its own cases.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from typing import NamedTuple

import msgspec

from engine.storage.connect import Connection
from rules.world import Unit, World

MANY = 50  # posts changed since, beyond which nobody looks at each
_NAMING = ("first_responsible", "deputy_in_charge", "discipline_group", "section_head")


class Post(NamedTuple):
    """A post as it was recorded: who holds it and where, and whom and which unit the same piece named before."""

    recorded_at: datetime
    people: frozenset[str]
    units: frozenset[str]


class Configured:
    """`everywhere`: the last change that bears on every stream; `items`: on the cases of an item; `posts` in order of their recording."""

    def __init__(
        self, world: World, everywhere: datetime | None = None, items: dict[str, datetime] | None = None, posts: Sequence[Post] = ()
    ) -> None:  # fmt: skip
        self._world, self._everywhere, self._items, self._posts = world, everywhere, items or {}, posts
        self._recorded = [post.recorded_at for post in posts]
        self._below: dict[frozenset[str], frozenset[str]] = {}

    def since(self, moved_at: datetime) -> bool:
        """Whether anything but an item has changed that a stream may rest on."""
        return _later(self._everywhere, moved_at) or bool(self._recorded and moved_at < self._recorded[-1])

    def bears(self, moved_at: datetime, item: str, unit: str, snapshot: bytes) -> bool:
        """Whether the record of a case, as it stands since then, may rest on other rules than those in force."""
        if _later(self._everywhere, moved_at) or _later(self._items.get(item), moved_at):
            return True
        changed = self._posts[bisect_right(self._recorded, moved_at) :]
        versions = self._world.versions(item)
        own = {unit, *(each.unit for each in versions), *(office.id for each in versions for office in each.offices)}
        return len(changed) > MANY or any(self._concerns(post, own, snapshot) for post in changed)

    def _concerns(self, post: Post, own: set[str], snapshot: bytes) -> bool:
        """`own`: the units that the item gives it to; others it has to name itself."""
        world, units = self._world, self._units_of(post)
        last = {*world.inspectors, world.leading_group_office}
        if not last.isdisjoint(post.people) or not own.isdisjoint(units):
            return True
        return any(needle in snapshot for name in (*post.people, *units) for needle in _written(name))

    def _units_of(self, post: Post) -> frozenset[str]:
        """Its unit, those that name its holder, and all below them."""
        named = post.units.union(*(self._naming.get(person, ()) for person in post.people))
        if named not in self._below:
            world = self._world
            below = {unit for unit in world.units if any(world.within(unit, whole) for whole in named)}
            self._below[named] = named | below
        return self._below[named]

    @cached_property
    def _naming(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for unit in self._world.units.values():
            for person in _named(unit):
                found[person] = found.get(person, frozenset()) | {unit.id}
        return found


def _named(unit: Unit) -> Iterable[str]:
    return {person for name in _NAMING if (person := getattr(unit, name)) is not None}


@lru_cache(maxsize=4096)
def _written(name: str) -> tuple[bytes, ...]:
    """As a snapshot says it: by itself, or in a word that is put together (`office:fire`, `A1/committed/zhang`)."""
    text = name.encode()
    return msgspec.msgpack.encode(name), b":" + text, b"/" + text, text + b":", text + b"/"


def _later(at: datetime | None, moved_at: datetime) -> bool:
    return at is not None and moved_at < at


def configured(connection: Connection, world: World) -> Configured:
    """Of channels, papers and scores no stream takes notice."""
    rows = connection.execute(
        "SELECT CASE WHEN kind = 'item' THEN id END, max(recorded_at) FROM config_entry"
        " WHERE kind NOT IN ('channel', 'document', 'evaluation', 'person') GROUP BY 1"
    ).fetchall()
    found: dict[str | None, datetime] = dict(rows)
    posts = connection.execute(
        "SELECT recorded_at, body->>'id', body->>'unit', lag(body->>'id') OVER w, lag(body->>'unit') OVER w"
        " FROM config_entry WHERE kind = 'person' WINDOW w AS (PARTITION BY id ORDER BY version) ORDER BY recorded_at"
    )
    changed = [
        Post(at, frozenset({who, who_before or who}), frozenset({unit, before or unit}))
        for at, who, unit, who_before, before in posts
    ]
    return Configured(
        world, found.pop(None, None), {item: at for item, at in found.items() if item is not None}, changed
    )
