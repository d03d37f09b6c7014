"""How often Python looks for garbage cycles. Intake makes many small values and hardly a cycle; looking costs a sixth of its time."""

from __future__ import annotations

import gc

_FEWER = (100_000, 20, 50)


def collect_rarely() -> None:
    """For processes that decide facts; call once, after start-up. What lives by now is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_FEWER)
