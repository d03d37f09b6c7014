"""Logs of the parts: one file each, appended to by the child itself, kept small by the supervisor."""

import shutil
from pathlib import Path

_LARGEST = 50_000_000
_TAIL_BYTES = 8_000


def tail(log: Path, lines: int = 15) -> str:
    """The last lines, for a message about a part that has ended."""
    try:
        with log.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - _TAIL_BYTES))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.rstrip().splitlines()[-lines:])


def keep_small(log: Path) -> None:
    """Copy a log that has grown too large aside and empty it: its writer appends, so it goes on at the start."""
    if log.exists() and log.stat().st_size > _LARGEST:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        log.open("wb").close()
