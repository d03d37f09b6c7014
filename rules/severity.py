"""How grave a breach is, and what is proposed for it: grade, number in the window, kind, and what speaks for or against (accountability.md 3)."""

from __future__ import annotations

from rules.accountability import MEASURES, OFF_THE_POST, UNIT_MEASURES, Accountability
from rules.supervision import BreachConfirmed


def grade_of(said: BreachConfirmed, rules: Accountability) -> str:
    """As the inspector named it, else as the ratings weigh, else as the bands of lateness suggest."""
    if said.grade:
        return said.grade
    if said.ratings:
        return rules.severity_grid.grade(said.ratings)
    return rules.suggested(said.late, said.limit) or "ordinary"


def proposal(rules: Accountability, said: BreachConfirmed, grade: str, count: int) -> int:
    """Measure 1-7 towards a person. More breaches never make it lighter: what is taken off does not depend on their number."""
    level = rules.proposed_level(grade, count) - rules.lighter_by(said.facts)
    if said.role == "leader":
        level -= _share(rules, said)
    if said.role == "holder" and said.finding.split(":")[0] in rules.once_verified:
        level = max(level, OFF_THE_POST)
    return min(max(level, 1), len(MEASURES))


def proposal_for_unit(rules: Accountability, grade: str, count: int) -> int:
    return min(max(rules.proposed_for_unit(grade, count), 1), len(UNIT_MEASURES))


def _share(rules: Accountability, said: BreachConfirmed) -> int:
    return next((share.lighter for share in rules.leader_shares if share.post == said.post), 1)
