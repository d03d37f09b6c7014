"""Values that stand elsewhere than in the case: proceedings, certificates, the facts of a completion notice."""

from __future__ import annotations

from datetime import date

from engine.certificates.applicant import masked_applicant
from engine.effects.outbox import Told
from engine.effects.wording_values import Values, name_of
from engine.storage.connect import Connection
from engine.vault.store import item_id, reveal_items
from notifications.fields import Locale
from notifications.words import cause_text, words
from rules.time_limits import due
from rules.world import World


def lookups(connection: Connection, told: Told, world: World, locale: Locale) -> Values:
    """What this kind of notice needs beyond its case; nothing for most."""
    if told.stream_id.startswith("docket:"):
        return _proceeding(connection, told, world, locale)
    if told.kind == "consent_implied":
        return _certificate(connection, told)
    if told.kind == "decision_reminder":
        return {"granted_to": (masked_applicant(connection, told.case) if told.case else None) or "—"}
    if told.kind == "certificate_superseded":
        return {"reason": words(locale)["certificate_reason"][told.data["fields"]["certificate_status"]]}
    if told.kind == "not_pursued":
        return _completion(connection, told, world)
    if told.kind == "lead_office_told":
        return _office(told, world, locale)
    return {}


def _proceeding(connection: Connection, told: Told, world: World, locale: Locale) -> Values:
    row = connection.execute(
        "SELECT proceeding_id, unit, person, finding, owner, statement_until, data->>'decided_measure', decided_by"
        " FROM proceeding WHERE stream_id = %s AND proceeding_id = %s",
        (told.stream_id, told.data.get("fields", {}).get("id")),
    ).fetchone()
    if row is None:
        return {}
    number, unit, person, finding, owner, until, measure, decided_by = row
    calendar = world.calendar(told.recorded_at)
    on = calendar.local_date(told.recorded_at)
    rules = world.accountability_of(unit, on)
    cause = cause_text(finding or "limit_expired", locale)
    return {
        "proceeding_number": number,
        "unit_name": name_of(world, unit, locale),
        "contact": name_of(world, unit, locale),
        "cause": finding or "limit_expired",
        "facts": (cause,),
        "statement_until": until,
        "statement_to": name_of(world, owner or unit, locale, on),
        "measure": measure,
        "reason": _reason(connection, told) or cause,
        "decided_by": name_of(world, decided_by or owner or unit, locale, on),
        "decided_on": on,
        "review_until": due(rules.review_request, on, calendar, world.profile).due_on,
        "review_body": name_of(world, world.leading_group_office or unit, locale),
        "stays_execution": rules.review_stays,
        "person_name": name_of(world, person or unit, locale, on),
    }


def _reason(connection: Connection, told: Told) -> str | None:
    """The decider's own words, out of the vault."""
    row = connection.execute(
        "SELECT source, message_id FROM entry WHERE stream_id = %s AND type = 'measure.decided' ORDER BY version DESC LIMIT 1",
        (told.stream_id,),
    ).fetchone()
    if row is None:
        return None
    revealed = reveal_items(connection, [item_id(*row)]).get(item_id(*row))
    return str((revealed.said or {}).get("reason", "")) or None if revealed else None


def _certificate(connection: Connection, told: Told) -> Values:
    row = connection.execute(
        "SELECT number, due_by FROM certificate WHERE case_id = %s AND \"for\" = 'case' ORDER BY recorded_at DESC LIMIT 1",
        (told.case,),
    ).fetchone()
    return {"certificate_number": row[0], "certificate_due_by": row[1]} if row else {}


def _completion(connection: Connection, told: Told, world: World) -> Values:
    """The applicant let the term pass: asked on the day of the notice, to be answered by the day before the end."""
    row = connection.execute(
        "SELECT occurred_at FROM entry WHERE stream_id = %s AND type = 'completion.requested' ORDER BY version DESC LIMIT 1",
        (told.stream_id,),
    ).fetchone()
    calendar = world.calendar(told.recorded_at)
    end = calendar.local_date(told.legal_at or told.recorded_at)
    asked = {"asked_on": calendar.local_date(row[0])} if row else {}
    return {**asked, "answer_by": date.fromordinal(end.toordinal() - 1)}


def _office(told: Told, world: World, locale: Locale) -> Values:
    office = str(told.data.get("fields", {}).get("office", ""))
    view: Values = next((o for o in (told.view or {}).get("offices", ()) if o["id"] == office), {})
    last = view.get("due_on")
    return {"office_name": name_of(world, office, locale), "due_on": date.fromisoformat(last) if last else told.due_on}
