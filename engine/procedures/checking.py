"""A log against a flow chart: one answer for each case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from engine.imports import source
from engine.imports.mapping import Mapping, Reading
from engine.imports.records import Broken, CaseRecord
from engine.procedures.records import CaseDone, Mapped, Plain
from rules.token_replay import Chart, replay

_UNMAPPED = Mapping(jiannuo="mapping/1", case=Reading(column="case"), facts=())


class Checked(msgspec.Struct, frozen=True):
    """`first_deviating_event` counts from zero within the case, in the order of time; null where no event deviates, only the end is missing."""

    case: str
    deviates: bool
    first_deviating_event: int | None
    reaches_end: bool


def check(chart: Chart, file: Path, mapping: Mapping | None) -> Iterator[Checked | Broken]:
    """The cases of a log one after the other; what could not be read is `Broken`. MappingError where the format is unknown."""
    kind = (mapping or _UNMAPPED).format_of(file)
    reader: Plain | Mapped = Mapped(mapping) if mapping else Plain(nested=kind == "xes")
    with source.opened(file, mapping or _UNMAPPED, reader) as log:
        for record in log.cases():
            yield _checked(chart, record, reader)


def _checked(chart: Chart, record: CaseRecord | Broken, reader: Plain | Mapped) -> Checked | Broken:
    found = record if isinstance(record, Broken) else reader.read(record)
    return found if isinstance(found, Broken) else judged(chart, found)


def judged(chart: Chart, done: CaseDone) -> Checked:
    """A finished case that did not reach an end deviates; one still open need not have."""
    verdict = replay(chart, done.record)
    first = None if verdict.first is None else done.places[verdict.first]
    return Checked(done.case, first is not None or (done.finished and not verdict.at_end), first, verdict.at_end)
