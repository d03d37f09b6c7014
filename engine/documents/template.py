"""Templates as data: shipped ones, and those an agency recorded, each with the day from which it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from engine.documents.kinds import KINDS, Kind
from engine.ledger.canonical import canonical
from engine.storage.connect import Connection
from notifications.fields import LOCALES, Locale
from rules.world import World

_SHIPPED = Path(__file__).parent / "shipped"
_RECORDED = (
    "SELECT body FROM (SELECT DISTINCT ON (id, body->>'version') id, body, retired FROM config_entry"
    " WHERE kind = 'document' ORDER BY id, body->>'version', version DESC) AS latest WHERE NOT retired"
)


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`zh` and `en` are Jinja2 with the marks of `markup.py`. `unit`: for that unit and all below; none named means all. `basis`: who approved it."""

    kind: Kind
    zh: str
    en: str
    version: int = 1
    effective_from: date = date(1900, 1, 1)
    unit: str | None = None
    basis: str | None = None

    @property
    def id(self) -> str:
        return f"{self.kind}/{self.unit or 'default'}"

    @property
    def sha256(self) -> str:
        """Of the words alone: the same words are the same template, whatever its number."""
        return hashlib.sha256(canonical({"zh": self.zh, "en": self.en})).hexdigest()

    def text(self, locale: Locale) -> str:
        return self.zh if locale == "zh" else self.en


@cache
def shipped(kind: Kind) -> Template:
    zh, en = ((_SHIPPED / locale / f"{kind}.j2").read_text("utf-8") for locale in LOCALES)
    return Template(kind=kind, version=0, zh=zh, en=en)


def all_shipped() -> tuple[Template, ...]:
    return tuple(shipped(kind) for kind in KINDS)


def recorded(connection: Connection) -> list[Template]:
    return [msgspec.convert(body, Template) for (body,) in connection.execute(_RECORDED).fetchall()]


def in_force(known: Iterable[Template], kind: Kind, unit: str | None, on: date, world: World) -> Template:
    """The nearest unit's own, else the installation's, else the shipped one; of several the one that began last."""
    above = _above(unit, world)
    found = [one for one in known if one.kind == kind and one.effective_from <= on and one.unit in {None, *above}]
    return max(found, key=lambda one: (-_distance(one, above), one.effective_from, one.version), default=shipped(kind))


def _distance(template: Template, above: list[str]) -> int:
    return above.index(template.unit) if template.unit is not None else len(above)


def _above(unit: str | None, world: World) -> list[str]:
    """The unit and all above it, nearest first."""
    found: list[str] = []
    while unit is not None and unit not in found:
        found.append(unit)
        unit = known.parent if (known := world.units.get(unit)) else None
    return found
