"""What a reader yields: one record per case of the log, or a note of what could not be read and where."""

from __future__ import annotations

from typing import Any

import msgspec

Values = dict[str, Any]


class Row(msgspec.Struct, frozen=True):
    """One line of a table. `place` names it in the file's own terms ("row 7")."""

    place: str
    values: Values


class CaseRecord(msgspec.Struct, frozen=True):
    """All that a log says about one case: the case's attributes and its events in the order of the log."""

    place: str
    attributes: Values
    events: tuple[Row, ...] = ()


class Broken(msgspec.Struct, frozen=True):
    """A record that cannot be used. The others go on."""

    place: str
    reason: str
