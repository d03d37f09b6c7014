"""Fees as people write them: yuan on paper, whole fen in the item; how a fee is reckoned stays words."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_YUAN = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?\s*元?")


def yuan(amount: Any) -> Any:
    """`3550` fen is `35.50`; words stay."""
    return f"{Decimal(amount) / 100:.2f}".removesuffix(".00") if isinstance(amount, int) else amount


def fen(text: str) -> int | str:
    """`35.5` or `35.50元` is 3550 fen; words stay."""
    found = _YUAN.fullmatch(text)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else text
