"""A case against the flow chart it has to follow (偏离流程图): the first step that no way through the chart explains."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rules.errors import RuleError
from rules.facts import Fact
from rules.fold import Fold
from rules.token_replay import Chart, Done, Verdict, replay

PHASES = {"step.started": "start", "step.completed": "complete"}


def off_procedure(fold: Fold, facts: Sequence[Fact]) -> None:
    """A step outside the chart is a finding; a decision served with steps left undone is a suspicion, where any step was told at all.

    What is done again after a reopening goes by no chart.
    """
    again = next((place for place, fact in enumerate(facts) if fact.type == "case.reopened"), len(facts))
    told = [fact for fact in facts[:again] if fact.type in PHASES]
    chart = fold.world.chart_of(fold.item) if told else None
    verdict = _verdict(chart, told) if chart is not None else None
    if verdict is None:
        return
    if verdict.first is not None:
        fact = told[verdict.first]
        fold.find("off_procedure", fact.occurred_at, fact.id, person=_who(fold, fact), what=(fact.data.step,))
    elif fold.status == "concluded" and fold.served is not None and not verdict.at_end:
        _unfinished(fold, fold.served)


def _verdict(chart: Chart, told: Sequence[Fact]) -> Verdict | None:
    """None where the chart allows so much that nothing can be told from it."""
    try:
        return replay(chart, [Done(fact.data.step, PHASES[fact.type]) for fact in told])
    except RuleError:
        return None


def _unfinished(fold: Fold, served: Fact) -> None:
    if fold.detectors(served.occurred_at).off_procedure.unfinished:
        person = _holder(fold, served.occurred_at)
        fold.find("off_procedure", served.occurred_at, served.id, person=person, indication=True)


def _who(fold: Fold, fact: Fact) -> str | None:
    return getattr(fact.data, "holder", None) or fact.actor or _holder(fold, fact.occurred_at)


def _holder(fold: Fold, at: datetime) -> str | None:
    """Who had the case in hand at an instant."""
    held = [custody.holder for custody in fold.custody if custody.since <= at]
    return held[-1] if held else fold.holder
