"""What the record shows of a proceeding, who is told of it, and the task to undo what was executed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from rules.accountability import Term
from rules.competence import HEAD
from rules.conclusion import Conclusion
from rules.instants import local_text
from rules.phases import Place, Standing, restore_by
from rules.proceedings import Proceeding
from rules.stream import Record
from rules.time_limits import shift


def body(proceeding: Proceeding, stands: Standing, place: Place) -> dict[str, Any]:
    def iso(at: datetime | None) -> str | None:
        return local_text(at, place.calendar.zone) if at is not None else None

    ends = stands.until or (stands.due.expires_at if stands.due else None)
    return {
        "id": proceeding.id,
        "person": proceeding.person,
        "unit": proceeding.unit,
        "case": proceeding.case,
        "breach": proceeding.breach,
        "breaches": sorted(proceeding.breaches),
        "finding": proceeding.finding,
        "role": proceeding.said.role,
        "grade": proceeding.grade,
        "ratings": proceeding.said.ratings,
        "facts": list(proceeding.said.facts),
        "count_in_window": proceeding.count,
        "proposed_level": proceeding.proposed,
        "proposed_measure": proceeding.measure,
        "term": _term(proceeding, proceeding.decided_level or proceeding.proposed),
        "leaders": _leaders(proceeding, place),
        "phase": stands.phase,
        "status": stands.phase,
        "phase_until": iso(ends),
        "phase_due_on": stands.due.due_on.isoformat() if stands.due else None,
        "statement_until": proceeding.statement_until.isoformat(),
        "stated": proceeding.statement_at is not None,
        "decided_level": proceeding.decided_level,
        "decided_measure": proceeding.name_of(proceeding.decided_level),
        "decided_by": proceeding.decided_by,
        "decided_at": iso(proceeding.decided_at),
        "served_at": iso(proceeding.served_at),
        "review_result": proceeding.review_result,
        "reviewed_at": iso(proceeding.reviewed_at),
        "executed_at": iso(proceeding.executed_at),
        "restored_at": iso(proceeding.restored_at),
        "restoration_due": proceeding.too_heavy and proceeding.restored_at is None,
        "record_until": _record_until(proceeding, place),
        "standing": proceeding.standing,
        "opened_at": iso(proceeding.opened_at),
        "owner": stands.owner,
        "rules": {"unit": proceeding.rules.unit, "version": proceeding.rules.version, "calendar": place.calendar.version},
    }  # fmt: skip


def _term(proceeding: Proceeding, level: int | None) -> dict[str, Any] | None:
    term: Term | None = proceeding.rules.terms.get(proceeding.name_of(level) or "")
    if term is None:
        return None
    period = {"amount": term.period.amount, "unit": term.period.unit} if term.period else None
    return {"amount": term.amount, "period": period}


def _record_until(proceeding: Proceeding, place: Place) -> str | None:
    """How long it may still be counted or held against somebody: the measure's own term, else the window (rule 7)."""
    if not proceeding.standing:
        return None
    term = proceeding.rules.terms.get(proceeding.name_of(proceeding.decided_level) or "")
    counted = term.counts_for if term else None
    since = proceeding.decided_at if counted is not None else None
    on = place.calendar.local_date(since or proceeding.legal_at)
    until = shift(on, counted or proceeding.rules.window, place.calendar, place.world.profile)
    assert isinstance(until, date)
    return until.isoformat()


def _leaders(proceeding: Proceeding, place: Place) -> list[dict[str, Any]]:
    """Which leaders could share in it, and with what; a person decides whether they do."""
    if proceeding.person is None or proceeding.said.role != "holder" or not proceeding.standing:
        return []
    on = place.calendar.local_date(proceeding.legal_at)
    level = proceeding.proposed or 1
    return [
        {"person": person, "post": share.post, "level": max(level - share.lighter, 1)}
        for share in proceeding.rules.leader_shares
        if share.holds(proceeding.grade, proceeding.count)
        for person in place.world.holders(proceeding.unit, share.post, on)
        if person != proceeding.person
    ]


# -- notices ------------------------------------------------------------------------------------------------------------


def addressees(proceeding: Proceeding, place: Place) -> tuple[str, ...]:
    """The person, or of a unit its first responsible person (一把手) and the deputy in charge."""
    if proceeding.person is not None:
        return (proceeding.person,)
    on = place.calendar.local_date(proceeding.opened_at)
    posts = (HEAD, "deputy_in_charge")
    found = [p for post in posts for p in place.world.holders(proceeding.unit, post, on)]
    return tuple(dict.fromkeys(found)) or (proceeding.unit,)


def notices(proceeding: Proceeding, stands: Standing, data: dict[str, Any], place: Place) -> list[Conclusion]:
    key = f"proceeding:{proceeding.id}"
    found = []
    for to in addressees(proceeding, place):
        name = key if to == proceeding.person else f"{key}:{to}"
        found.append(_notice(f"notice:proceeding_opened:{name}", "proceeding_opened", to, proceeding.opened_at, data))
        if proceeding.decided_at is not None:
            found.append(_notice(f"notice:measure_decided:{name}", "measure_decided", to, proceeding.decided_at, data))
    if stands.phase in MATTERS and stands.owner is not None and stands.due is not None:
        decide = {"matter": MATTERS[stands.phase], "decide_by": data["phase_due_on"]}
        found.append(
            _notice(
                f"notice:decision_reminder:{key}:{stands.phase}",
                "decision_reminder",
                stands.owner,
                place.at,
                data,
                decide,
            )
        )
    if data["restoration_due"] and stands.owner is not None:
        found.append(_notice(f"notice:restoration_due:{key}", "restoration_due", stands.owner, place.at, data))
    return found


MATTERS = {"proposed": "measure", "review": "review"}  # the phases in which somebody has to decide


def _notice(
    key: str, kind: str, to: str, at: datetime, data: dict[str, Any], more: dict[str, Any] | None = None
) -> Conclusion:
    told = ("id", "case", "statement_until", "proposed_level", "decided_level")
    fields = {**{name: data[name] for name in told}, **(more or {})}
    said = {"to": to, "legal_at": data["opened_at"], "kind": kind, "fields": fields}
    return Conclusion("notice_due", key, at, at, said)


# -- restoration --------------------------------------------------------------------------------------------------------


def restoration(proceeding: Proceeding, records: Mapping[str, Record], place: Place) -> list[Conclusion]:
    """A decided measure that has become too heavy is a task with a clock, until somebody says that it is undone (rule 5)."""
    if not proceeding.too_heavy:
        return []
    key = f"restoration:{proceeding.id}"
    known = records.get(key)
    since = known.recorded_at if known is not None and known.status != "withdrawn" else place.at
    by = restore_by(proceeding, place, since)
    data = {
        "proceeding": proceeding.id, "case": proceeding.case, "unit": proceeding.unit, "level": proceeding.decided_level,
        "now_proposed": proceeding.proposed if proceeding.standing else None, "restore_by": by.due_on.isoformat(),
    }  # fmt: skip
    turn = "restoration_completed" if proceeding.restored_at is not None else None
    return [Conclusion("restoration_opened", key, since, since, data, turn=turn)]
