"""The configuration as the second road reads it: from its recorded bodies, without the rules that the first road goes by."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from engine.storage.connect import Connection

Body = dict[str, Any]
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NESTED = ("suspension", "completion", "extension")
# Licensing Law art. 45: what these take is not counted.
_ARTICLE_45 = (
    "hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"
)  # fmt: skip


def conventions(connection: Connection) -> dict[str, str]:
    """JSON documents by the names that the statements of the second road take them under."""
    bodies = _bodies(connection)
    settings = {body["id"]: body["value"] for body in bodies.get("setting", [])}
    calendars = list(_calendars(bodies.get("calendar", [])))
    items = bodies.get("item", [])
    profile = settings.get("profile", "cn-mainland")
    lawful = settings.get("practice", {}).get("lawful_reasons", _ARTICLE_45)
    documents = {
        "calendars": [row for row, _ in calendars],
        "days": [day for _, days in calendars for day in days],
        "items": [_item(item, _profile(item.get("profile") or profile)) for item in items],
        "reasons": [reason for item in items for reason in _reasons(item, lawful)],
        "posts": [_post(body) for body in bodies.get("person", [])],
    }
    return {name: json.dumps(rows) for name, rows in documents.items()}


def _bodies(connection: Connection) -> dict[str, list[Body]]:
    """The last version of everything; of an item the last of each of its own versions."""
    rows = connection.execute(
        "SELECT kind, body || jsonb_build_object('id', coalesce(body -> 'id', to_jsonb(id))) FROM ("
        " SELECT DISTINCT ON (kind, id, body ->> 'version') kind, id, body, retired FROM config_entry"
        " WHERE kind IN ('setting', 'calendar', 'item') ORDER BY kind, id, body ->> 'version', version DESC) AS last"
        " WHERE NOT retired UNION ALL"
        " SELECT kind, body FROM (SELECT DISTINCT ON (id) kind, id, body, retired FROM config_entry"
        " WHERE kind = 'person' ORDER BY id, version DESC) AS last WHERE NOT retired"
    )
    found: dict[str, list[Body]] = {}
    for kind, body in rows:
        found.setdefault(kind, []).append(body)
    return found


def _shipped(folder: str, name: str) -> Body:
    text = files("rules").joinpath(folder, f"{name}.json").read_text("utf-8")
    found: Body = json.loads(text)
    return found


def _profile(spec: str | Body) -> Body:
    if isinstance(spec, str):
        return _shipped("profiles", spec)
    base = _shipped("profiles", spec.get("extends", "cn-mainland"))
    merged = {**base, **spec}
    for name in _NESTED:
        if isinstance(spec.get(name), dict):
            merged[name] = {**base[name], **spec[name]}
    return merged


def _item(item: Body, profile: Body) -> Body:
    silence, own, given = item.get("silence", {}), item.get("extension"), profile["extension"]
    approver = (own or {}).get("approver") or "head"
    return {
        "code": item["code"],
        "version": item["version"],
        "effective_from": item["effective_from"],
        "published_on": item.get("published_on"),
        "unit": item["unit"],
        "committed": item.get("committed_limit"),
        "statutory": item.get("statutory_limit"),
        "silent": silence.get("effect", "none") != "none" or bool(silence.get("flips")),
        "silence_clock": silence.get("clock", "committed"),
        "deficits_pause": item.get("deficits_pause", False),
        "day_zero": profile["day_zero"],
        "deemed_next": profile["non_working_receipt"] == "deemed_received_next",
        "cut_off": profile["cut_off"],
        "roll": profile["period_end_roll"],
        "minimum": profile["minimum_working_days"],
        "month_end": profile["month_end"],
        "stop_counts": profile["suspension"]["stop_day_counts"],
        "restart_counts": profile["suspension"]["restart_day_counts"],
        "requires_term": profile["suspension"]["requires_term"],
        "after_term": profile["suspension"]["after_term"],
        "notice_window": profile["notice_window"],
        "extension_allowed": own is not None or given["max"] is not None,
        "extension_max": (own or {}).get("max") or given["max"],
        "extension_clock": (own or {}).get("clock"),
        "extension_approver": _approver(approver, given["approver"]),
    }


def _approver(named: str, usual: str) -> str:
    if named.startswith("post:"):
        return named.removeprefix("post:")
    return "anyone" if "anyone" in {named, usual} else "first_responsible" if named == "head" else named


def _reasons(item: Body, lawful: tuple[str, ...]) -> Iterator[Body]:
    listed = {rule["reason"]: rule for rule in item.get("suspensions", [])}
    for reason in sorted(listed.keys() | set(lawful)):
        rule = listed.get(reason, {})
        named = {name: rule.get(name) for name in ("max", "clock", "after_term")}
        yield {
            "code": item["code"],
            "version": item["version"],
            "reason": reason,
            "kind": rule.get("kind", "pause"),
            **named,
        }


def _post(body: Body) -> Body:
    since = body.get("from") or "1900-01-01"
    return {
        "person": body["id"],
        "unit": body["unit"],
        "post": body.get("post", "officer"),
        "since": since,
        "until": body.get("to"),
    }


# -- calendars ----------------------------------------------------------------------------------------------------------


def _calendars(bodies: list[Body]) -> Iterator[tuple[Body, list[Body]]]:
    """Each version in force at some time, in order, with the days that are not what their weekday says."""
    known = sorted((body for body in bodies if body.get("known_from")), key=lambda body: _instant(body["known_from"]))
    made: dict[str, Body] = {}
    for place, body in enumerate(
        known or [{"version": "CN", "extends": "CN", "known_from": "1900-01-01T00:00:00+00:00"}]
    ):
        whole = made[body["version"]] = _inherited(body, made)
        row = {
            "version": body["version"],
            "known_from": body["known_from"],
            "zone": whole["zone"],
            "week": _week(whole),
            "place": place,
        }
        yield row, [{"version": body["version"], "day": on, "working": works} for on, works in whole["on"].items()]


def _instant(text: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(text)


def _inherited(body: Body, made: Mapping[str, Body]) -> Body:
    """A calendar with everything it takes from the one it extends, its arranged days as one table `on`."""
    name = body.get("extends")
    base = {} if name is None else made[name] if name in made else _inherited(_shipped("calendars", name), made)
    days = dict(base.get("on", {}))
    for paper in [*body.get("instruments", []), {"days": body.get("days", [])}]:
        days |= {day["on"]: day["kind"] == "working" for day in paper.get("days", [])}
    own = {key: value for key, value in body.items() if value is not None}
    return {"zone": "UTC", "weekend": ["sat", "sun"], **base, **own, "on": days}


def _week(whole: Body) -> list[bool]:
    hours = whole.get("office_hours")
    return [bool(hours.get(day)) if hours is not None else day not in whole["weekend"] for day in _WEEKDAYS]
