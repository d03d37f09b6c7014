"""An alert as a conclusion: its rung, its addressees, and what was said to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rules.case import Refused
from rules.chain import POSTS, climb, inspectors, office
from rules.conclusion import Conclusion, ahead
from rules.facts import Fact
from rules.moment import View
from rules.stream import Record
from rules.words import concerns

TYPES = {"warning": "warning_raised", "yellow": "yellow_card", "red": "red_card", "escalated": "alert_escalated"}
TURNS = (
    ("alert.closed", "alert_closed", "closed_at"),
    ("alert.answered", "alert_answered", "answered_at"),
    ("alert.acknowledged", "alert_acknowledged", "acknowledged_at"),
)


def alert(
    view: View,
    cause: str,
    level: str,
    rung: int,
    scheduled: datetime,
    publish: datetime,
    to: Sequence[str],
    *,
    late: bool,
    **data: Any,
) -> Conclusion:
    key = rung_key(view, cause, level, rung, scheduled)
    if view.ahead(publish) or (key in view.records and not view.said):  # nobody is asked yet, or nobody has answered
        return ahead(TYPES[level], key, scheduled, publish)
    body = {
        "cause": cause, "level": level, "rung": rung, "scheduled_at": view.iso(scheduled), "fired_at": view.iso(view.at),
        "to": list(to), "late_by_system": late, "acknowledged_at": None, "answered_at": None, **data,
    }  # fmt: skip
    turn, turned = _turn(view, view.records.get(key))
    return Conclusion(TYPES[level], key, scheduled, publish, body, turn=turn, turned=turned)


def rung_key(view: View, cause: str, level: str, rung: int, scheduled: datetime) -> str:
    """Each rung once per cause; an end that has moved is another cause, and its rungs stand beside the first ones."""
    key = f"alert:{cause}:{level}:{rung}"
    first = view.records.get(key)
    return key if first is None or first.legal_at == scheduled else f"{key}@{view.iso(scheduled)}"


def _turn(view: View, record: Record | None) -> tuple[str | None, dict[str, Any]]:
    """Acknowledged or answered; an answer tells more, and an earlier acknowledgement stays on record beside it."""
    if record is None or not view.said:
        return None, {}
    turn: str | None = None
    turned: dict[str, Any] = {}
    for type_, entry, name in reversed(TURNS):
        word = word_on(view, type_, record)
        if word is not None:
            turn, turned = entry, {**turned, name: view.iso(word.occurred_at), "by": word.actor}
    return turn, turned


def word_on(view: View, type_: str, alert: Record) -> Fact | None:
    """The first word of a kind on an alert; it is closed by those alone who may."""
    if type_ not in view.types:
        return None
    words = (f for f in view.said if f.type == type_ and concerns(f, alert))
    return next((f for f in words if type_ != "alert.closed" or may_close(view, f, alert)), None)


def may_close(view: View, word: Fact, alert: Record) -> bool:
    """Whoever stands above all addressees, an inspector, the leading-group office: nobody closes what he was asked himself."""
    actor, on = word.actor, view.day(word.occurred_at)
    if actor is None:
        return True
    chain = [person for rung in climb(view.world, view.case.unit, on, POSTS) for person in rung]
    if actor in alert.data["to"] and actor not in office(view.world):
        return False
    if actor in {*inspectors(view.world, on), *office(view.world)}:
        return True
    places = [chain.index(person) for person in alert.data["to"] if person in chain]
    return actor in chain and chain.index(actor) > max(places, default=-1)


def unentitled(view: View) -> list[Refused]:
    """Attempts to close an alert by somebody who may not."""
    why = "an alert is closed by whoever stands above its addressees, by an inspector or by the leading-group office"
    found = []
    for word in view.said:
        meant = [r for r in view.records.values() if word.type == "alert.closed" and concerns(word, r)]
        if meant and not any(may_close(view, word, record) for record in meant):
            found.append(Refused(word.id, "not_competent", why, word.occurred_at))
    return found


def slow(view: View, could_be: datetime) -> bool:
    """Late through our own fault: written well after it could have been."""
    return not view.health.hindsight and view.at - could_be > view.world.practice.late_by_system_after
