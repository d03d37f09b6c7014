"""Draft rules over past cases: `jiannuo rules simulate`, with the rules as they are and with every limit cut."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from bench.county import FOUR_STEPS, JOINT, world
from bench.figures import Part
from bench.installation import Installation
from bench.parts.history import prepare
from bench.progress import Shown
from bench.scale import Scale
from bench.sending import BenchError
from bench.shapes import SHAPES
from bench.usage import peak_of
from engine.bootstrap import open_database
from engine.rehearsal.loading import load
from engine.storage.connect import Connection
from rules.rehearsal import Rehearsal
from rules.snapshot import encode
from rules.stream import Stream

_DATABASE = "bench_simulate"
_LIVES, _BATCH = 1_400, 5_000
_SPAN, _AGO = timedelta(days=300), timedelta(days=1)
_SHORTER = {
    FOUR_STEPS: {"amount": 8, "unit": "working_days"},
    JOINT: {"amount": 6, "unit": "working_days"},
}
_STREAM = "COPY stream (stream_id, kind, version, head_hash, recorded_at, waiting, backfilled, snapshot) FROM STDIN"
_CASE = (
    "COPY case_file (case_id, item, item_version, unit, status, accepted_at, provisional, level, backfilled, version, head_hash, updated_at, view)"
    " FROM STDIN"
)


def simulate(part: Part, scale: Scale, shown: Shown, installation: Installation) -> None:
    prepare(installation, _DATABASE)
    lives = _played(shown)
    costs, filled = [], 0
    for size in (scale.simulated // 100, scale.simulated // 10, scale.simulated):
        _fill(installation, lives, range(filled, size), shown)
        filled = size
        if size < scale.simulated:
            costs.append(_grown(part, shown, installation, size))
    for name, items in (
        ("rules as they are", dict.fromkeys(_SHORTER)),
        ("every limit cut by a fifth or more", _SHORTER),
    ):
        with shown.doing(f"jiannuo rules simulate, {name}"):
            ran = _simulate(installation, items)
        number = ran.found["figures"]["cases"]
        part.add(f"{number} past cases, {name}", ran.seconds, "s", goal=30.0 * number / 150_000, at_most=True)
        part.add("  cases", number / ran.seconds, "cases/s")
        part.add("  cost, its own processes", ran.cpu * 1000 / number, "core-ms/case")
        part.add("  peak memory, all its processes", ran.mb, "MB")
        part.add("  cases whose date would move", _moved(ran.found), "cases")
    tenth = costs[-1].cpu * 1000 / (scale.simulated // 10)
    part.add(
        "cost of a case, all against a tenth of them", ran.cpu * 1000 / number / tenth, "×", goal=1.1, at_most=True
    )
    part.add("memory, all against a tenth of them", ran.mb / costs[-1].mb, "×", goal=1.1, at_most=True)
    part.say(
        f"`jiannuo rules simulate` as users call it, start of the processes included, over {scale.simulated} past cases, seven in ten prompt, the others in turn late in every step, silent, stopped and extended, charged, "
        f"joint and unheard (copies of {_LIVES} lives that were played by the rules, so that facts and records are those of real ones). Every case is read, taken through the step that a change of rules causes, "
        "compared mark by mark and counted by item, unit and person; those that change are written with both states. The rules as they are must change nothing."
    )


def _fill(installation: Installation, lives: Sequence[Stream], numbers: range, shown: Shown) -> None:
    with (
        open_database(installation.url(_DATABASE), installation.key_file, size=1) as pool,
        pool.connection() as connection,
        shown.doing("writing past cases", len(numbers)) as step,
    ):
        for start in range(numbers.start, numbers.stop, _BATCH):
            some = range(start, min(start + _BATCH, numbers.stop))
            _write(connection, [_copy(lives[n % len(lives)], n) for n in some])
            step(len(some))
        connection.commit()
        connection.execute("ANALYZE")


def _grown(part: Part, shown: Shown, installation: Installation, number: int) -> _Ran:
    with shown.doing(f"jiannuo rules simulate over {number} cases"):
        ran = _simulate(installation, _SHORTER)
    part.add(f"{number} past cases, every limit cut by a fifth or more", ran.seconds, "s")
    part.add("  cost, its own processes", ran.cpu * 1000 / number, "core-ms/case")
    part.add("  peak memory, all its processes", ran.mb, "MB")
    return ran


def _played(shown: Shown) -> list[Stream]:
    """Lives of every shape over most of a year, up to yesterday."""
    until = datetime.now(UTC) - _AGO
    first = until - _SPAN
    facts = [
        fact
        for n in range(_LIVES)
        for fact in _shape(n)(n, first + _SPAN * n / _LIVES)
        if datetime.fromisoformat(fact["occurred_at"]) <= until
    ]
    with shown.doing(f"playing {_LIVES} lives"):
        loaded = load(
            msgspec.json.encode({"jiannuo": "rehearsal/1", **world(), "facts": facts, "until": until.isoformat()})
        )
        played = Rehearsal(loaded.world, loaded.until)
        played.play(loaded.facts)
    return [stream for name, stream in played.streams.items() if name.startswith("case:")]


def _shape(number: int) -> Callable[[int, datetime], Iterator[dict[str, Any]]]:
    """Seven in ten are prompt, the others of each troubled kind in turn."""
    place = number % 10 - 7
    troubled = [life for name, life in SHAPES.items() if name != "prompt"]
    return SHAPES["prompt"] if place < 0 else troubled[(number // 10 * 3 + place) % len(troubled)]


def _copy(life: Stream, number: int) -> Stream:
    case = f"p{number:07d}"
    facts = tuple(msgspec.structs.replace(fact, case=case) for fact in life.facts)
    return msgspec.structs.replace(life, id=f"case:{case}", facts=facts)


def _write(connection: Connection, streams: Sequence[Stream]) -> None:
    with connection.cursor().copy(_STREAM) as copy:
        for stream in streams:
            at = max([*(r.changed_at for r in stream.records.values()), *(f.recorded_at for f in stream.facts)])
            copy.write_row((stream.id, "case", stream.version, b"\0" * 32, at, 0, False, encode(stream)))
    with connection.cursor().copy(_CASE) as copy:
        for row in _rows(streams):
            copy.write_row(row)


def _rows(streams: Sequence[Stream]) -> Iterator[tuple[Any, ...]]:
    for stream in streams:
        case = stream.view
        began = case.start.at if case.start is not None else None
        closed = stream.records.get("case")
        yield (
            stream.id.removeprefix("case:"), case.item.code, case.item.version, case.unit, closed.status if closed else "open", began, False,
            "none", False, stream.version, b"\0" * 32, began or case.opened_at, "{}",
        )  # fmt: skip


class _Ran(NamedTuple):
    seconds: float
    cpu: float
    mb: float
    found: dict[str, Any]


def _simulate(installation: Installation, items: dict[str, Any]) -> _Ran:
    drafts = [{"code": code} | ({"committed_limit": limit} if limit else {}) for code, limit in items.items()]
    draft = installation.data.root / "draft.json"
    draft.write_bytes(msgspec.json.encode({"items": drafts}))
    command = [sys.executable, "-m", "engine.cli.main", "rules", "simulate", str(draft), "-o", "json"]
    environment = {**installation.environment, "DATABASE_URL": installation.url(_DATABASE)}
    began, before = time.perf_counter(), _children()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process, peak_of(process.pid) as peak:
        output, _ = process.communicate()
    seconds = time.perf_counter() - began
    if process.returncode:
        raise BenchError(f"jiannuo rules simulate ended with {process.returncode}")
    return _Ran(seconds, _children() - before, peak.mb, msgspec.json.decode(output))


def _children() -> float:
    """Core-seconds of processes that have ended, theirs included."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _moved(found: dict[str, Any]) -> int:
    totals = found["figures"]["totals"]
    return sum(totals[name]["gained"] for name in ("earlier", "later") if name in totals)
