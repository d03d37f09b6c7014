"""Checks of the approved flow chart: it is understood, and every step has its place in it."""

from __future__ import annotations

from collections.abc import Iterator

from rules.flow_chart import plain
from rules.lint import Ground, Lint


def chart_not_understood(at: Ground) -> Iterator[Lint]:
    """A chart that cannot be followed finds nobody; steps that wait for each other can never be done."""
    if at.world.chart_of(at.item) is None:
        if at.item.flow_chart is not None:
            yield at.error("chart_not_understood", "flow_chart")
        elif at.item.steps:
            yield at.error("chart_not_understood", "steps", "order")


def step_off_chart(at: Ground) -> Iterator[Lint]:
    """A step that the chart has not under its id or its name is off the procedure whenever it is done."""
    chart = at.world.chart_of(at.item) if at.item.flow_chart is not None else None
    for place, step in enumerate(at.item.steps if chart is not None else ()):
        if chart is not None and plain(step.id) not in chart.known:
            yield at.error("step_off_chart", f"steps[{place}].id", step=step.id)
