"""Notices to those who run the installation: once for each matter, into their inbox and by mail."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from engine.storage.connect import Connection
from engine.storage.rows import insert_new
from notifications.render import render


def tell_operators(
    connection: Connection, kind: str, matter: str, values: Mapping[str, object], zone: ZoneInfo, now: datetime
) -> int:
    """`matter` names what it is about: told twice it is told once. Returns how many messages are new."""
    operators = connection.execute(
        "SELECT coalesce(person, login), locale, email FROM app_user WHERE active AND 'operator' = ANY(roles) ORDER BY login"
    ).fetchall()
    new = 0
    for person, locale, email in operators:
        id_ = hashlib.sha256(f"{kind}|{matter}|{person}".encode()).hexdigest()[:24]
        message = render(kind, locale, values, zone)
        row = {
            "id": id_,
            "person": person,
            "subject": message.subject,
            "body": message.text,
            "kind": kind,
            "level": "none",
        }
        new += insert_new(connection, "message", [{**row, "created_at": now}])
        if email:
            mail = {"id": id_, "channel": "email", "recipient": person, "kind": kind, "locale": locale, "status": "due"}
            payload = {"notices": [], "attempts": [], "payload": msgspec.to_builtins(message), "created_at": now}
            insert_new(connection, "delivery", [{**mail, **payload}])
    return new
