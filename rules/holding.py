"""holding(view) → what holds of a case: limits, ends, outcome, certificate, findings, breaches, alerts, notices, each with its time."""

from __future__ import annotations

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
from rules.drawn import Drawn
from rules.moment import NO_VOICES, View
from rules.words import recused


def holding(view: View) -> dict[str, Drawn]:
    """Everything that holds or will hold if nothing more comes. In the order in which it is written where instants are equal.

    What will hold only later is concluded `ahead`, with its moment: a part is not asked again before that (rules.kept).
    """
    kept, at, case = view.kept, view.at, view.case
    found = {"limits": kept.part("limits", at, holding_limits.limits, view, rests_on=holding_limits.rests_on)}
    if case.stops:
        found["stops"] = kept.part("stops", at, _stops, view, rests_on=_stops_rest_on)
    if case.refusals or view.spoken or view.unlawful or view.voices is not NO_VOICES:
        found["refusals"] = kept.part("refusals", at, _refusals, view, rests_on=_refusals_rest_on)
    found["ends"] = kept.part("ends", at, holding_ends.ends, view, rests_on=holding_ends.rests_on)
    broken = holding_breaches.breaches(view)
    found |= broken
    found["findings"] = kept.part("findings", at, holding_findings.findings, view)
    if view.said:
        confirmed = holding_breaches.by_confirmation(view, [c for each in found.values() for c in each.due])
        found["confirmed"] = kept.draw("confirmed", confirmed, at)
    found["warnings"] = kept.part("warnings", at, holding_warnings.warnings, view, rests_on=holding_warnings.rests_on)
    found |= holding_alerts.chains(view, [found["ends"], *broken.values()])
    if more := [*holding_requests.requests(view), *holding_voices.spoken(view)]:
        found["spoken"] = kept.draw("spoken", more, at)
    return found


def _stops_rest_on(view: View) -> object:
    return view.case.stops


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


def _refusals_rest_on(view: View) -> object:
    spoken = view.spoken or view.unlawful or view.voices is not NO_VOICES
    return view.facts if spoken else view.case.refusals


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
