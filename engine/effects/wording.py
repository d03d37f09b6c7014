"""From what was concluded to a pending notice: which kind it is, for which reader, with which values."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import msgspec

from engine.effects.outbox import Told
from engine.effects.wording_values import DUTIES, Values, case_values
from notifications.digest import Pending
from notifications.fields import Locale
from notifications.notice import Audience
from notifications.notices import NOTICES
from notifications.render import allows_none
from rules.no_case import names_no_case
from rules.world import World

_LEVELS = {"warning": "warning_raised", "yellow": "yellow_card", "red": "red_card", "escalated": "alert_escalated"}
_PAPERS = {"proceeding_opened": "proceeding_notice", "measure_decided": "decision"}
_POSTS: dict[str, Audience] = {
    "section_head": "section_head",
    "deputy_in_charge": "deputy_in_charge",
    "first_responsible": "first_responsible",
    "discipline_group": "discipline_group",
    "inspector": "inspector",
}


class Reader(msgspec.Struct, frozen=True):
    """In which language somebody reads, and where his pages are; `site` is empty where none is published."""

    locale: Locale
    site: str = ""


class Wording:
    def __init__(self, world: World, now: datetime) -> None:
        self._world = world
        self.calendar = world.calendar(now)
        self._on = self.calendar.local_date(now)
        self._now = now

    def pending(self, told: Told, reader: Reader, more: Values) -> Pending:
        """KeyError for a kind that has no words; what a kind needs and nobody knows is found when it is rendered."""
        kind = kind_of(told)
        values = case_values(told, self._world, reader.locale, self._on) | more | _own(told)
        audience = self._audience(told, kind)
        if reader.site and (page := _page(told, kind, audience, values)):
            values["link"] = f"{reader.site}{page}"
        # Publishing equals promising: an item that names no clause is itself the ground.
        values["clause"] = values.get("clause") or (
            None if allows_none(NOTICES[kind].fields.get("clause")) else values["item_name"]
        )
        known = {name: value for name in NOTICES[kind].fields if (value := values.get(name)) is not None}
        return Pending(
            id=told.id,
            addressee=told.addressee,
            audience=audience,
            kind=kind,
            cause=_cause(told, kind),
            unit_name=str(values["unit_name"]),
            at=told.recorded_at,
            fields=known,
        )

    def _audience(self, told: Told, kind: str) -> Audience:
        allowed = NOTICES[kind].audience
        wanted = _post(told, self._world, self._on)
        return wanted if wanted in allowed else allowed[0]


def kind_of(told: Told) -> str:
    """A notice names its kind; an alert's follows from its level and cause."""
    if told.kind is not None:
        return told.kind
    cause = (told.cause or "").partition(":")[0]
    if cause in {"alert_unanswered", "hold"} and told.level != "escalated":
        return "alert_unanswered" if cause == "alert_unanswered" else "hold_opened"
    if cause in DUTIES and told.level != "escalated":
        return "duty_due"
    if "due_on" in told.data:  # an early warning, whatever colour the item gives it
        return "warning_raised"
    return _LEVELS[told.level or "warning"]


def _page(told: Told, kind: str, audience: Audience, values: Values) -> str | None:
    """Where the reader finds more: a person concerned the paper itself, an official the case, an applicant nothing yet."""
    if kind in _PAPERS and (number := values.get("proceeding_number")):
        return f"/proceedings/{quote(str(number))}/documents/{_PAPERS[kind]}"
    official = audience not in {"applicant", "person_concerned"}
    if official and names_no_case(told.case):
        return f"/voices/no-case/{quote(told.case.partition(':')[2])}"
    return f"/cases/{quote(told.case)}" if official and told.case else None


def _own(told: Told) -> dict[str, Any]:
    """Values the conclusion carries itself under the very names of the notice."""
    return {name: value for name, value in told.data.get("fields", {}).items() if value is not None}


def _post(told: Told, world: World, on: date) -> Audience:
    if told.addressee == "applicant":
        return "applicant"
    if told.addressee == world.leading_group_office:
        return "leading_group"
    if told.addressee in world.inspectors:
        return "inspector"
    if told.addressee == told.holder:
        return "holder"
    post = world.post_of(told.addressee, on)
    return _POSTS.get(post.post, "holder") if post else "holder"


def _cause(told: Told, kind: str) -> str:
    """What a digest is ordered by: broken limits together, each step by itself."""
    if told.level == "escalated":
        return "alert_escalated"
    return kind
