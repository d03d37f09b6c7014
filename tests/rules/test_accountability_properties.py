"""The eight rules of accountability.md 3 over random histories of people, confirmations, statements, decisions, reviews and referrals."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rehearsal.loading import load
from rules.accountability import GRADES, SHIPPED_MATRIX
from rules.proceedings import back
from rules.rehearsal import Rehearsal
from tests.rules.proceedings import WINDOW_PASSED, of, refused
from tests.rules.worlds import Played, World, a_case

PEOPLE = ("zhang", "liu", "li")
ACTORS = ("li", "wang", "liu", "zhang", "sun", "office", None)
UNTIL = "2028-06-01 09:00"
FEW = settings(max_examples=30, deadline=None)


class Life(msgspec.Struct, frozen=True):
    """One case: broken on `day` of 2025 or 2026; what follows is told in days after the confirmation, None where it does not happen."""

    holder: str
    day: int
    grade: str | None
    confirmed: bool
    confirmer: str | None
    dismissed: int | None
    stated: int | None
    stater: str | None
    decided: int | None
    decider: str | None
    level: int
    reason: bool
    review: int | None
    reviewer: str | None
    reversed: bool
    referred: int | None

    @property
    def broken(self) -> date:
        return date(2025, 3, 3) + timedelta(self.day)

    @property
    def confirmed_on(self) -> date:
        return self.broken + timedelta(12)  # after the longest holiday, so that the breach is there


days = st.none() | st.integers(0, 40)
lives = st.lists(
    st.builds(
        Life, st.sampled_from(PEOPLE), st.integers(0, 600), st.none() | st.sampled_from(GRADES), st.booleans(), st.sampled_from(("sun", None, *PEOPLE)),
        st.none() | st.none() | days, days, st.sampled_from((None, *PEOPLE)), days, st.sampled_from(ACTORS), st.integers(1, 7), st.booleans(), days,
        st.sampled_from(ACTORS), st.booleans(), st.none() | st.none() | days,
    ),
    min_size=1,
    max_size=5,
)  # fmt: skip


def tell(some: list[Life], **rules: Any) -> World:
    world = a_case(1).with_(accountability=rules) if rules else a_case(1)
    for number, life in enumerate(some):
        _tell(world.case(f"C{number}"), number, life)
    return world


def _tell(world: World, number: int, life: Life) -> None:
    start = life.broken - timedelta(1)
    world.accepted(f"{start} 09:00", holder=life.holder)

    def on(after: int, clock: str) -> str:
        return f"{life.confirmed_on + timedelta(after)} {clock}"

    if life.confirmed:
        grade = {"grade": life.grade} if life.grade else {}
        world.fact(
            "finding.confirmed",
            on(0, "10:00"),
            finding="limit_expired",
            actor=life.confirmer,
            id=f"confirm{number}",
            **grade,
        )
    if life.stated is not None:
        world.fact(
            "statement.filed", on(life.stated, "11:00"), person=life.holder, actor=life.stater, id=f"state{number}"
        )
    if life.referred is not None:
        world.fact("case.referred", on(life.referred, "12:00"), to="监委", id=f"refer{number}")
    if life.decided is not None:
        said = {"reason": "理由"} if life.reason else {}
        world.fact(
            "measure.decided",
            on(life.decided, "15:00"),
            person=life.holder,
            level=life.level,
            actor=life.decider,
            id=f"decide{number}",
            **said,
        )
        if life.review is not None:
            world.fact("review.requested", on(life.decided + life.review, "16:00"), person=life.holder)
            result = "reversed" if life.reversed else "upheld"
            world.fact(
                "review.decided",
                on(life.decided + life.review, "17:00"),
                person=life.holder,
                result=result,
                actor=life.reviewer,
                id=f"review{number}",
            )
    if life.dismissed is not None:
        world.fact(
            "finding.dismissed", on(life.dismissed, "18:00"), finding="limit_expired", reason="查无实据", actor="sun"
        )


def proceedings(out: Played) -> dict[str, dict[str, Any]]:
    """By case, those against people."""
    return {p["case"]: p for person in PEOPLE for p in of(out, person)}


def decisions(world: World, out: Played) -> list[tuple[Life, dict[str, Any], dict[str, Any]]]:
    """Every decision that took effect: its fact and its proceeding."""
    mine = proceedings(out)
    taken = [f for f in world.spec["facts"] if f["type"] == "measure.decided" and f["id"] not in refused(out)]
    parked = out.parked
    return [(f, mine[f["case"]]) for f in taken if f["id"] not in parked]  # type: ignore[misc]


@FEW
@given(lives)
def test_rule_1_the_engine_never_imposes_and_another_measure_has_a_reason(some):
    world = tell(some)
    out = world.until(UNTIL)
    taken = decisions(world, out)
    assert {p["case"] for p in proceedings(out).values() if p["decided_level"]} == {f["case"] for f, _ in taken}
    for fact, proceeding in taken:
        assert proceeding["decided_level"] == fact["data"]["level"]
        before = proceedings(world.until(_just_before(fact)))[fact["case"]]
        assert before["decided_level"] is None
        assert fact["data"].get("reason") or before["proposed_level"] == fact["data"]["level"]


def _just_before(fact: dict[str, Any]) -> str:
    at = datetime.fromisoformat(fact["occurred_at"]) - timedelta(seconds=1)
    return f"{at:%Y-%m-%d %H:%M:%S}"


@FEW
@given(lives)
def test_rule_2_no_decision_before_notice_and_an_elapsed_or_used_window(some):
    world = tell(some)
    out = world.until(UNTIL)
    for fact, proceeding in decisions(world, out):
        life = some[int(fact["case"][1:])]
        told = [n for n in out.of(fact["case"]).notices("proceeding_opened") if n["to"] == life.holder]
        assert told and datetime.fromisoformat(told[0]["at"]) <= datetime.fromisoformat(fact["occurred_at"])
        passed = fact["occurred_at"][:10] > proceeding["statement_until"]
        used = life.stated is not None and life.stater in {None, life.holder} and life.stated <= (life.decided or 0)
        assert passed or used, WINDOW_PASSED


@FEW
@given(lives)
def test_rule_3_nobody_confirms_decides_or_reviews_where_he_is_concerned(some):
    world = tell(some)
    out = world.until(UNTIL)
    mine = proceedings(out)
    for number, life in enumerate(some):
        proceeding = mine.get(f"C{number}")
        if life.confirmer == life.holder:
            assert proceeding is None
        if proceeding is not None and proceeding["decided_level"] is not None:
            assert life.holder not in {life.decider, proceeding["decided_by"]}
            reviewed = f"review{number}" not in refused(out) and life.review is not None
            assert not reviewed or life.reviewer is None or life.reviewer not in {life.holder, proceeding["decided_by"]}


# -- counting, by another road ------------------------------------------------------------------------------------------


def standing(some: list[Life], out: Played) -> dict[int, bool]:
    """Number of a case → whether its confirmed breach still counts, from the raw words."""
    found = {}
    for number, life in enumerate(some):
        if not life.confirmed or life.confirmer == life.holder:
            continue
        decided = life.decided is not None and f"decide{number}" not in refused(out)
        reviewed = decided and life.review is not None and f"review{number}" not in refused(out)
        found[number] = life.dismissed is None and not (reviewed and life.reversed)
    return found


def year_before(day: date) -> date:
    return date(day.year - 1, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


@FEW
@given(lives)
def test_rule_4_what_is_counted_and_that_more_is_never_lighter(some):
    out = tell(some).until(UNTIL)
    stands = standing(some, out)
    mine = proceedings(out)
    assert {int(case[1:]) for case in mine} == set(stands)
    due = {n: date.fromisoformat(out.of(f"C{n}").breaches()[0]["legal_at"][:10]) for n in stands}
    for number in stands:
        same = [n for n in stands if some[n].holder == some[number].holder and (stands[n] or n == number)]
        last = due[number]
        count = sum(1 for n in same if year_before(last) < due[n] <= last)
        found = mine[f"C{number}"]
        assert found["count_in_window"] == count
        row = SHIPPED_MATRIX[some[number].grade or "ordinary"]
        assert found["proposed_level"] == row[min(count, 4) - 1]
    for grade in GRADES:
        ordered = sorted((p["count_in_window"], p["proposed_level"]) for p in mine.values() if p["grade"] == grade)
        assert [level for _, level in ordered] == sorted(level for _, level in ordered)


@FEW
@given(lives, st.data())
def test_rule_5_what_was_withdrawn_or_reversed_is_as_if_it_had_never_been_confirmed(some, data):
    world = tell(some)
    out = world.until(UNTIL)
    stands = standing(some, out)
    fallen = [n for n, still in stands.items() if not still]
    if not fallen:
        return
    gone = data.draw(st.sampled_from(fallen))
    without = tell(
        [msgspec.structs.replace(life, confirmed=life.confirmed and n != gone) for n, life in enumerate(some)]
    )
    other = proceedings(without.until(UNTIL))
    for case, proceeding in proceedings(out).items():
        if case == f"C{gone}":
            assert proceeding["phase"] == "closed" or (
                proceeding["phase"] == "referred" and some[gone].referred is not None
            )
            assert proceeding["restoration_due"] is (proceeding["decided_level"] is not None)
        else:
            assert (proceeding["count_in_window"], proceeding["proposed_level"]) == (
                other[case]["count_in_window"], other[case]["proposed_level"]
            )  # fmt: skip


@FEW
@given(lives)
def test_rule_6_after_a_referral_nothing_is_decided(some):
    world = tell(some)
    out = world.until(UNTIL)
    for fact, _ in decisions(world, out):
        life = some[int(fact["case"][1:])]
        assert life.referred is None or life.referred > (life.decided or 0)
    for number, life in enumerate(some):
        if life.referred is not None:
            assert out.of(f"C{number}").findings("suspected_offence")


@FEW
@given(lives, st.integers(0, 800))
def test_rule_7_nothing_is_deleted_and_a_record_shows_what_may_still_be_counted(some, after):
    world = tell(some)
    early = f"{date(2025, 3, 3) + timedelta(after)} 12:34"
    first, second = _ledgers(world, early), _ledgers(world, UNTIL)
    for stream, lines in first.items():
        assert second[stream][: len(lines)] == lines
    out = world.until(UNTIL)
    for number, stands in standing(some, out).items():
        assert (proceedings(out)[f"C{number}"]["record_until"] is not None) is stands


def _ledgers(world: World, until: str) -> dict[str, list[Any]]:
    spec = {**world.spec, "until": until.replace(" ", "T") + ":00+08:00"}
    loaded = load(msgspec.json.encode(spec))
    played = Rehearsal(loaded.world, loaded.until)
    played.play(loaded.facts)
    return {
        name: [(line.version, line.recorded_at, line.entry or line.fact) for line in lines]
        for name, lines in played.ledgers.items()
    }


@FEW
@given(lives, st.integers(1, 3))
def test_rule_8_breaches_over_the_threshold_open_a_proceeding_against_the_unit(some, threshold):
    """By another road: in the order of confirmation, a proceeding whenever so many free breaches lie in one window."""
    calm = [msgspec.structs.replace(life, dismissed=None, review=None) for life in some]
    world = tell(calm, unit_threshold=threshold)
    out = world.until(UNTIL)
    free: list[date] = []
    expected = 0
    for life in sorted((x for n, x in enumerate(calm) if n in standing(calm, out)), key=lambda x: x.confirmed_on):
        number = calm.index(life)
        free.append(date.fromisoformat(out.of(f"C{number}").breaches()[0]["legal_at"][:10]))
        last = max(free)
        within = [day for day in free if year_before(last) < day <= last]
        if len(within) >= threshold:
            expected += 1
            free = [day for day in free if day not in within]
    found = of(out, None)
    assert len(found) == expected
    assert all(
        {"li", "wang"} <= {n["to"] for n in out.out["notices"] if n["kind"] == "proceeding_opened"} for _ in found
    )


def test_a_window_is_measured_back_as_the_oracle_does():
    from rules.accountability import Accountability

    loaded = load(msgspec.json.encode(tell([]).spec | {"until": "2026-01-01"}))
    calendar = loaded.world.calendar(loaded.until)
    for day in (date(2024, 2, 29), date(2026, 3, 31), date(2025, 2, 28)):
        assert back(day, Accountability().window, calendar, loaded.world) == year_before(day)
