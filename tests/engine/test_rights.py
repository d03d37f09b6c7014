"""Role × action × unit subtree."""

from __future__ import annotations

from engine.rights import ACTIONS, RIGHTS, ROLES, Actor, Grant, UnitTree, allowed, may_at_all, visible_units

TREE = UnitTree({"county": None, "planning": "county", "station": "planning", "taxes": "county"})
INSPECTOR = Actor("sun", (Grant("inspector", "county"),))
HEAD = Actor("li", (Grant("unit_head", "planning"),))
OFFICER = Actor("zhang", (Grant("officer", "planning"),))


def test_every_action_has_a_row_and_every_role_is_known():
    assert set(RIGHTS) == set(ACTIONS)
    assert {role for row in RIGHTS.values() for role in row} <= set(ROLES)


def test_every_role_may_do_something():
    assert all(any(role in row for row in RIGHTS.values()) for role in ROLES)


def test_a_head_reads_the_cases_of_the_subtree_and_no_others():
    assert allowed(HEAD, "case.read", TREE, unit="station")
    assert not allowed(HEAD, "case.read", TREE, unit="taxes")
    assert visible_units(HEAD, "case.read", TREE) == {"planning", "station"}


def test_a_head_decides_no_finding_and_an_inspector_no_measure():
    assert not may_at_all(HEAD, "finding.decide")
    assert not may_at_all(INSPECTOR, "measure.decide")


def test_an_officer_sees_only_proceedings_of_their_own():
    assert not allowed(OFFICER, "proceeding.read", TREE, unit="planning", concerned=("wang",))
    assert allowed(OFFICER, "proceeding.read", TREE, unit="taxes", concerned=("zhang",))
    assert visible_units(OFFICER, "proceeding.read", TREE) == frozenset()


def test_the_leading_group_sees_everything():
    actor = Actor("zhao", (Grant("leading_group"),))
    assert visible_units(actor, "case.read", TREE) is None
    assert allowed(actor, "measure.decide", TREE, unit="taxes")


def test_an_operator_turns_the_clock_but_reads_no_proceeding():
    actor = Actor("ops", (Grant("operator"),))
    assert may_at_all(actor, "clock.control")
    assert not may_at_all(actor, "proceeding.read")


def test_an_unknown_unit_is_below_nothing_and_a_loop_ends():
    assert not TREE.within("nowhere", "county")
    assert not UnitTree({"a": "b", "b": "a"}).within("a", "c")
