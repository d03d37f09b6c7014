"""What a start-up step is doing and how long it took, on a terminal or in a log."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_QUIET_SECONDS = 15.0


class Step:
    """One named step; `detail` may be called as often as one likes."""

    def __init__(self, name: str, out: TextIO) -> None:
        self._name, self._out = name, out
        self._started = self._shown = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    def detail(self, text: str) -> None:
        """Shown at once on a terminal (one line, rewritten), every quarter of a minute in a log."""
        line = f"{self._name} · {self.seconds:.0f} s · {text}"
        if self._out.isatty():
            self._out.write(f"\r\033[K  {line[:110]}")
        elif time.monotonic() - self._shown >= _QUIET_SECONDS:
            self._shown = time.monotonic()
            self._out.write(f"  … {line}\n")
        self._out.flush()

    def end(self, mark: str) -> None:
        start = "\r\033[K" if self._out.isatty() else ""
        self._out.write(f"{start}  {mark} {self._name} ({self.seconds:.1f} s)\n")
        self._out.flush()


@contextmanager
def step(name: str, out: TextIO | None = None) -> Iterator[Step]:
    """Announce a step, tell its end and its duration, also when it fails."""
    running = Step(name, out or sys.stderr)
    running.detail("")
    try:
        yield running
    except BaseException:
        running.end("✗")
        raise
    running.end("✓")
