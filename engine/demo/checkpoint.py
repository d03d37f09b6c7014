"""How far the simulator has come, kept in a file: a simulator that was killed goes on where it stopped."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec


class Checkpoint(msgspec.Struct, frozen=True):
    """Everything to be sent before `through` was answered; what comes after may have been, and is sent again."""

    through: datetime


def read(file: Path) -> Checkpoint | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Checkpoint)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write(file: Path, through: datetime) -> None:
    draft = file.with_suffix(".draft")
    draft.write_bytes(msgspec.json.encode(Checkpoint(through)))
    draft.replace(file)
