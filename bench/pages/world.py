"""Forty bureaus with ten officers each, and every item of the bench's county once more in each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from bench.county import BUREAUS, world
from engine.provisioning.folder import Catalogue

UNITS, OFFICERS = 40, 10
# Login → person, roles, units; who opens the pages.
LOGINS: dict[str, tuple[str | None, str, tuple[str, ...]]] = {
    "inspector": ("inspector-0", "inspector", ()),
    "head": ("head-0", "unit_head", ("bureau-0",)),
    "officer": ("o-0-0", "officer", ("bureau-0",)),
    "leading": ("leading-0", "leading_group", ()),
    "operator": (None, "operator", ()),
}


def catalogue() -> Catalogue:
    county = world()
    items = [
        {**item, "code": f"{item['code']}-{n}", "unit": f"bureau-{n}"} for n in range(UNITS) for item in county["items"]
    ]
    more = {"units": list(_units()), "people": list(_people()), "items": items}
    return msgspec.convert({**county, **{name: [*county[name], *rows] for name, rows in more.items()}}, Catalogue)


def _units() -> Iterator[dict[str, Any]]:
    for n in range(BUREAUS, UNITS):
        leaders = {"first_responsible": f"head-{n}", "deputy_in_charge": f"deputy-{n}"}
        yield {"id": f"bureau-{n}", "parent": "county", **leaders}


def _people() -> Iterator[dict[str, Any]]:
    yield _post("leading-0", "office", "officer")
    for n in range(UNITS):
        yield from (_post(f"o-{n}-{k}", f"bureau-{n}", "officer") for k in range(OFFICERS))
    for n in range(BUREAUS, UNITS):
        yield _post(f"head-{n}", f"bureau-{n}", "first_responsible")
        yield _post(f"deputy-{n}", f"bureau-{n}", "deputy_in_charge")


def _post(person: str, unit: str, post: str) -> dict[str, Any]:
    return {"id": person, "unit": unit, "post": post, "name": "某", "from": "2010-01-01"}
