"""The requests of Boston's 311 service about animals, 2015, and the example that configures them."""

from __future__ import annotations

import csv
import gzip
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "boston"
ZONE = ZoneInfo("America/New_York")


class Request(msgspec.Struct, frozen=True):
    """Instants are local. `overdue` is the city's own flag; it is compared with, never computed from."""

    id: str
    type: str
    source: str
    opened_at: datetime
    target_at: datetime | None
    closed_at: datetime | None
    overdue: bool


def table() -> Path:
    """The data are not part of the project; examples/boston/README.md says where they are published."""
    folder = Path(os.environ.get("JIANNUO_SHARED_DATA") or ROOT.parent / "shared" / "data")
    file = folder / "boston-311-animal-2015" / "requests_2015.csv.gz"
    if not file.exists():
        pytest.skip(
            f"no Boston 311 data: put it at {file}, or name its folder in JIANNUO_SHARED_DATA (examples/boston/README.md)"
        )
    return file


def requests() -> list[Request]:
    with gzip.open(table(), "rt", encoding="utf-8") as lines:
        return [_request(row) for row in csv.DictReader(lines)]


def _request(row: dict[str, str]) -> Request:
    return Request(
        id=row["case_enquiry_id"],
        type=row["type"],
        source=row["source"],
        opened_at=_local(row["open_local"]),
        target_at=_local(row["sla_target_local"]) if row["sla_target_local"] else None,
        closed_at=_local(row["closed_local"]) if row["closed_local"] else None,
        overdue={"OVERDUE": True, "ONTIME": False}[row["on_time"]],
    )


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)
