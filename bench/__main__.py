"""`python -m bench [--only NAME …] [--scale small|full]`: runs every part and writes bench/REPORT.md and bench/figures.json."""

from __future__ import annotations

import argparse
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench import ledger
from bench.figures import Part, Run
from bench.installation import Installation, installation
from bench.machine import machine, versions
from bench.parts.batch import batch
from bench.parts.history import growth, imported
from bench.parts.kernel import kernel, limit
from bench.parts.memory import memory
from bench.parts.pages import pages
from bench.parts.rehearsal import rehearsal
from bench.parts.simulate import simulate
from bench.parts.single import single
from bench.parts.steps import steps
from bench.parts.wave import wave
from bench.parts.year import year
from bench.progress import Shown
from bench.report import write
from bench.scale import SCALES, Scale

FOLDER = Path(__file__).parent
_TEMPORAL_PRAGMAS = "journal_mode=WAL, synchronous=NORMAL"


class Job(NamedTuple):
    """A part to measure, and the servers it needs: none, PostgreSQL alone, or a whole installation."""

    name: str
    title: str
    act: Callable[..., None]


ALONE = (
    Job("kernel", "Due dates", kernel),
    Job("limit", "The calculator", limit),
    Job("rehearsal", "A world in virtual time", rehearsal),
)
LIVE = (
    Job("memory", "Memory at rest", memory),
    Job("single", "Single facts", single),
    Job("batch", "Facts in batches", batch),
    Job("s4", "Scenario S4: four steps, each with its limit", steps),
    Job("wave", "Due in one instant", wave),
)
# Only when it is asked for by name: it takes as long as all the others together.
ASKED = (Job("year", "A county's year in virtual time", year),)
PAST = (
    Job("import", "A log imported, tables rebuilt", imported),
    Job("growth", "How the cost grows", growth),
    Job("simulate", "Draft rules over past cases", simulate),
    Job("pages", "Pages with a million cases", pages),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 1 if a part could not be measured."""
    options = _options(argv)
    scale, shown = SCALES[options.scale], Shown()
    run = Run(
        scale=options.scale,
        began_at=datetime.now(UTC),
        machine=machine(Path(tempfile.gettempdir())),
        versions=versions(),
    )
    began = time.perf_counter()
    wanted = [[job for job in jobs if not options.only or job.name in options.only] for jobs in (ALONE, LIVE, PAST)]
    asked = [job for job in ASKED if job.name in (options.only or ())]
    for job in [*wanted[0], *asked]:
        _measure(run, job, partial(job.act, scale=scale, shown=shown), shown)
    _with_servers(run, wanted[1], scale, shown)
    _with_servers(run, wanted[2], scale, shown, "--servers-only")
    run.seconds = time.perf_counter() - began
    write(run, options.to)
    shown.line(f"{options.to / 'REPORT.md'}  ({run.seconds:.0f} s)")
    return int(any(part.failed for part in run.parts))


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    names = [job.name for job in (*ALONE, *LIVE, *PAST, *ASKED)]
    parser = argparse.ArgumentParser(prog="python -m bench", description="Benchmarks beside their peers; one report.")
    parser.add_argument(
        "--only",
        action="append",
        choices=names,
        metavar="NAME",
        help=f"only this part, may be repeated: {', '.join(names)}",
    )
    parser.add_argument(
        "--scale", choices=sorted(SCALES), default="full", help="small: a check that everything runs, under 90 s"
    )
    parser.add_argument(
        "--to",
        type=Path,
        default=FOLDER,
        metavar="FOLDER",
        help="where REPORT.md and figures.json go (default: bench/)",
    )
    return parser.parse_args(argv)


def _with_servers(run: Run, jobs: Sequence[Job], scale: Scale, shown: Shown, *arguments: str) -> None:
    """The jobs on one installation, started for them."""
    if not jobs:
        return
    began = time.perf_counter()
    with installation(*arguments) as running:
        run.storage = {**ledger.settings(running), "Temporal (SQLite)": _TEMPORAL_PRAGMAS}
        if not arguments:
            running.furnish()
        shown.line(f"jiannuo up {' '.join(arguments)} ({time.perf_counter() - began:.1f} s)")
        for job in jobs:
            _measure(run, job, partial(_on, job.act, scale, shown, running), shown)


def _on(act: Callable[..., None], scale: Scale, shown: Shown, running: Installation, part: Part) -> None:
    act(part, scale, shown, running)


def _measure(run: Run, job: Job, act: Callable[..., None], shown: Shown) -> None:
    """One part; one that fails is reported and the others go on."""
    part = Part(name=job.name, title=job.title)
    run.parts.append(part)
    shown.line(f"▸ {job.title}")
    began = time.perf_counter()
    try:
        act(part=part)
    except Exception as error:  # noqa: BLE001 - the report says so
        part.failed = f"{type(error).__name__}: {error}"
        shown.line("".join(traceback.format_exception(error)))
    part.seconds = time.perf_counter() - began
    for figure in part.figures:
        shown.line(f"  {figure.value:>12,.2f} {figure.unit:<11} {figure.name}")
    shown.line(f"✓ {job.title} ({part.seconds:.0f} s)")


if __name__ == "__main__":
    raise SystemExit(main())
