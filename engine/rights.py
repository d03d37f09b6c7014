"""Who may do what, where: role × action × unit subtree in one table, used by the console, the API and SQL filters alike.

A grant is a role in a unit; its subtree is that unit and all below. What a person may do in a case that concerns them
(回避) is decided by the rules at the door, not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

import msgspec

Role = Literal[
    "applicant",
    "window",
    "officer",
    "unit_editor",
    "reviewer",
    "unit_head",
    "inspector",
    "leading_group",
    "operator",
    "auditor",
]
ROLES: tuple[Role, ...] = get_args(Role)

Action = Literal[
    "fact.report",
    "case.read",
    "ledger.read",
    "catalogue.read",
    "catalogue.edit",
    "catalogue.review",
    "catalogue.approve",
    "catalogue.provision",
    "rules.simulate",
    "alert.read",
    "alert.answer",
    "finding.read",
    "finding.decide",
    "inquiry.open",
    "inquiry.answer",
    "proceeding.read",
    "statement.file",
    "measure.decide",
    "review.decide",
    "archive.read",
    "recusal.declare",
    "measure.execute",
    "alert.close",
    "case.refer",
    "hold.close",
    "fact.settle",
    "calendar.import",
    "voice.read",
    "voice.handle",
    "rating.appeal",
    "report.read",
    "report.verify",
    "reward.decide",
    "score.read",
    "score.settle",
    "health.read",
    "mail.read",
    "channel.read",
    "channel.manage",
    "clock.control",
    "user.manage",
]
ACTIONS: tuple[Action, ...] = get_args(Action)

# all: everywhere · subtree: in the grant's unit and below · own: only where the person is addressee, holder or concerned.
Scope = Literal["all", "subtree", "own"]

_WATCHERS: Mapping[Role, Scope] = {"inspector": "subtree", "leading_group": "all", "auditor": "all"}
_UNIT: Mapping[Role, Scope] = {"unit_head": "subtree", "unit_editor": "subtree", "reviewer": "subtree"}
_HANDLERS: Mapping[Role, Scope] = {"officer": "subtree", "window": "subtree"}

RIGHTS: Mapping[Action, Mapping[Role, Scope]] = {
    "fact.report": {"window": "subtree", "officer": "own", "unit_head": "subtree"},
    "case.read": {**_WATCHERS, **_UNIT, **_HANDLERS, "operator": "all", "applicant": "own"},
    "ledger.read": {**_WATCHERS, **_UNIT, "officer": "subtree", "operator": "all"},
    "catalogue.read": dict.fromkeys(ROLES, "all"),
    "catalogue.edit": {"unit_editor": "subtree", "unit_head": "subtree"},
    "catalogue.review": {"reviewer": "subtree", "leading_group": "all"},
    "catalogue.approve": {"leading_group": "all"},
    "catalogue.provision": {"operator": "all"},
    "rules.simulate": {**dict.fromkeys(("unit_editor", "reviewer", "unit_head"), "subtree"), "leading_group": "all"},
    "alert.read": {**_WATCHERS, "unit_head": "subtree", "officer": "own", "window": "own"},
    "alert.answer": dict.fromkeys(("officer", "window", "unit_head", "inspector", "leading_group"), "own"),
    "finding.read": {**_WATCHERS, "unit_head": "subtree", "officer": "own"},
    "finding.decide": {"inspector": "subtree", "leading_group": "all"},
    "inquiry.open": {"inspector": "subtree", "leading_group": "all"},
    "inquiry.answer": {"unit_head": "subtree"},
    "proceeding.read": {**_WATCHERS, "unit_head": "subtree", "officer": "own", "window": "own"},
    "statement.file": dict.fromkeys(("officer", "window", "unit_head", "unit_editor", "reviewer"), "own"),
    "measure.decide": {"unit_head": "subtree", "leading_group": "all"},
    "review.decide": {"leading_group": "all"},
    "archive.read": _WATCHERS,
    "recusal.declare": {
        "unit_head": "subtree",
        "inspector": "subtree",
        "leading_group": "all",
        "officer": "own",
        "window": "own",
    },
    "measure.execute": {"unit_head": "subtree", "leading_group": "all"},
    "alert.close": {"unit_head": "subtree", "inspector": "subtree", "leading_group": "all"},
    "case.refer": {"inspector": "subtree", "leading_group": "all"},
    "hold.close": {"unit_head": "subtree", "leading_group": "all"},
    "fact.settle": {"inspector": "subtree", "leading_group": "all", "operator": "all"},
    "calendar.import": {"leading_group": "all", "operator": "all"},
    "voice.read": {**_WATCHERS, "unit_head": "subtree", "officer": "own", "window": "own"},
    "voice.handle": {
        **dict.fromkeys(("officer", "window", "inspector"), "own"),
        "unit_head": "subtree",
        "leading_group": "all",
    },
    "rating.appeal": {"officer": "own", "window": "own", "unit_head": "subtree"},
    "report.read": _WATCHERS,
    "report.verify": {"inspector": "subtree", "leading_group": "all"},
    "reward.decide": {"leading_group": "all"},
    "score.read": {**_WATCHERS, "unit_head": "subtree", "officer": "own", "window": "own"},
    "score.settle": {"leading_group": "all"},
    "health.read": {"inspector": "all", "leading_group": "all", "operator": "all", "auditor": "all"},
    "mail.read": {"inspector": "all", "leading_group": "all", "operator": "all"},
    "channel.read": {"inspector": "all", "leading_group": "all", "operator": "all", "auditor": "all"},
    "channel.manage": {"operator": "all"},
    "clock.control": {"operator": "all"},
    "user.manage": {"operator": "all"},
}


class Grant(msgspec.Struct, frozen=True):
    """A role in a unit; `unit` None means the whole installation."""

    role: Role
    unit: str | None = None


class Actor(msgspec.Struct, frozen=True):
    """Somebody who acts: their person id and their grants."""

    person: str
    grants: tuple[Grant, ...] = ()


class UnitTree:
    """The unit tree by parent. A unit that the tree does not know is below nothing."""

    def __init__(self, parents: Mapping[str, str | None]) -> None:
        self._parents = parents

    def within(self, unit: str | None, top: str | None) -> bool:
        if top is None:
            return True
        seen: set[str] = set()
        while unit is not None and unit not in seen:
            if unit == top:
                return True
            seen.add(unit)
            unit = self._parents.get(unit)
        return False

    def subtree(self, top: str) -> frozenset[str]:
        return frozenset({top, *(unit for unit in self._parents if self.within(unit, top))})


def scopes(actor: Actor, action: Action) -> tuple[tuple[Grant, Scope], ...]:
    """The grants of an actor that carry an action, each with its reach."""
    row = RIGHTS[action]
    return tuple((grant, row[grant.role]) for grant in actor.grants if grant.role in row)


def allowed(
    actor: Actor, action: Action, tree: UnitTree, *, unit: str | None = None, concerned: Iterable[str | None] = ()
) -> bool:
    """Whether an actor may act on a thing of `unit` that concerns the people `concerned`."""
    mine = actor.person in set(concerned)
    return any(
        scope == "all" or (scope == "subtree" and tree.within(unit, grant.unit)) or (scope == "own" and mine)
        for grant, scope in scopes(actor, action)
    )


def may_at_all(actor: Actor, action: Action) -> bool:
    """Whether any of an actor's roles knows the action, anywhere."""
    return bool(scopes(actor, action))


def visible_units(actor: Actor, action: Action, tree: UnitTree) -> frozenset[str] | None:
    """The units an SQL filter admits: None means all, the empty set none (things of one's own are added by the caller)."""
    units: set[str] = set()
    for grant, scope in scopes(actor, action):
        if scope == "all" or (scope == "subtree" and grant.unit is None):
            return None
        if scope == "subtree" and grant.unit is not None:
            units |= tree.subtree(grant.unit)
    return frozenset(units)
