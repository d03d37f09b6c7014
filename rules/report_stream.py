"""Rewarded reports (奖励举报): verified by an inspector, rewarded by somebody else, paid; each step with its clock (accountability.md 6).

A stream of its own, `report:NUMBER` in the place of a case. It is nobody's but the inspectors' and the leading-group office's: no unit is
asked, none sees it. Who reported is sealed; whoever looks is on record.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from rules.alerts import alert, rung_key, slow, unentitled
from rules.case import Refused
from rules.chain import Rung, next_rung
from rules.climbing import climbing, closed
from rules.conclusion import Conclusion
from rules.facts import Fact, order
from rules.limit import Limit
from rules.moment import View
from rules.no_case import concluded, refusals, view_of
from rules.stream import Health, Step, Stream
from rules.time_limits import due
from rules.words import OF_ALERTS, OF_FINDINGS, recused
from rules.world import World

FILED, VERIFIED, REWARDED, PAID, REVEALED = (
    "report.filed", "report.verified", "report.rewarded", "report.paid", "reporter.revealed"
)  # fmt: skip
BEFORE = {VERIFIED: FILED, REWARDED: VERIFIED, PAID: REWARDED}
OTHERS = OF_ALERTS | OF_FINDINGS | {"fact.retracted"}


class Report(msgspec.Struct, frozen=True):
    """What was said that counts, by its type; and what was said in vain."""

    said: dict[str, Fact] = {}
    refused: tuple[Refused, ...] = ()

    @property
    def about(self) -> str | None:
        filed = self.said.get(FILED)
        return filed.data.against if filed is not None else None

    @property
    def result(self) -> str | None:
        word = self.said.get(REWARDED) or self.said.get(VERIFIED)
        return word.data.result if word is not None else None

    @property
    def phase(self) -> str:
        if PAID in self.said or self.result in {"unsubstantiated", "refused"}:
            return "settled"
        return {None: "reported", "substantiated": "substantiated"}.get(self.result, "rewarded")


class Task(msgspec.Struct, frozen=True):
    """`above`: the last post that is not asked; without one the inspectors are asked first."""

    name: str
    asked: Fact
    within: Limit
    done: Fact | None
    above: str | None = None


def advance_report(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    facts = tuple(sorted((*stream.facts, *new), key=order))
    return concluded(stream, new, view_of(stream.id, "", facts, stream.records, at, world, health), _holding)


def report_of(facts: Sequence[Fact]) -> Report:
    """`facts` in order. A word out of turn has no effect and is refused."""
    gone = {fact.data.fact for fact in facts if fact.type == "fact.retracted"}
    said: dict[str, Fact] = {}
    refused = []
    for fact in (f for f in facts if f.id not in gone and f.type not in OTHERS):
        why = _why_not(Report(said), fact)
        if why is not None:
            refused.append(Refused(fact.id, *why, fact.occurred_at))
        elif fact.type != REVEALED:
            said[fact.type] = fact
    return Report(said, tuple(refused))


def _why_not(report: Report, fact: Fact) -> tuple[str, str] | None:
    if fact.type not in {FILED, REVEALED, *BEFORE}:
        return "not_allowed_for_item", f"{fact.type} belongs to a case; a report knows verification, reward and payment"
    if fact.type in report.said:
        return "already_decided", f"{fact.type} was said before; correct the first word instead"
    if fact.type != FILED and FILED not in report.said:
        return "unknown_case", "no report of this number is known; file it first"
    if fact.type in BEFORE and not _ready(report, fact.type):
        return "not_decided_yet", f"{fact.type} has its place once the step before it was decided in favour"
    return _incompetent(report, fact) or _incomplete(fact)


def _ready(report: Report, type_: str) -> bool:
    wanted = {VERIFIED: None, REWARDED: "substantiated", PAID: "granted"}[type_]
    return BEFORE[type_] in report.said and report.result == wanted


def _incompetent(report: Report, fact: Fact) -> tuple[str, str] | None:
    """回避: nobody acts in a report about himself; whoever verified does not decide the reward."""
    verified = report.said.get(VERIFIED)
    if fact.actor is None or fact.type == FILED:
        return None
    if fact.actor == report.about:
        return "not_competent", "nobody acts in a report about himself; the next one above does"
    if fact.type == REWARDED and verified is not None and fact.actor == verified.actor:
        return "not_competent", "whoever verified a report does not decide its reward"
    return None


def _incomplete(fact: Fact) -> tuple[str, str] | None:
    if fact.type == REWARDED and fact.data.result == "granted" and not fact.data.amount:
        return "reason_missing", "a reward that is granted has an amount"
    if fact.type == REWARDED and fact.data.result == "refused" and not fact.data.reason:
        return "reason_missing", "a reward that is refused has a reason in writing"
    return None


def _holding(view: View) -> list[Conclusion]:
    report = report_of(view.facts)
    found = [*report.refused, *recused(view.said, view.records), *unentitled(view)]
    tasks = _tasks(view, report)
    cards = [card for task in tasks for card in _cards(view, report, task)]
    return [*cards, *_record(view, report, tasks), *refusals(view, found)]


def _tasks(view: View, report: Report) -> list[Task]:
    practice, said = view.world.practice, report.said
    found = []
    if filed := said.get(FILED):
        found.append(Task("verification", filed, practice.report_verification, said.get(VERIFIED)))
    if (verified := said.get(VERIFIED)) and verified.data.result == "substantiated":
        found.append(Task("reward", verified, practice.reward_decision, said.get(REWARDED), "inspector"))
    if (rewarded := said.get(REWARDED)) and rewarded.data.result == "granted":
        found.append(Task("payment", rewarded, practice.reward_payment, said.get(PAID), "inspector"))
    return found


def _record(view: View, report: Report, tasks: Sequence[Task]) -> list[Conclusion]:
    filed = report.said.get(FILED)
    if filed is None:
        return []
    task = next((task for task in tasks if task.done is None), None)
    owner = _asked(view, report, task) if task else None
    rewarded = report.said.get(REWARDED)
    data = {
        "what": "report", "number": filed.id, "unit": filed.data.unit, "about": report.about, "subject": filed.data.subject,
        "score": None, "opened_at": view.iso(filed.occurred_at), "phase": report.phase, "status": report.phase,
        "result": report.result, "amount": rewarded.data.amount if rewarded is not None else None,
        "owner": owner.people[0] if owner else None, "phase_until": view.iso(_end(view, task)) if task else None,
    }  # fmt: skip
    live = ("phase", "result", "amount", "owner", "phase_until")
    return [
        Conclusion(
            "voice_opened", f"voice:{filed.id}", filed.occurred_at, view.at, data, live=live, moved="voice_moved"
        )
    ]


def _asked(view: View, report: Report, task: Task) -> Rung | None:
    return next_rung(view.world, "", view.day(view.at), (), task.above, _without(report))


def _without(report: Report) -> frozenset[str]:
    return frozenset([report.about] if report.about else [])


def _end(view: View, task: Task) -> datetime:
    return due(task.within, view.day(task.asked.occurred_at), view.calendar, view.profile).expires_at


def _cards(view: View, report: Report, task: Task) -> list[Conclusion]:
    """A card to whoever has to act; it climbs when the clock runs out, and closes with what was asked for."""
    filed, at, end = report.said[FILED], task.asked.occurred_at, _end(view, task)
    cause, owner = f"report:{task.name}:{filed.id}", _asked(view, report, task) or Rung("", ())
    card = alert(
        view, cause, "yellow", 0, at, view.at, owner.people, late=slow(view, task.asked.recorded_at), asked=owner.post,
        respond_until=view.iso(end),
    )  # fmt: skip
    record = view.records.get(rung_key(view, cause, "yellow", 0, at))
    if record is None:
        return [] if task.done is not None else [card]
    rungs: list[Conclusion] = []
    if task.done is None or task.done.occurred_at >= end:
        ladder = view.rules_on(view.day(view.at)).ladder
        rungs = climbing(view, cause, record, ladder, task.done, (), end=end, unit="", without=_without(report))
    return [one if task.done is None else closed(view, one, task.done) for one in (card, *rungs)]
