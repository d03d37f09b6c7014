"""An exception as it may stand in a log: its type and where it arose. Messages and local values may hold personal data."""

from __future__ import annotations

import traceback
from pathlib import Path

_INNERMOST = 6


def trace(error: BaseException) -> dict[str, str]:
    """`error` (the type) and `where`, innermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-_INNERMOST:]
    places = (f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return {"error": type(error).__name__, "where": " < ".join(places)}
