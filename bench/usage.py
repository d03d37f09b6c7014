"""What processes cost: core-seconds and memory of a process with all its children, from /proc (elsewhere nothing is found)."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class _Process(NamedTuple):
    parent: int
    ticks: int
    pages: int


def _processes() -> dict[int, _Process]:
    """Every process: its parent, its ticks with those of children that have ended, its resident pages."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            fields = entry.read_text().rpartition(")")[2].split()
            found[int(entry.parent.name)] = _Process(int(fields[1]), sum(map(int, fields[11:15])), int(fields[21]))
    return found


def _tree(processes: Mapping[int, _Process], root: int) -> Iterator[_Process]:
    if root in processes:
        yield processes[root]
        for pid, process in processes.items():
            if process.parent == root:
                yield from _tree(processes, pid)


def resident_mb(pid: int) -> float:
    """Resident memory of one process, its children not included."""
    process = _processes().get(pid)
    return process.pages * _PAGE / 2**20 if process else 0.0


def proportional_mb(pid: int) -> float:
    """The same with shared pages divided among those who share them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def _busy_ticks() -> tuple[int, int]:
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(fields) - fields[3] - fields[4], sum(fields)


def busy_share(seconds: float) -> float:
    """How much of all cores is in use, looked at for so long."""
    busy, total = _busy_ticks()
    time.sleep(seconds)
    busy_now, total_now = _busy_ticks()
    return (busy_now - busy) / max(total_now - total, 1)


class Meter:
    """Core-seconds by name, of process trees that live from `begin` to `end`; `others` is all the rest of the machine."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = {"bench": os.getpid(), **pids}
        self._began = self._ticks()

    def _ticks(self) -> dict[str, int]:
        processes = _processes()
        own = {name: sum(p.ticks for p in _tree(processes, pid)) for name, pid in self._pids.items()}
        children = sum(
            own[name] for name, pid in self._pids.items() if pid in processes and processes[pid].parent == os.getpid()
        )
        own["bench"] -= children
        others = _busy_ticks()[0] - own["bench"] - children
        own.pop("supervisor", None)  # the parent of the parts, and nothing beside
        return {**own, "others": others}

    def end(self) -> dict[str, float]:
        now = self._ticks()
        return {name: round((now[name] - ticks) / _TICKS, 2) for name, ticks in self._began.items()}


class Peak(threading.Thread):
    """The resident memory of a process tree, looked at ten times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._ended = threading.Event()
        self._seen: list[float] = []

    def run(self) -> None:
        while not self._ended.wait(0.1):
            self._seen.append(sum(process.pages for process in _tree(_processes(), self._pid)) * _PAGE / 2**20)

    def stop(self) -> None:
        self._ended.set()
        self.join()

    @property
    def mb(self) -> float:
        return max(self._seen, default=0.0)

    @property
    def growth(self) -> float:
        """The peak of the last quarter of the time against that of the quarter before the middle; 1 is flat."""
        quarter = max(len(self._seen) // 4, 1)
        early = max(self._seen[quarter : 2 * quarter], default=0.0)
        return max(self._seen[-quarter:], default=0.0) / early if early else 1.0


@contextmanager
def peak_of(pid: int) -> Iterator[Peak]:
    peak = Peak(pid)
    peak.start()
    try:
        yield peak
    finally:
        peak.stop()
