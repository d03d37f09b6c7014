"""What the person at the terminal sees meanwhile: the part that runs, how far it is, how long it took."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Step = Callable[[int], None]


class Shown:
    """Bars on a terminal, a line a step elsewhere."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)

    def line(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def doing(self, text: str, total: int | None = None) -> Iterator[Step]:
        """One step of a part; its `Step` takes how many more are done."""
        if not self._console.is_terminal:
            self.line(f"  … {text}")
            yield lambda _more: None
            return
        columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._console, transient=True, refresh_per_second=4) as bars:
            task = bars.add_task(text, total=total)
            yield lambda more: bars.update(task, advance=more)
