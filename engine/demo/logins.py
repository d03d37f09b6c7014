"""Who may sign in to the demo, and the keys of its sources."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

import msgspec

from engine.api import keys
from engine.console.auth import hash_password
from engine.embedded.datadir import write_private
from engine.provisioning.folder import Catalogue
from engine.storage.connect import Connection

# The demo listens on this machine alone and holds nobody's data, so its passwords may be easy.
PASSWORD = "jiannuo-demo"  # noqa: S105
_UNIT = "urban"


class Login(msgspec.Struct, frozen=True):
    """`zh` and `en` say what this person's first page is good for."""

    login: str
    person: str | None
    roles: tuple[str, ...]
    units: tuple[str, ...]
    zh: str
    en: str


def logins(county: Catalogue) -> list[Login]:
    """One of each kind: an inspector, the head, an officer and a clerk of the bureau of the first case, who reviews, who approves, an operator."""
    unit = next(unit for unit in county.units if unit.id == _UNIT)
    officer = next(item.holder for item in county.items if item.unit == _UNIT and item.silence.effect == "approve")
    office = next(unit for unit in county.units if unit.id == county.leading_group_office)
    return [
        Login("inspector", county.inspectors[0], ("inspector",), (), "监察人员:待办发现与红牌", "inspector: findings and red cards"),
        Login("head", unit.first_responsible, ("unit_head",), (_UNIT,), "城管局局长:决定追究方式", "head of a bureau: decides on measures"),
        Login("officer", officer, ("officer",), (_UNIT,), "城管局承办人:预警、陈述申辩", "officer: warnings, statements"),
        Login("clerk", _of_post(county, _UNIT, "section_head"), ("unit_editor",), (_UNIT,), "城管局编目人员:登记事项、看届满日和检查", "clerk of the bureau: files items, sees due dates and checks"),
        Login("reviewer", _of_post(county, office.id, "section_head"), ("reviewer",), _reviewing(county), "审核人员:法制、审批中心、物价", "reviewer: legal office, approval centre, price bureau"),
        Login("leading", office.first_responsible, ("leading_group",), (), "领导小组办公室:全县", "leading-group office: the county"),
        Login("operator", None, ("operator",), (), "运行人员:时钟、健康状况", "operator: the clock, health"),
    ]  # fmt: skip


def _of_post(county: Catalogue, unit: str, post: str) -> str:
    return next(person.id for person in county.people if (person.unit, person.post) == (unit, post))


def _reviewing(county: Catalogue) -> tuple[str, ...]:
    """The units that review what others file; in the demo one person looks in for all of them."""
    reviews = (county.filing or {}).get("reviews", ())
    return tuple(dict.fromkeys(str(one["unit"]) for one in reviews))


_ADD = (
    "INSERT INTO app_user (login, person, name, roles, units, password_hash, locale, email, active, created_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, 'zh', %s, true, %s) ON CONFLICT (login) DO NOTHING"
)


def make_users(connection: Connection, county: Catalogue, at: datetime) -> None:
    """Creates the users that are missing; a password somebody changed stays changed."""
    names = {person.id: person.name for person in county.people}
    known = {row[0] for row in connection.execute("SELECT login FROM app_user")}
    wanted = logins(county)
    rows: list[tuple[object, ...]] = [
        (one.login, one.person, names.get(one.person or "", one.zh.partition(":")[0]), list(one.roles), list(one.units),
         hash_password(PASSWORD), f"{one.login}@anlan.example", at)
        for one in wanted if one.login not in known
    ]  # fmt: skip
    # Everybody else has an inbox nobody signs in to: an alert to somebody without an account would go one up at once.
    others = names.keys() - {one.person for one in wanted} - known
    rows += [(id_, id_, names[id_], [], [], "", None, at) for id_ in sorted(others)]
    connection.cursor().executemany(_ADD, rows)


def make_keys(connection: Connection, county: Catalogue, file: Path, at: datetime) -> dict[str, str]:
    """An API key per source, made at the first start and kept in `file`, readable by its owner alone."""
    kept = msgspec.json.decode(file.read_bytes(), type=dict[str, str]) if file.exists() else {}
    made = {source.id: kept.get(source.id) or f"jn_{secrets.token_urlsafe(32)}" for source in county.sources}
    if made != kept:
        write_private(file, msgspec.json.encode(made).decode())
    for source, key in made.items():
        keys.store(connection, key, source, at, "demo")
    return made
