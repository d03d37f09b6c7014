"""holding(view) → what holds of a case: limits, ends, outcome, certificate, findings, breaches, alerts, notices, each with its time."""

from __future__ import annotations

from functools import partial

from rules import (
    holding_alerts,
    holding_breaches,
    holding_ends,
    holding_findings,
    holding_limits,
    holding_requests,
    holding_voices,
    holding_warnings,
)  # fmt: skip
from rules.alerts import unentitled
from rules.conclusion import Conclusion
from rules.moment import View
from rules.words import recused


def holding(view: View) -> list[Conclusion]:
    """Everything that holds or will hold if nothing more comes. In the order in which it is written where instants are equal.

    What will hold only later is concluded `ahead`, with its moment: a part is not asked again before that (rules.kept).
    """
    found: list[Conclusion] = []
    for name, part in PARTS:
        found += view.kept.part(name, view.at, partial(part, view))
    found += holding_breaches.by_confirmation(view, found)
    found += view.kept.part("warnings", view.at, partial(holding_warnings.warnings, view))
    found += view.kept.part("chains", view.at, partial(holding_alerts.chains, view, found))
    found += holding_requests.requests(view)
    found += holding_voices.spoken(view)
    return found


def _stops(view: View) -> list[Conclusion]:
    found = []
    for stop in view.case.stops:
        publish = max(stop.start, view.at) if stop.waits else view.at
        data = {
            "reason": stop.reason,
            "kind": stop.kind,
            "clock": stop.clock,
            "fact": stop.fact,
            "from": view.iso(stop.start),
        }
        found.append(
            Conclusion(
                "clock_suspended",
                f"suspension:{stop.fact}",
                stop.start,
                publish,
                data,
                live=("from",),
                moved="clock_suspended",
            )
        )
        if stop.end is not None:
            publish = stop.end if stop.end == stop.planned_end else view.at
            data = {"reason": stop.reason, "clock": stop.clock, "fact": stop.fact, "at": view.iso(stop.end)}
            key = f"resumption:{stop.fact}"
            found.append(Conclusion("clock_resumed", key, stop.end, publish, data, live=("at",), moved="clock_resumed"))
    return found


def _refusals(view: View) -> list[Conclusion]:
    refusals = (*view.case.refusals, *view.unlawful, *view.voices.refusals)
    refusals = refusals if not view.said else (*refusals, *recused(view.said, view.records), *unentitled(view))
    return [
        Conclusion(
            "fact_refused", f"refusal:{r.fact}", r.at, view.at, {"fact": r.fact, "code": r.code, "message": r.message},
            live=("code",), moved="fact_refused",
        )
        for r in refusals
    ]  # fmt: skip


PARTS = (
    ("limits", holding_limits.limits),
    ("stops", _stops),
    ("refusals", _refusals),
    ("ends", holding_ends.ends),
    ("breaches", holding_breaches.breaches),
    ("findings", holding_findings.findings),
)
