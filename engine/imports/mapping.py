"""The mapping file: which column or attribute of a log becomes what in a fact.

```yaml
jiannuo: mapping/1
source: hall                     # registered source of the facts
zone: Asia/Shanghai              # of instants without offset
case: {from: "concept:name"}     # anything may be a constant or {from: COLUMN, as, map, format, default}
item: P-01
facts:
  - type: application.accepted   # `per: case` (default) once per case, `per: event` for each event or row
    at: {from: startdate}
    data: {holder: {from: responsible}}
  - type: step.completed
    per: event
    when: {from: "concept:name", in: [Review]}
    at: {from: "time:timestamp"}
    data: {step: review}
```
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import yaml

from rules.payload_base import Payload
from rules.payloads import PAYLOADS, Attributes

Format = Literal["xes", "csv", "jsonl", "xlsx"]
_SUFFIXES: dict[str, Format] = {".xes": "xes", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".xlsx": "xlsx"}


class MappingError(ValueError):
    """The mapping file is wrong; the text says where and what to do."""


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of the mapping's parts: an unknown field is an error that names it."""


class Reading(Struct, frozen=True, kw_only=True):
    """A value taken from the log. `of` case: the case's attribute even where the event has one of that name.

    `as` date: a day, or an instant with its offset, from the log's own spelling (`format` as for `at`).
    """

    column: str = msgspec.field(name="from")
    of: Literal["case"] | None = None
    as_: Literal["text", "integer", "boolean", "date"] | None = msgspec.field(name="as", default=None)
    map: dict[str, Any] | None = None
    format: str | None = None
    default: Any = None


class Condition(Struct, frozen=True, kw_only=True):
    """Holds where the value is one of `in`; without `in`, where there is a value at all."""

    column: str = msgspec.field(name="from")
    of: Literal["case"] | None = None
    among: tuple[str, ...] | None = msgspec.field(name="in", default=None)


class FactRule(Struct, frozen=True, kw_only=True):
    """How one fact is made. `id` must be the same at every import; default: the type and its number within the case."""

    type: str
    at: Reading
    per: Literal["case", "event"] = "case"
    when: Condition | None = None
    reported_at: Reading | None = None
    id: Reading | None = None
    sequence: Reading | None = None
    actor: Reading | str | None = None
    basis: Reading | str | None = None
    data: dict[str, Any] = {}


class Mapping(Struct, frozen=True, kw_only=True):
    jiannuo: Literal["mapping/1"]
    case: Reading
    facts: tuple[FactRule, ...]
    item: Reading | str | None = None
    source: str | None = None
    format: Format | None = None
    zone: str = "Asia/Shanghai"
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    sheet: str | None = None

    def format_of(self, path: Path) -> Format:
        """The log's format, by the mapping or the file's name (a `.gz` at the end is passed over)."""
        suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
        found = self.format or _SUFFIXES.get(suffixes[-1] if suffixes else "")
        if found is None:
            raise MappingError(f"{path.name}: format unknown; name it in the mapping: format: xes, csv, jsonl or xlsx")
        return found


def load(path: Path) -> Mapping:
    """The mapping of a YAML file. MappingError names the field that is wrong."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        mapping = msgspec.convert(raw, Mapping)
    except yaml.YAMLError as error:
        raise MappingError(f"{path.name}: not readable as YAML: {error}") from error
    except msgspec.ValidationError as error:
        raise MappingError(f"{path.name}: {error}") from error
    _check_zone(path, mapping.zone)
    return msgspec.structs.replace(mapping, facts=tuple(_checked(path, n, r) for n, r in enumerate(mapping.facts, 1)))


def _check_zone(path: Path, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise MappingError(f"{path.name}: zone {zone!r} is unknown; use an IANA name such as Asia/Shanghai") from error


def _checked(path: Path, number: int, rule: FactRule) -> FactRule:
    where = f"{path.name}: facts[{number}]"
    shape = PAYLOADS.get(rule.type)
    if shape is None:
        raise MappingError(f"{where}: unknown fact type {rule.type!r}; `jiannuo schema fact-types` lists them")
    known = set(Payload.__struct_fields__) | set(shape.__struct_fields__)
    unknown = [] if shape is Attributes else sorted(set(rule.data) - known)
    if unknown:
        raise MappingError(f"{where}: {rule.type} has no field {unknown[0]!r}; it has {', '.join(sorted(known))}")
    return msgspec.structs.replace(rule, data=_readings(rule.data, where))


def _readings(data: dict[str, Any], where: str) -> dict[str, Any]:
    return {name: _reading(value, f"{where}.data.{name}") for name, value in data.items()}


def _reading(value: Any, where: str) -> Any:
    if isinstance(value, list):
        return [_reading(part, where) for part in value]
    if not isinstance(value, dict):
        return value
    if "from" not in value:
        return _readings(value, where)
    try:
        return msgspec.convert(value, Reading)
    except msgspec.ValidationError as error:
        raise MappingError(f"{where}: {error}") from error
