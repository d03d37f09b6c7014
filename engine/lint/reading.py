"""What `jiannuo item lint` is asked about: one item, a list, a rehearsal file (interfaces.md 2) or a folder, JSON or YAML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml

from engine.conditions import conditions_of
from engine.errors import OperatorError
from engine.lint.telling import Told
from engine.procedures.charts import charts_of
from engine.provisioning.folder import read_folder
from engine.provisioning.record import world_of as world_of_folder
from engine.rehearsal.loading import Given, world_of
from rules.calendar import shipped
from rules.errors import RuleError, refusal
from rules.items import Item
from rules.profile import DEFAULT, profile_from
from rules.world import World

_ALWAYS = datetime(1900, 1, 1, tzinfo=UTC)


class Plain(yaml.SafeLoader):
    """YAML whose dates stay texts, as they are in JSON."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Asked(msgspec.Struct, frozen=True):
    """The items to look at and the world they stand in; `unread` are those that cannot even be read."""

    items: tuple[Item, ...]
    world: World
    described: bool
    unread: tuple[Told, ...] = ()


def read(place: str, text: bytes | None = None) -> Asked:
    """`text`: what came by standard input. Raises OperatorError for what is no item at all."""
    path = Path(place)
    if text is None and path.is_dir():
        return _folder(path)
    raw = form(place, text)
    if isinstance(raw, Mapping) and "items" in raw:
        return _world(dict(raw))
    records = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(record, Mapping) for record in records) or not records:
        raise OperatorError(
            f"{place}: 须为一个事项、事项列表或演练文件 · expected an item, a list of items or a rehearsal file"
        )
    return _alone(records)


def record(path: Path) -> dict[str, Any]:
    """One item as it is written. Raises OperatorError."""
    raw = form(str(path))
    if not isinstance(raw, dict):
        raise OperatorError(f"{path}: 须为一个事项 · expected one item")
    return raw


def form(place: str, text: bytes | None = None) -> Any:
    """What a file says, JSON or YAML. Raises OperatorError."""
    try:
        return _parsed(Path(place).read_bytes() if text is None else text)
    except OSError as error:
        raise OperatorError(f"{place}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise OperatorError(f"{place}: 既不是 JSON 也不是 YAML · neither JSON nor YAML: {error}") from error


def _parsed(text: bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return yaml.load(text, Plain)  # noqa: S506 - a safe loader


def _alone(records: list[Any]) -> Asked:
    items, unread = _items(records)
    world = World(
        profile=profile_from(DEFAULT),
        calendars=((_ALWAYS, shipped("CN")),),
        items=items,
        conditions=conditions_of(items),
        charts=charts_of(items),
    )
    return Asked(items, world, described=False, unread=unread)


def _world(raw: dict[str, Any]) -> Asked:
    """A rehearsal file, whose facts matter only where they bring a calendar into force; or a file with items alone.

    Where the world itself is wrong (a profile, a calendar, the accountability rules), that is found, and the items are looked at alone.
    """
    listed = raw["items"] if isinstance(raw["items"], list) else [raw["items"]]
    if set(raw) == {"items"}:
        return _alone(listed)
    items, unread = _items(listed)
    given = {"jiannuo": "rehearsal/1", "until": "2000-01-01", **raw, "items": items, "facts": _calendar_facts(raw)}
    try:
        world = world_of(msgspec.convert(given, Given))
    except msgspec.ValidationError as error:
        return _without_world(listed, refusal(error))
    except RuleError as error:
        return _without_world(listed, error)
    return Asked(items, world, described=True, unread=unread)


def _without_world(records: list[Any], wrong: RuleError) -> Asked:
    alone = _alone(records)
    said = Told(wrong.code, "error", "", wrong.field, wrong.message)
    return msgspec.structs.replace(alone, unread=(said, *alone.unread))


def _calendar_facts(raw: dict[str, Any]) -> list[Any]:
    facts = raw.get("facts")
    given = facts if isinstance(facts, list) else []
    return [fact for fact in given if isinstance(fact, dict) and fact.get("type") == "calendar.imported"]


def _folder(path: Path) -> Asked:
    catalogue = read_folder(path)
    return Asked(catalogue.items, world_of_folder(catalogue), described=True)


def _items(records: list[Any]) -> tuple[tuple[Item, ...], tuple[Told, ...]]:
    """The items that can be read, and for each of the others what is wrong with it."""
    items, unread = [], []
    for place, record in enumerate(records):
        try:
            items.append(msgspec.convert(record, Item))
        except msgspec.ValidationError as error:
            wrong = refusal(error)
            code = record.get("code") if isinstance(record, Mapping) else None
            unread.append(Told(wrong.code, "error", str(code or f"[{place}]"), wrong.field, wrong.message))
    return tuple(items), tuple(unread)
