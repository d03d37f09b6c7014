"""Worlds of many cases, each shape stressing another part of the rules: what a rehearsal of them costs is measured, and must grow with their number alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.county import FOUR_STEPS, HALL, JOINT, OFFICES, STEPS, officer, world

Facts = Iterator[dict[str, Any]]
_FIRST = datetime(2026, 1, 5, 1, tzinfo=UTC)  # a Monday, 09:00 in China
_UNTIL = datetime(2026, 6, 30, tzinfo=UTC)
_ENTRANCES = 40  # days over which the cases come in
_FEW = 4


def of_shape(name: str, number: int) -> dict[str, Any]:
    """A rehearsal file of so many cases."""
    life = SHAPES[name]
    facts = [fact for index in range(number) for fact in life(index, _entrance(index))]
    return {"jiannuo": "rehearsal/1", **world(), "facts": facts, "until": _UNTIL.isoformat()}


def _entrance(index: int) -> datetime:
    return _FIRST + timedelta(days=index % _ENTRANCES, seconds=index)


def _prompt(index: int, at: datetime) -> Facts:
    yield _accepted(index, at)
    yield _fact(index, "end", "decision.served", at + timedelta(days=2), {"result": "approved"})


def _thirds(index: int, at: datetime) -> Facts:
    """A third prompt, a third late in every step, a third silent to the end."""
    yield _accepted(index, at)
    if index % 3 < 2:
        yield from _steps(index, at, days=1 if index % 3 == 0 else 9)


def _late_steps(index: int, at: datetime) -> Facts:
    yield _accepted(index, at)
    yield from _steps(index, at, days=9)


def _steps(index: int, at: datetime, days: int) -> Facts:
    for place, step in enumerate(STEPS, 1):
        yield _fact(index, step, "step.completed", at + timedelta(days=days * place), {"step": step})
    yield _fact(index, "end", "decision.served", at + timedelta(days=days * 5), {"result": "approved"})


def _stopped(index: int, at: datetime) -> Facts:
    """A completion notice, an expert review, an extension, a hand-over, an end in time."""
    yield _accepted(index, at)
    told = {"items": ["图纸"], "answer_by": (at + timedelta(days=20)).date().isoformat()}
    yield _fact(index, "ask", "completion.requested", at + timedelta(days=1), told)
    yield _fact(index, "supply", "completion.supplied", at + timedelta(days=4), {})
    written = {"reason": "expert_review", "notified_at": at.isoformat(), "declared": _days(10)}
    yield _fact(index, "stop", "clock.suspended", at + timedelta(days=5), written)
    yield _fact(index, "go", "clock.resumed", at + timedelta(days=12), {"reason": "expert_review"})
    yield _fact(index, "wish", "extension.requested", at + timedelta(days=13), {"by": _days(5)})
    yield _fact(
        index, "yes", "extension.approved", at + timedelta(days=13, hours=1), {"by": _days(5), "approver": "head-0"}
    )
    yield _fact(index, "word", "extension.served", at + timedelta(days=13, hours=2), {})
    yield _fact(index, "over", "case.handed_over", at + timedelta(days=14), {"to": officer(index + 1)})
    yield _fact(index, "end", "decision.served", at + timedelta(days=20), {"result": "approved"})


def _charged(index: int, at: datetime) -> Facts:
    """Late, confirmed, heard, decided, some reversed in review: all of them on the dockets of a few people."""
    yield _accepted(index, at, holder=officer(index % _FEW))
    found = at + timedelta(days=25)
    confirmed = {"finding": "limit_expired", "grade": "ordinary"}
    yield _fact(index, "found", "finding.confirmed", found, confirmed, actor="inspector-0")
    yield _fact(index, "heard", "statement.filed", found + timedelta(days=1), {"text": "说明"})
    measure = {"level": 2, "reason": "示例"}
    yield _fact(index, "measure", "measure.decided", found + timedelta(days=12), measure, actor="head-0")
    if index % 50 == 0:
        yield _fact(index, "plea", "review.requested", found + timedelta(days=15), {})
        yield _fact(index, "review", "review.decided", found + timedelta(days=20), {"result": "reversed"})


def _joint(index: int, at: datetime) -> Facts:
    """Three offices: one answers in time, one late, one never; then the decision."""
    yield _accepted(index, at, item=JOINT)
    for office in OFFICES:
        yield _fact(index, f"to {office}", "office.consulted", at + timedelta(hours=1), {"office": office})
    for office, days in zip(OFFICES, (1, 9), strict=False):
        said = {"office": office, "opinion": "同意"}
        yield _fact(index, f"from {office}", "office.answered", at + timedelta(days=days), said)
    yield _fact(index, "end", "decision.served", at + timedelta(days=11), {"result": "approved"})


def _unheard(index: int, at: datetime) -> Facts:
    """Handed in and deemed accepted; silence is consent, the red card is answered late."""
    yield _fact(index, "in", "application.received", at, {"holder": officer(index)}, item=FOUR_STEPS)
    yield _fact(index, "seen", "alert.acknowledged", at + timedelta(days=35), {"level": "red"})
    yield _fact(index, "reply", "alert.answered", at + timedelta(days=40), {"level": "red", "text": "说明"})


def _accepted(index: int, at: datetime, holder: str | None = None, item: str = FOUR_STEPS) -> dict[str, Any]:
    data = {"holder": holder or officer(index), "applicant": "赵某某"}
    return _fact(index, "in", "application.accepted", at, data, item=item)


def _days(amount: int) -> dict[str, Any]:
    return {"amount": amount, "unit": "working_days"}


def _fact(index: int, name: str, type_: str, at: datetime, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": f"c{index}/{name}", "type": type_, "case": f"c{index}", "source": HALL, "occurred_at": at.isoformat(), "data": data, **more
    }  # fmt: skip


SHAPES: dict[str, Callable[[int, datetime], Facts]] = {
    "prompt": _prompt,
    "thirds": _thirds,
    "late steps": _late_steps,
    "stopped and extended": _stopped,
    "charged": _charged,
    "joint": _joint,
    "unheard": _unheard,
}
