"""What streams say to each other across the cases of a unit. Nobody outside may send these."""

from __future__ import annotations

import msgspec

OF_PATTERNS = frozenset({"ending.reported", "pattern.found"})


class EndingReported(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From a case to the watch of its unit: the fact that ended it was registered too late."""

    fact: str


class PatternFound(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From the watch of a unit to a case: what several cases show together."""

    finding: str
    evidence: tuple[str, ...]
    cases: tuple[str, ...] = ()
