"""Lint (interfaces.md 4): what is wrong with an item or a set of accountability rules before it is published.

Codes, places and figures leave here; the words are made at the edge (`engine/lint/words`), one text per code and `because`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["error", "warning"]


class Lint(msgspec.Struct, frozen=True, kw_only=True):
    """One thing found. `item` is the item's code, or `accountability:UNIT`; `field` is the place, as in `steps[0].limit`.

    `because` tells apart the grounds that share a code; `values` are the figures that the text names.
    """

    code: str
    severity: Severity
    item: str
    field: str
    because: str = ""
    values: dict[str, str | int] = {}
