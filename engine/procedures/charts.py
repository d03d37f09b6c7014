"""A flow chart from a file: BPMN 2.0, steps alone, or an item with its steps (alone, in a list, or in a rehearsal)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec
import yaml

from engine.procedures.bpmn import read
from rules.errors import RuleError, refusal
from rules.flow_chart import refused
from rules.flow_moves import moves_of
from rules.flow_steps import chart_of_steps
from rules.items import Item
from rules.token_replay import Chart


class Stage(msgspec.Struct, frozen=True):
    """Of a step only what the chart needs; the rest of it is somebody else's."""

    id: str
    name: str | None = None
    after: tuple[str, ...] = ()


class Procedure(msgspec.Struct, frozen=True):
    """An item as far as it says how it is handled. `flow_chart`: BPMN 2.0, which goes before the steps."""

    code: str = ""
    version: int = 1
    steps: tuple[Stage, ...] = ()
    flow_chart: str | None = None


def chart_in(text: bytes, item: str | None = None) -> Chart:
    """The chart of a file's content; `item`: which, where the file holds several. RuleError says what is wrong and where."""
    if text.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return bpmn_chart(text)
    return _of_item(_chosen(list(_procedures(_decoded(text))), item))


def bpmn_chart(text: bytes, aliases: Mapping[str, str] | None = None) -> Chart:
    return Chart(moves_of(*read(text), aliases))


def charts_of(items: Iterable[Item]) -> dict[tuple[str, int], Chart]:
    """The approved charts of these items by code and version. One that is not understood is left out: it accuses nobody, and publication refuses it."""
    found = {}
    for item in items:
        if item.flow_chart is not None:
            try:
                found[item.code, item.version] = chart_of(item)
            except RuleError:
                continue
    return found


def chart_of(item: Item) -> Chart:
    """A step goes by its id, by its name, and by the part of the chart that has its name. RuleError where the chart is not understood."""
    return _chart(item.flow_chart or "", tuple((step.id, step.name) for step in item.steps if step.name))


@lru_cache(maxsize=1024)
def _chart(text: str, names: tuple[tuple[str, str], ...]) -> Chart:
    return bpmn_chart(text.encode(), dict(names))


def _decoded(text: bytes) -> Any:
    try:
        return yaml.safe_load(text)  # JSON is YAML too
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RuleError("malformed", f"the chart is neither BPMN nor JSON or YAML: {error}") from error


def _procedures(raw: Any) -> Iterator[Procedure]:
    if isinstance(raw, dict) and "items" in raw:
        raw = raw["items"]
    if isinstance(raw, list) and raw and all(isinstance(one, dict) and "id" in one for one in raw):
        raw = {"steps": raw}
    try:
        yield from msgspec.convert(raw if isinstance(raw, list) else [raw], list[Procedure])
    except msgspec.ValidationError as error:
        raise refusal(error) from error


def _chosen(found: list[Procedure], item: str | None) -> Procedure:
    """The newest version of the item that is meant."""
    named = [one for one in found if item in {None, one.code}]
    codes = sorted({one.code for one in named})
    if len(codes) != 1:
        known = ", ".join(sorted({one.code for one in found}))
        raise RuleError("unknown_item", f"name one item of the file with --item: {known}", "item")
    return max(named, key=lambda one: one.version)


def _of_item(one: Procedure) -> Chart:
    if one.flow_chart is not None:
        return bpmn_chart(one.flow_chart.encode())
    if not one.steps:
        raise refused("the item has no steps and no flow chart; nothing says how it is to be handled", one.code)
    return chart_of_steps(one.steps)
