"""The past: a log imported, read tables rebuilt, and intake as the tables grow."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psycopg
from psycopg import sql

from bench import events
from bench.county import ARCHIVE, OLD, officer
from bench.figures import Part
from bench.installation import Installation
from bench.parts.batch import SIZE
from bench.progress import Shown
from bench.scale import Scale
from bench.sending import BenchError
from bench.usage import peak_of
from engine.api import cloudevents
from engine.bootstrap import migrate, open_database
from engine.clock import SystemClock
from engine.intake.decide import decide
from engine.intake.envelope import Envelope
from engine.rebuild import tables
from engine.storage.connect import Connection, open_owner

_FIRST = datetime(2025, 2, 10, 1, tzinfo=UTC)
_FILL, _PROBE = 2_000, 2_000
_EVENTS = (("受理", 0), ("中止", 1), ("恢复", 3), ("审查", 4), ("决定", None))
_MAPPING = f"""jiannuo: mapping/1
format: xes
source: {ARCHIVE}
zone: Asia/Shanghai
case: {{from: concept:name, of: case}}
item: {OLD}
facts:
""" + "".join(
    f"""  - type: {type_}
    per: event
    when: {{from: concept:name, in: [{name}]}}
    at: {{from: time:timestamp}}
    data: {data}
"""
    for name, type_, data in (
        ("受理", "application.accepted", "{holder: {from: org:resource}}"),
        ("中止", "clock.suspended", "{reason: expert_review}"),
        ("恢复", "clock.resumed", "{reason: expert_review}"),
        ("审查", "step.completed", "{step: review}"),
        ("决定", "decision.served", "{result: approved}"),
    )
)


def imported(part: Part, scale: Scale, shown: Shown, installation: Installation) -> None:
    """An XES log made on the fly, into a database of its own; then its read tables from the ledger."""
    prepare(installation, "bench_import")
    log, mapping = installation.data.root / "log.xes", installation.data.root / "mapping.yaml"
    mapping.write_text(_MAPPING)
    _write_log(log, scale.logged)
    facts = scale.logged * len(_EVENTS)
    with shown.doing(f"jiannuo events import, {facts} facts"):
        meter = installation.meter()
        found = _import(installation, log, mapping)
        part.cpu["import"] = meter.end()
    entries, rebuilding = _rebuild(part, shown, installation)
    part.add("import of an XES log", facts / found.seconds, "facts/s", goal=500_000 / 90)
    part.add("  cost", part.spent("import") * 1000 / facts, "core-ms/fact")
    part.add("  peak memory, all its processes", found.mb, "MB")
    part.add("  memory at the end against before the middle", found.growth, "×", goal=1.1, at_most=True)
    part.add("rebuild of read tables", entries / rebuilding, "entries/s", goal=20_000)
    part.say(
        f"`jiannuo events import` as users call it, start of the processes included, of {scale.logged} cases with {len(_EVENTS)} facts each ({log.stat().st_size / 2**20:.0f} MB of XES), back-filled: every case runs through the rules "
        f"in virtual time and every row is written. At this rate 500,000 facts take {500_000 * found.seconds / facts:.0f} s (goal: 90 s)."
    )
    part.say(
        f"`rebuild` reads {entries} ledger entries of {scale.logged} cases in order, folds them, derives each case and writes all read tables in one transaction."
    )


def growth(part: Part, scale: Scale, shown: Shown, installation: Installation) -> None:
    """Batches of live facts with ever more cases in the tables."""
    prepare(installation, "bench_growth")
    filled, rates = 0, []
    with (
        open_database(installation.url("bench_growth"), installation.key_file, size=1) as pool,
        pool.connection() as connection,
    ):
        _probe(connection, "warm", 500)
        for size in scale.grown:
            with shown.doing(f"filling up to {size} cases", size - filled) as step:
                seconds = _fill(connection, filled, size, step)
            with shown.doing("analysing"), psycopg.connect(installation.url("bench_growth"), autocommit=True) as owner:
                owner.execute("ANALYZE")
            with shown.doing(f"batches with {size} cases there"):
                rates.append(_probe(connection, f"probe{size}", _PROBE))
            part.add(f"back-filled facts on the way to {size} cases", 2 * (size - filled) / seconds, "facts/s")
            part.add(f"live facts in batches with {size} cases there", rates[-1], "facts/s")
            filled = size
    part.add("the last against the first", rates[-1] / rates[0], "of it", goal=0.8)
    part.say(
        f"decide() in process with {_PROBE} new cases and one later fact for each of them, batches of {SIZE}, after so many finished cases were back-filled (two facts each) into the same tables; "
        "PostgreSQL alone runs beside it."
    )


def prepare(installation: Installation, database: str, configured: datetime | None = None) -> None:
    with installation.owner() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    migrate(installation.url(database))
    installation.furnish(database, configured)


def _write_log(log: Path, cases: int) -> None:
    with log.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org/">\n'
        )
        for index in range(cases):
            file.write(_trace(index))
        file.write("</log>\n")


def _trace(index: int) -> str:
    at = _FIRST + timedelta(days=index % 200, seconds=index)
    last = 16 if index % 10 == 0 else 5  # every tenth ends after its limit
    lines = [f'<trace><string key="concept:name" value="X-{index:07d}"/>']
    for name, day in _EVENTS:
        when = (at + timedelta(days=last if day is None else day)).isoformat()
        lines.append(
            f'<event><string key="concept:name" value="{name}"/><date key="time:timestamp" value="{when}"/>'
            f'<string key="org:resource" value="{officer(index)}"/></event>'
        )
    return "\n".join([*lines, "</trace>\n"])


class _Imported(NamedTuple):
    seconds: float
    mb: float
    growth: float


def _import(installation: Installation, log: Path, mapping: Path) -> _Imported:
    command = [
        sys.executable,
        "-m",
        "engine.cli.main",
        "events",
        "import",
        str(log),
        "--mapping",
        str(mapping),
        "-o",
        "json",
    ]
    began = time.perf_counter()
    environment = {**installation.environment, "DATABASE_URL": installation.url("bench_import")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process, peak_of(process.pid) as peak:
        output, _ = process.communicate()
    seconds = time.perf_counter() - began
    report = msgspec.json.decode(output)
    if process.returncode or set(report["outcomes"]) != {"recorded"}:
        raise BenchError(f"the import ended with {process.returncode}: {report['outcomes']} {report['problems'][:2]}")
    return _Imported(seconds, peak.mb, peak.growth)


def _rebuild(part: Part, shown: Shown, installation: Installation) -> tuple[int, float]:
    """Entries and seconds."""
    meter = installation.meter()
    with open_owner(installation.url("bench_import")) as connection:
        total = tables.count(connection)
        done = 0

        def told(entries: int) -> None:
            nonlocal done
            step(entries - done)
            done = entries

        with shown.doing("rebuild of read tables", total) as step:
            began = time.perf_counter()
            entries = tables.rebuild(connection, told)
            connection.commit()
            seconds = time.perf_counter() - began
    part.cpu["rebuild"] = meter.end()
    return entries, seconds


def _fill(connection: Connection, first: int, last: int, step: Callable[[int], None]) -> float:
    began = time.perf_counter()
    for start in range(first, last, _FILL // 2):
        end = min(start + _FILL // 2, last)
        decide(
            connection,
            [envelope for index in range(start, end) for envelope in _finished(index)],
            SystemClock(),
            backfill=True,
        )
        connection.commit()
        step(end - start)
    return time.perf_counter() - began


def _finished(index: int) -> Iterator[Envelope]:
    at = _FIRST + timedelta(days=index % 200, seconds=index)
    case = f"G-{index:07d}"
    yield _fact(case, "application.accepted", at, {"holder": officer(index)}, OLD)
    yield _fact(case, "decision.served", at + timedelta(days=1), {"result": "approved"})


def _fact(case: str, type_: str, at: datetime, data: dict[str, Any], item: str | None = None) -> Envelope:
    return Envelope(
        source=ARCHIVE,
        message_id=f"{case}/{type_}",
        type=type_,
        case=case,
        item=item,
        occurred_at=at,
        data=data,
        raw=b"{}",
    )


def _probe(connection: Connection, prefix: str, cases: int) -> float:
    waves = events.lives(events.names(prefix, cases))[:2]
    envelopes = [cloudevents.structured(event) for wave in waves for event in wave]
    began = time.perf_counter()
    for start in range(0, len(envelopes), SIZE):
        decide(connection, envelopes[start : start + SIZE], SystemClock())
        connection.commit()
    return len(envelopes) / (time.perf_counter() - began)
