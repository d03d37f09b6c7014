"""The report of a run: one page for people, the same figures for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from bench.figures import Figure, Part, Run


def write(run: Run, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "REPORT.md").write_text("\n".join(_report(run)) + "\n", encoding="utf-8")
    (folder / "figures.json").write_bytes(msgspec.json.format(msgspec.json.encode(run)) + b"\n")


def _report(run: Run) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    yield (
        f"Written by `make bench` ({run.scale} scale, {run.began_at:%Y-%m-%d %H:%M} UTC, {run.seconds:.0f} s). Every peer ran in the same run on the same machine: "
        "absolute numbers drift, ratios count. What other work took from the machine stands under each part as *others*."
    )
    yield from _summary(run)
    yield from _table("Machine", run.machine)
    yield from _table("Versions", run.versions)
    yield from _table("Storage, as it ran", run.storage)
    for part in run.parts:
        yield from _part(part)


def _summary(run: Run) -> Iterator[str]:
    yield from ("", "## Against the goals", "", "| part | figure | measured | goal | |", "|---|---|---:|---:|---|")
    for part in run.parts:
        for figure in part.figures:
            if figure.goal is not None:
                yield f"| {part.title} | {figure.name.strip()} | {_number(figure.value)} {figure.unit} | {_goal(figure)} | {_met(figure)} |"
        if part.failed:
            yield f"| {part.title} | could not be measured | | | ✗ |"


def _goal(figure: Figure) -> str:
    assert figure.goal is not None
    return f"{'at most' if figure.at_most else 'at least'} {_number(figure.goal)} {figure.unit}"


def _met(figure: Figure) -> str:
    return {True: "✓", False: "✗", None: ""}[figure.is_met]


def _table(title: str, values: Mapping[str, str]) -> Iterator[str]:
    if values:
        yield from ("", f"## {title}", "", "| | |", "|---|---|")
        yield from (f"| {name} | {value} |" for name, value in values.items())


def _part(part: Part) -> Iterator[str]:
    yield from ("", f"## {part.title}", "", f"`--only {part.name}`, {part.seconds:.0f} s.", "")
    if part.failed:
        yield from (f"**Could not be measured:** `{part.failed.splitlines()[0]}`", "")
    if part.figures:
        yield from ("| figure | value | |", "|---|---:|---|")
        yield from (
            f"| {_indented(figure.name)} | {_number(figure.value)} | {figure.unit} |" for figure in part.figures
        )
    for words in part.words:
        yield from ("", words)
    yield from _cpu(part)


def _cpu(part: Part) -> Iterator[str]:
    """Core-seconds by process: what an optimiser looks at first, and how much of the machine was not ours."""
    if not part.cpu:
        return
    names = list(dict.fromkeys(name for used in part.cpu.values() for name in used))
    yield from ("", "Core-seconds by process:", "")
    yield f"| while | {' | '.join(names)} |"
    yield f"|---|{'---:|' * len(names)}"
    for what, used in part.cpu.items():
        yield f"| {what} | {' | '.join(f'{used[name]:.1f}' if name in used else '' for name in names)} |"


def _indented(name: str) -> str:
    return name.replace("  ", "&emsp;", 1)


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
