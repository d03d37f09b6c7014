"""Golden ledgers: stored worlds and what they must give, for ever. A changed number anywhere in the rules shows here.

`python -m tests.decisions.golden` writes the expectations anew; a commit that changes one says why.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.rules.worlds import World, a_case, days, item, play

LEDGERS = Path(__file__).parent / "ledgers"


def summary(out: dict[str, Any]) -> dict[str, Any]:
    """Dates, outcomes, breaches, measures, and every line of the ledgers by type and instants."""
    return {
        "cases": {
            id_: {
                "status": case["status"],
                "clocks": {n: [c["due_on"], c["expires_at"], c["breached_at"]] for n, c in case["clocks"].items()},
                "outcome": case["outcome"],
                "certificates": [[c["number"], c["due_by"], c["status"]] for c in case["certificates"]],
                "ledger": [[x["type"], x["legal_at"] or x["occurred_at"], x["recorded_at"]] for x in case["ledger"]],
            }
            for id_, case in out["cases"].items()
        },
        "breaches": [[b["case"], b["clock"], b["legal_at"], b["status"], b["shares"], b["proposed_against"]] for b in out["breaches"]],
        "findings": [[f["case"], f["kind"], f["legal_at"], f["status"]] for f in out["findings"]],
        "refusals": [[r["fact"], r["code"]] for r in out["refusals"]],
        "alerts": [[a["case"], a["cause"], a["level"], a["rung"], a["fired_at"], a["to"]] for a in out["alerts"]],
        "proceedings": [[p["person"], p["count_in_window"], p["proposed_level"], p["phase"], p["statement_until"]] for p in out["proceedings"]],
        "notices": [[n["case"], n["kind"], n["to"], n["at"]] for n in out["notices"]],
    }  # fmt: skip


WARNED = [{"before": days(1), "level": "warning"}]
STEPS = [{"id": "survey", "holder": "zhang", "limit": days(2)}, {"id": "review", "holder": "liu", "limit": days(3)}]


def silence_and_proceeding() -> World:
    world = a_case(5, 20, "approve", warnings=WARNED).accepted("03-02 09:00")
    world.fact("finding.confirmed", "03-11 10:00", finding="limit_expired", grade="serious", actor="sun")
    world.fact("alert.answered", "03-12 10:00", level="red", text="已整改", actor="zhang")
    world.fact("statement.filed", "03-13 10:00", person="zhang", text="陈述")
    return world.fact("measure.decided", "03-20 10:00", person="zhang", level=4, reason="按建议", actor="li")


def late_facts() -> World:
    world = a_case(5, silence="approve", suspensions=[{"reason": "hearing"}]).accepted("03-02 09:00")
    world.fact("clock.suspended", "03-04 10:00", recorded="03-11 10:00", reason="hearing")
    world.fact("clock.resumed", "03-06 10:00", recorded="03-11 11:00", reason="hearing")
    return world.served("03-11 15:00", "refused", recorded="03-14 09:00")


def steps_and_offices() -> World:
    office = {"id": "fire", "limit": days(2), "silence": {"effect": "consent_of_office"}}
    world = World(item(8, steps=STEPS, offices=[office], warnings=WARNED)).accepted("06-15 09:00")
    world.fact("office.consulted", "06-15 10:00", office="fire").fact("step.completed", "06-18 10:00", step="survey")
    return world.fact("case.handed_over", "06-18 11:00", to="liu")


def calendar_corrected() -> World:
    world = (
        a_case(5, silence="approve")
        .accepted("03-02 09:00")
        .calendar("v2", "03-10 09:00", days=[{"on": "2026-03-05", "kind": "off"}])
    )
    return world.fact("hold.closed", "03-18 10:00", hold="calendar_corrected", result="effect", approver="sun")


def extension_and_completion() -> World:
    world = a_case(8, 20, suspensions=[{"reason": "completion", "max": 1}]).accepted("04-27 09:00")
    world.fact("completion.requested", "04-29 10:00", items=["规划图"], answer_by="2026-05-12").fact(
        "completion.supplied", "05-07 10:00"
    )
    world.fact("extension.requested", "05-12 10:00", by=days(5)).fact(
        "extension.approved", "05-12 11:00", by=days(5), approver="li"
    )
    return world.fact("extension.served", "05-13 10:00").fact("decision.made", "05-20 10:00", result="approved")


def outage() -> World:
    world = a_case(5, silence="approve", warnings=WARNED).outage("03-05 08:00", "03-12 09:00").accepted("03-02 09:00")
    return world.fact("fact.retracted", "03-16 09:00", fact="unknown", approver="sun")


WORLDS = {
    make.__name__: make
    for make in (
        silence_and_proceeding,
        late_facts,
        steps_and_offices,
        calendar_corrected,
        extension_and_completion,
        outage,
    )
}


def record() -> None:
    LEDGERS.mkdir(exist_ok=True)
    for name, make in WORLDS.items():
        spec = make().with_(until="2026-07-01T09:00:00+08:00").spec
        body = {"rehearsal": spec, "expect": summary(play(spec))}
        (LEDGERS / f"{name}.json").write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    record()
