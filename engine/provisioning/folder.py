"""Reads a folder of YAML as one world: every file is a part of it, in the shapes of a rehearsal (interfaces.md 2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from engine.documents.template import Template
from engine.errors import OperatorError
from notifications.channels.forms import ChannelForm
from rules.accountability import Accountability
from rules.calendar_form import read
from rules.errors import RuleError, refusal
from rules.formula import Formula
from rules.items import Item
from rules.world import Person, Source, Unit

T = TypeVar("T")


class ProvisionError(OperatorError):
    """A folder that cannot become configuration: says which file and record, what is wrong, and what to do."""


class CalendarVersion(msgspec.Struct, frozen=True):
    """A calendar in its written form. `known_from` is when it comes into force."""

    version: str
    known_from: str
    form: dict[str, Any]


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """All that one folder says."""

    units: tuple[Unit, ...] = ()
    people: tuple[Person, ...] = ()
    items: tuple[Item, ...] = ()
    sources: tuple[Source, ...] = ()
    accountability: tuple[Accountability, ...] = ()
    evaluation: tuple[Formula, ...] = ()
    calendars: tuple[CalendarVersion, ...] = ()
    channels: tuple[ChannelForm, ...] = ()
    documents: tuple[Template, ...] = ()
    leading_group_office: str | None = None
    inspectors: tuple[str, ...] = ()
    profile: str | dict[str, Any] | None = None
    practice: dict[str, Any] | None = None
    filing: dict[str, Any] | None = None
    categories: tuple[dict[str, Any], ...] | None = None


LISTS: dict[str, Any] = {
    "units": Unit,
    "people": Person,
    "items": Item,
    "sources": Source,
    "accountability": Accountability,
    "evaluation": Formula,
    "calendars": CalendarVersion,
    "channels": ChannelForm,
    "documents": Template,
}
_SINGLE: dict[str, Any] = {
    "leading_group_office": str,
    "inspectors": tuple[str, ...],
    "profile": str | dict[str, Any],
    "practice": dict[str, Any],
    "filing": dict[str, Any],
    "categories": tuple[dict[str, Any], ...],
}


def read_folder(folder: Path) -> Catalogue:
    """The catalogue of all `*.yaml` files below a folder. Raises ProvisionError."""
    files = sorted(folder.rglob("*.yaml"))
    if not files:
        raise ProvisionError(f"{folder}: 没有 YAML 文件 · no *.yaml file here; name the folder that holds them")
    found: dict[str, Any] = {}
    for file in files:
        _take(found, _load(file), str(file))
    return _catalogue(found)


def read_parts(parts: dict[str, Any], where: str) -> Catalogue:
    """The same from one mapping, as it comes over HTTP. Raises ProvisionError."""
    found: dict[str, Any] = {}
    _take(found, parts, where)
    return _catalogue(found)


def _catalogue(found: dict[str, Any]) -> Catalogue:
    lists = {key: tuple(records) for key, records in found.items() if key in LISTS}
    return msgspec.structs.replace(Catalogue(), **{**found, **lists})


def _take(found: dict[str, Any], parts: dict[str, Any], file: str) -> None:
    for key, value in parts.items():
        if key in LISTS:
            found.setdefault(key, []).extend(_records(file, key, value))
        elif key not in _SINGLE:
            raise ProvisionError(f"{file}: unknown field {key!r}; known are {', '.join([*LISTS, *_SINGLE])}")
        elif key in found:
            raise ProvisionError(f"{file}: {key} is given in another file already; keep one")
        else:
            found[key] = _convert(value, _SINGLE[key], f"{file}: {key}")


def _load(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProvisionError(f"{file}: not YAML: {error}") from error
    if not isinstance(content, dict):
        raise ProvisionError(f"{file}: expected a mapping such as `units: [...]`")
    return content


def _records(file: str, key: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ProvisionError(f"{file}: {key} must be a list")
    return [_record(key, record, f"{file}: {key}[{place}]") for place, record in enumerate(value)]


def _record(key: str, record: Any, where: str) -> Any:
    if not isinstance(record, dict):
        raise ProvisionError(f"{where}: expected a mapping")
    if key == "calendars":
        return _calendar(record, where)
    return _convert(record, LISTS[key], f"{where} {record.get('id') or record.get('code') or ''}".rstrip())


def _calendar(record: dict[str, Any], where: str) -> CalendarVersion:
    try:
        read(record)
        return CalendarVersion(record["version"], record["known_from"], record)
    except RuleError as error:
        raise ProvisionError(f"{where}: {error}") from error
    except KeyError as error:
        raise ProvisionError(
            f"{where}: {error.args[0]!r} is missing; a calendar here needs version and known_from"
        ) from error


def _convert(value: Any, shape: type[T], where: str) -> T:
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise ProvisionError(f"{where}: {refusal(error)}") from error
