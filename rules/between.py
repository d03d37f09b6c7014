"""What streams say to each other across the cases of a unit. Nobody outside may send these."""

from __future__ import annotations

import msgspec

OF_PATTERNS = frozenset({"ending.reported", "matter.accepted", "pattern.found"})


class EndingReported(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From a case to the watch of its unit: the fact that ended it was registered too late."""

    fact: str


class MatterAccepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From a case to the stream of its project and item: accepted by which fact, at which source and window."""

    fact: str
    place: str
    unit: str


class PatternFound(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From the watch of a unit or of a matter to a case: what several cases show together."""

    finding: str
    evidence: tuple[str, ...]
    cases: tuple[str, ...] = ()
    indication: bool = False
