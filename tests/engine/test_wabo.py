"""1,434 real permits through the back-fill path, beside an independent count made straight from the file."""

import gzip
import os
from collections import Counter
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from engine.api.outcomes import outcome_counts
from engine.bootstrap import migrate, open_database
from engine.clock import SystemClock
from engine.imports import backfill, mapping, source
from engine.imports.mapped import CaseMapper
from engine.provisioning.folder import read_folder
from engine.provisioning.record import provision

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "wabo"


def log() -> Path:
    """The log is not part of the project; examples/wabo/README.md says where it is published."""
    folder = Path(os.environ.get("JIANNUO_SHARED_DATA") or ROOT.parent / "shared" / "data")
    file = folder / "wabo-receipt" / "receipt.xes.gz"
    if not file.exists():
        pytest.skip(
            f"no WABO log: put it at {file}, or name its folder in JIANNUO_SHARED_DATA (see examples/wabo/README.md)"
        )
    return file


def independent_count(file: Path) -> tuple[dict[str, int], datetime]:
    """A whole tree, two attributes and a comparison: nothing of the engine's own way is used."""
    with gzip.open(file) as packed:
        traces = [element for element in ET.parse(packed).getroot() if element.tag.endswith("trace")]
    last = max(
        datetime.fromisoformat(date.get("value"))
        for trace in traces
        for date in trace.iter()
        if date.get("key") == "time:timestamp"
    )
    counts = Counter(_outcome(trace, last) for trace in traces)
    return dict(counts), last


def _outcome(trace: ET.Element, last: datetime) -> str:
    dates = {own.get("key"): datetime.fromisoformat(own.get("value")) for own in trace if own.tag.endswith("date")}
    if "enddate" in dates and dates["enddate"] <= last:
        return "closed_in_time" if dates["enddate"] < dates["deadline"] else "closed_late"
    return "open_past_limit" if dates["deadline"] <= last else "open"


def test_the_four_outcomes_equal_the_independent_count(postgres_url, tmp_path):
    file = log()
    expected, last = independent_count(file)
    assert expected == {"closed_in_time": 952, "closed_late": 377, "open_past_limit": 39, "open": 66}
    migrate(postgres_url)
    with open_database(postgres_url, tmp_path / "master.key") as pool:
        with pool.connection() as connection:
            provision(connection, read_folder(EXAMPLE / "world"), SystemClock().now())
        first, again = imported(pool, file), imported(pool, file)
        with pool.connection() as connection:
            found = outcome_counts(connection, last, source="wabo")
            cases = connection.execute("SELECT count(*) FROM case_file WHERE backfilled").fetchone()[0]
    assert found == expected
    assert (first.cases, cases, first.broken) == (1434, 1434, 0)
    assert again.changed_nothing


def imported(pool, file: Path):
    found = mapping.load(EXAMPLE / "mapping.yaml")
    mapper = CaseMapper(found, "wabo")
    with source.opened(file, found, mapper) as opened:
        return backfill.run(opened.cases(), backfill.here(mapper, backfill.through_the_door(pool, SystemClock())))
