"""How a case may go: each behaviour turns a filing into the events that its offices report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from engine.demo.events import Event, Story
from engine.demo.filing import Filing, after
from engine.demo.inspection import look_into

Behaviour = Callable[[Filing], list[Event]]
LAWFUL_STOPS = ("expert_review", "testing", "appraisal", "inspection", "hearing")
_CHECKED_BY_INSPECTOR = 0.6


def prompt(filing: Filing) -> list[Event]:
    """Every step in time, decided and served well before the last day."""
    story = filing.begin()
    _decide(filing, story, _steps(filing, story, _pace(filing, 0.4, 0.8)))
    return story.events


def late(filing: Filing) -> list[Event]:
    """Decided some days after the last one: a breach that finishing does not remove."""
    story = filing.begin()
    _steps(filing, story, 0.9)
    _decide(filing, story, filing.moment(filing.days + filing.chance.randint(1, 4)))
    _watch_over(filing, story)
    return story.events


def silent(filing: Filing) -> list[Event]:
    """No word after acceptance. What follows is for the item's silence rule, then for the inspectors."""
    story = filing.begin()
    if filing.item.steps:
        story.tell(after(filing.at, 0.5), "step.started", {"step": filing.item.steps[0].id})
    _watch_over(filing, story)
    if filing.item.silence.effect == "none":
        _decide(filing, story, filing.moment(filing.days + filing.chance.randint(4, 9)))
    return story.events


def step_late(filing: Filing) -> list[Event]:
    """One step a day or two behind its own limit, the whole still in time."""
    story = filing.begin()
    step = filing.item.steps[0]
    done = filing.moment(min(filing.milestones[0] + 1, max(filing.days - 1, 0)))
    story.tell(after(filing.at, 0.5), "step.started", {"step": step.id})
    story.tell(done, "step.completed", {"step": step.id})
    for n, following in enumerate(filing.item.steps[1:], 1):
        story.tell(done + timedelta(minutes=5 * n), "step.completed", {"step": following.id})
    _decide(filing, story, done + timedelta(minutes=25))
    return story.events


def suspended(filing: Filing) -> list[Event]:
    """A special procedure of Licensing Law art. 45 stops the clock, with a written notice of its length."""
    story = filing.begin()
    reason = next(s.reason for s in filing.item.suspensions if s.reason in LAWFUL_STOPS)
    stop = _first_step(filing, story)
    length = filing.chance.randint(4, 8)
    declared = {"amount": length, "unit": "working_days"}
    told = after(stop, 0.2).isoformat()
    story.tell(stop, "clock.suspended", {"reason": reason, "declared": declared, "notified_at": told})
    back = length - filing.chance.randint(0, 2)
    story.tell(filing.moment(1 + back), "clock.resumed", {"reason": reason})
    _decide(filing, story, _steps(filing, story, _pace(filing, 0.4, 0.7), stopped=back, done=1))
    return story.events


def completed(filing: Filing) -> list[Event]:
    """One notice names what is missing, with a date; the applicant supplies it in time."""
    story = filing.begin()
    asked = _first_step(filing, story)
    answer_by = filing.calendar.add_working_days(filing.on, 9)
    missing = [m.name if not isinstance(m, str) else m for m in filing.item.materials[-1:]]
    story.tell(asked, "completion.requested", {"items": missing, "answer_by": answer_by.isoformat()})
    back = filing.chance.randint(3, 6)
    story.tell(filing.moment(back), "completion.supplied")
    _decide(filing, story, _steps(filing, story, _pace(filing, 0.4, 0.7), stopped=back - 1, done=1))
    return story.events


def extended(filing: Filing) -> list[Event]:
    """Asked, approved by the head and served before the end; decided within the longer time."""
    story = filing.begin()
    assert filing.item.extension is not None
    _steps(filing, story, _pace(filing, 0.5, 0.8))
    by = {"amount": 5, "unit": "working_days"}
    asked = filing.moment(max(filing.days - 1, 1))
    story.tell(asked, "extension.requested", {"by": by})
    story.tell(after(asked, 0.3), "extension.approved", {"by": by, "approver": filing.head}, actor=filing.head)
    story.tell(after(asked, 0.8), "extension.served")
    _decide(filing, story, filing.moment(filing.days + 3))
    return story.events


def withdrawn(filing: Filing) -> list[Event]:
    story = filing.begin()
    story.tell(filing.moment(min(filing.days, 1)), "application.withdrawn", {"reason": "申请人主动撤回"})
    return story.events


def repeated(filing: Filing) -> list[Event]:
    """The source sends one message twice."""
    events = prompt(filing)
    return [*events, events[0]]


def disordered(filing: Filing) -> list[Event]:
    """The service is reported before the decision it serves, and acceptance last of all."""
    events = prompt(filing)
    first, *_, decided, _ = events
    moved = {first.id: timedelta(minutes=20), decided.id: timedelta(hours=1)}
    return [_delayed(event, moved.get(event.id, timedelta())) for event in events]


def off_catalogue(filing: Filing) -> list[Event]:
    """A power that no catalogue names is exercised."""
    story = Story(filing.case, filing.source)
    story.tell(filing.at, "application.accepted", {"applicant": "安澜县某砂石场", "channel": "window"}, item="XX-99")
    return story.events


def _delayed(event: Event, by: timedelta) -> Event:
    return msgspec.structs.replace(event, sent_at=event.at + by)


def _pace(filing: Filing, low: float, high: float) -> float:
    """A share of the limit."""
    return filing.chance.uniform(low, high)


def _first_step(filing: Filing, story: Story) -> datetime:
    """The first step is done by the morning of the next working day; a moment after it."""
    step = {"step": filing.item.steps[0].id}
    end = filing.moment(min(1, filing.days))
    story.tell(after(filing.at, 0.1), "step.started", step)
    story.tell(end, "step.completed", step)
    return end + timedelta(minutes=10)


def _steps(filing: Filing, story: Story, pace: float, *, stopped: int = 0, done: int = 0) -> datetime:
    """All steps but the first `done`, each after a share of the time until its own milestone; the moment the last one ends.

    `stopped`: working days for which the clock stood still after the first day.
    """
    steps = filing.item.steps[done:]
    begin = stopped + 2 if stopped else 0
    ends = sorted(filing.moment(max(begin, stopped + int(pace * day))) for day in filing.milestones[done:])
    start = min([filing.moment(begin) if begin else after(filing.at, 0.5), *ends[:1]])
    for step, end in zip(steps, ends, strict=True):
        story.tell(min(start, end), "step.started", {"step": step.id})
        story.tell(end, "step.completed", {"step": step.id})
        start = end + timedelta(minutes=5)
    return ends[-1] + timedelta(minutes=15) if ends else filing.moment(int(pace * filing.days))


def _decide(filing: Filing, story: Story, at: datetime) -> None:
    result = "refused" if filing.chance.random() < 0.08 else "approved"
    reason = {"reason": "不符合法定条件,已书面说明理由"} if result == "refused" else {}
    story.tell(at, "decision.made", {"result": result, **reason}, actor=filing.head)
    story.tell(at + timedelta(minutes=20), "decision.served", {"result": result})


def _watch_over(filing: Filing, story: Story) -> None:
    """Some breaches an inspector has looked into the next day; the others wait on the first page for whoever signs in."""
    if filing.chance.random() < _CHECKED_BY_INSPECTOR:
        look_into(filing, story, filing.calendar.add_working_days(filing.last_day, 1))
