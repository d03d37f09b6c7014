"""Draft rules over past cases: `jiannuo rules simulate`, with the rules as they are and with every limit cut."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from bench.county import FOUR_STEPS, JOINT, world
from bench.figures import Part
from bench.installation import Installation
from bench.parts.history import prepare
from bench.past import AGO, LIVES, SPAN, played
from bench.progress import Shown
from bench.scale import Scale
from bench.sending import BenchError
from bench.usage import peak_of
from engine.bootstrap import open_database
from engine.provisioning.folder import Catalogue
from engine.provisioning.record import provision
from engine.storage.connect import Connection
from rules.case_stream import advance_case
from rules.snapshot import encode
from rules.stream import Health, Stream

_DATABASE = "bench_simulate"
_BATCH = 5_000
_SHORTER = {
    FOUR_STEPS: {"amount": 8, "unit": "working_days"},
    JOINT: {"amount": 6, "unit": "working_days"},
}
_STREAM = "COPY stream (stream_id, kind, version, head_hash, recorded_at, waiting, backfilled, snapshot) FROM STDIN"
_WAKE = "COPY wake (stream_id, next_at, ended, seq, sent_seq) FROM STDIN"
_CASE = (
    "COPY case_file (case_id, item, item_version, unit, status, accepted_at, provisional, level, backfilled, version, head_hash, updated_at, view)"
    " FROM STDIN"
)


def simulate(part: Part, scale: Scale, shown: Shown, installation: Installation) -> None:
    """Configured before the first case; then the same with a post that was filled since, after which every record may rest on other rules."""
    until = datetime.now(UTC) - AGO
    prepare(installation, _DATABASE, until - SPAN - AGO)
    lives, filled = _played(until, shown), 0
    for size in (scale.simulated // 100, scale.simulated // 10):
        _fill(installation, lives, range(filled, size), shown)
        tenth, filled = _ran(part, shown, installation, "every limit cut by a fifth or more", _SHORTER), size
    _fill(installation, lives, range(filled, scale.simulated), shown)
    goal = 30.0 * scale.simulated / 150_000
    _ran(part, shown, installation, "rules as they are", dict.fromkeys(_SHORTER), goal)
    whole = _ran(part, shown, installation, "every limit cut by a fifth or more", _SHORTER, goal)
    part.add("cost of a case, all against a tenth of them", whole.cost / tenth.cost, "×", goal=1.1, at_most=True)
    part.add("memory, all against a tenth of them", whole.mb / tenth.mb, "×", goal=1.1, at_most=True)
    _fill_a_post(installation)
    _ran(part, shown, installation, "every limit cut, a post filled since", _SHORTER)
    part.say(
        f"`jiannuo rules simulate` as users call it, start of the processes included, over {scale.simulated} past cases, seven in ten prompt, the others in turn late in every step, silent, stopped and extended, charged, "
        f"joint and unheard (copies of {LIVES} lives that were played by the rules, so that facts and records are those of real ones). Every case is read, taken through the step that a change of rules causes, "
        "compared mark by mark and counted by item, unit and person; those that change are written with both states. The rules as they are must change nothing. "
        "Where configuration that may bear on a case is younger than its record, a case that changes is taken through the step under the rules in force too, so that nothing is put down to the draft that is not of it."
    )


def _ran(
    part: Part, shown: Shown, installation: Installation, name: str, items: dict[str, Any], goal: float | None = None
) -> _Ran:
    with shown.doing(f"jiannuo rules simulate, {name}"):
        ran = _simulate(installation, items)
    part.add(f"{ran.number} past cases, {name}", ran.seconds, "s", goal=goal, at_most=True)
    part.add("  cases", ran.number / ran.seconds, "cases/s")
    part.add("  cost, its own processes", ran.cost, "core-ms/case")
    part.add("  peak memory, all its processes", ran.mb, "MB")
    part.add("  cases whose date would move", _moved(ran.found), "cases")
    return ran


def _fill_a_post(installation: Installation) -> None:
    county = world()
    posts = [
        *county["people"],
        {"id": "newcomer", "unit": "office", "post": "officer", "name": "某", "from": str(datetime.now(UTC).date())},
    ]
    catalogue = msgspec.convert({**county, "people": posts}, Catalogue)
    with (
        open_database(installation.url(_DATABASE), installation.key_file, size=1) as pool,
        pool.connection() as connection,
    ):
        provision(connection, catalogue, datetime.now(UTC), "bench")


def _fill(installation: Installation, lives: Sequence[_Life], numbers: range, shown: Shown) -> None:
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


class _Life(NamedTuple):
    """A case that was played, and when something of it is to be written next."""

    stream: Stream
    next_at: datetime | None


def _played(until: datetime, shown: Shown) -> list[_Life]:
    """Lives of every shape over most of a year."""
    with shown.doing(f"playing {LIVES} lives"):
        past = played(until)
    cases = [stream for name, stream in past.streams.items() if name.startswith("case:")]
    return [_Life(one, advance_case(one, (), until, past.world, Health()).next_at) for one in cases]


def _copy(life: _Life, number: int) -> _Life:
    case = f"p{number:07d}"
    facts = tuple(msgspec.structs.replace(fact, case=case) for fact in life.stream.facts)
    return life._replace(stream=msgspec.structs.replace(life.stream, id=f"case:{case}", facts=facts))


def _write(connection: Connection, lives: Sequence[_Life]) -> None:
    streams = [life.stream for life in lives]
    with connection.cursor().copy(_STREAM) as copy:
        for stream in streams:
            at = max([*(r.changed_at for r in stream.records.values()), *(f.recorded_at for f in stream.facts)])
            copy.write_row((stream.id, "case", stream.version, b"\0" * 32, at, 0, False, encode(stream)))
    with connection.cursor().copy(_WAKE) as copy:
        for life in lives:
            copy.write_row((life.stream.id, life.next_at, life.next_at is None, 0, 0))
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

    @property
    def number(self) -> int:
        return int(self.found["figures"]["cases"])

    @property
    def cost(self) -> float:
        """Core-milliseconds a case."""
        return self.cpu * 1000 / self.number


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
