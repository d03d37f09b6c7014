"""CloudEvents as a window system would send them, written out before the clock of a figure starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from bench.county import FOUR_STEPS, HALL, SILENT, STEPS, WAVES, officer

_BEHIND = timedelta(minutes=10)  # facts are reported some minutes after they happened


def names(prefix: str, number: int) -> list[str]:
    return [f"{prefix}-{index:06d}" for index in range(number)]


def accepted(cases: Sequence[str]) -> list[bytes]:
    """Applications with four steps, each at the hands of one of twenty officers."""
    at = datetime.now(UTC) - _BEHIND
    data = [{"holder": officer(index), "applicant": "赵某某", "window": "A3"} for index in range(len(cases))]
    return [
        _event(HALL, "application.accepted", case, at, said, FOUR_STEPS) for case, said in zip(cases, data, strict=True)
    ]


def step_completed(cases: Sequence[str], place: int) -> list[bytes]:
    """The same step of all the cases."""
    at = datetime.now(UTC) - _BEHIND + timedelta(minutes=2 * place + 1)
    return [_event(HALL, "step.completed", case, at, {"step": STEPS[place]}, number=place) for case in cases]


def due_at(cases: Sequence[str], until: datetime) -> list[bytes]:
    """Applications whose limit ends in one and the same instant: two facts each, the application and the date it brings."""
    at = datetime.now(UTC) - timedelta(seconds=1)
    facts = []
    for index, case in enumerate(cases):
        facts.append(_event(WAVES, "application.accepted", case, at, {"holder": officer(index)}, SILENT))
        facts.append(_event(WAVES, "attributes.recorded", case, at, {"until": until.isoformat()}))
    return facts


def lives(cases: Sequence[str]) -> list[list[bytes]]:
    """The waves of scenario S4: all acceptances, then each step of all cases in turn."""
    return [accepted(cases), *(step_completed(cases, place) for place in range(len(STEPS)))]


def batches(events: Sequence[bytes], size: int = 500) -> list[bytes]:
    """Bodies of batch requests."""
    return [b"[" + b",".join(events[start : start + size]) + b"]" for start in range(0, len(events), size)]


def _event(
    source: str,
    type_: str,
    case: str,
    at: datetime,
    data: Mapping[str, object],
    item: str | None = None,
    number: int = 0,
) -> bytes:
    event = {
        "specversion": "1.0",
        "id": f"{case}/{type_}/{number}",
        "source": source,
        "type": f"cn.jiannuo.{type_}",
        "subject": case,
        "time": at.isoformat(),
        "data": data,
    }
    return msgspec.json.encode(event if item is None else {**event, "item": item})
