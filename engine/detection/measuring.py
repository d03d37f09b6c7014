"""Precision and recall of each detector in a town where the truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.detection.town import Act, Town
from engine.rehearsal.loading import load
from rules.rehearsal import Rehearsal
from rules.rehearsal_report import report


class Measured(msgspec.Struct, frozen=True):
    """`acts` are cheats, `found` those of them that a finding names; `accused` cases have a finding, `innocent` are those of them without such a cheat.

    Shares are per cent; None where there was nothing to find, or nothing was found.
    """

    detector: str
    acts: int
    found: int
    accused: int
    innocent: int
    precision: int | None
    recall: int | None


def measure(town: Town, detectors: Mapping[str, Any] | None = None) -> list[Measured]:
    """Plays the town, with other thresholds where some are given. RuleError for a parameter that no detector has."""
    world = {**town.world, "accountability": {"detectors": dict(detectors)}} if detectors else town.world
    loaded = load(msgspec.json.encode(world))
    played = Rehearsal(loaded.world, loaded.until, loaded.outages)
    played.play(loaded.facts)
    found = [one for one in report(played, ())["findings"] if one["status"] != "withdrawn"]
    kinds = sorted({act.kind for act in town.acts})
    return [
        _measured(kind, [a for a in town.acts if a.kind == kind], [f for f in found if f["kind"] == kind])
        for kind in kinds
    ]


def _measured(kind: str, acts: list[Act], findings: list[Mapping[str, Any]]) -> Measured:
    """A case is accused once, however many of its facts show the same."""
    accused = {finding["case"] for finding in findings}
    guilty = frozenset[str]().union(*(act.cases for act in acts))
    caught = sum(1 for act in acts if act.cases & accused)
    return Measured(
        detector=kind,
        acts=len(acts),
        found=caught,
        accused=len(accused),
        innocent=len(accused - guilty),
        precision=_share(len(accused & guilty), len(accused)),
        recall=_share(caught, len(acts)),
    )


def _share(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
