"""A calendar is imported as an instrument: its impact is shown first, and what is shown is what then happens. The 2027 used here is invented."""

from datetime import datetime, timedelta

import pytest

from engine.calendars.confirmation import confirm
from engine.calendars.impact import impact
from engine.calendars.proposal import propose
from engine.calendars.versions import year_status
from engine.calendars.written import parse
from engine.intake.health import beat
from engine.storage.config import record
from rules.errors import RuleError
from tests.support.calendars import NEXT_YEAR, NOTICE, Life, local
from tests.support.worlds import ITEM, TestClock, a_database, accepted, message, served

pytestmark = pytest.mark.postgres
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def life(postgres_server, tmp_path):
    with a_database(postgres_server, tmp_path, size=3) as pool:
        yield Life(pool, TestClock(local("2026-11-02")))


def across_new_year(life):
    """Cases that end before, around and after New Year; decided, suspended, silent, not begun."""
    for n, day in enumerate(("11-02", "11-30", "12-14", "12-21", "12-25", "12-28", "12-29", "12-30")):
        life.until(local(f"2026-{day}"))
        life.take(accepted(f"A{n}", life.clock.at))
        if n in {0, 2, 6}:
            life.take(served(f"A{n}", life.clock.at))
    life.take(message("s", "clock.suspended", "A5", life.clock.at, reason="expert_review"))
    life.take(message("h", "application.received", "B1", life.clock.at, item="P"))
    life.until(local("2026-12-30", "15:00"))


def told(found):
    return {
        (one.case_id, move.clock): (move.from_due_on, move.to_due_on, move.change)
        for one in (*found.moving, *found.in_doubt)
        for move in one.moves
    }


# -- the impact list ------------------------------------------------------------------------------------------------------


def test_the_impact_list_is_what_then_happens(life):
    across_new_year(life)
    before, found = life.limits(), told(life.impact(NEXT_YEAR))
    assert {change for _, _, change in found.values()} == {"later", "firm"}
    life.bring(NEXT_YEAR)
    after = life.limits()
    moved = {name: (before[name][0], after[name][0]) for name in before if before[name] != after[name]}
    assert moved == {name: (was, becomes) for name, (was, becomes, _) in found.items()}
    assert moved["A6", "committed"] == ("2027-01-05", "2027-01-07"), "1 and 4 January off"


def test_looking_at_the_impact_writes_nothing(life):
    across_new_year(life)
    before = life.rows("SELECT count(*), max(recorded_at) FROM entry")
    life.impact(NEXT_YEAR)
    assert life.rows("SELECT count(*), max(recorded_at) FROM entry") == before
    assert life.rows("SELECT count(*) FROM config_entry WHERE kind = 'calendar'") == [(0,)]


def test_cases_that_cannot_notice_are_not_even_looked_at(life):
    across_new_year(life)
    with life.pool.connection() as connection:
        record(connection, "item", "L", {**ITEM, "code": "L"}, at=life.clock.now())
    late = {**NEXT_YEAR, "instruments": [{**NOTICE, "days": [{"on": "2027-12-31", "kind": "off"}]}], "years": {}}
    assert life.impact({**late, "days": []}).looked_at == 0


def test_progress_is_told(life):
    across_new_year(life)
    heard = []
    with life.pool.connection() as connection:
        proposal = propose(connection, NEXT_YEAR, life.clock.now())
        found = impact(connection, proposal, life.clock.now(), lambda done, total: heard.append((done, total)))
    assert heard[-1] == (found.looked_at, found.looked_at)


def test_an_open_door_does_not_change_the_list(life):
    across_new_year(life)
    silent = told(life.impact(NEXT_YEAR))
    with life.pool.connection() as connection:
        beat(connection, life.clock)
    assert told(life.impact(NEXT_YEAR)) == silent


# -- a provisional year becomes official ------------------------------------------------------------------------------------


def test_a_provisional_hold_is_lifted_and_the_effect_comes_at_the_recomputed_instant(life):
    life.until(local("2026-12-28"))
    life.take(accepted("A1", life.clock.at))
    life.until(local("2027-01-08"))
    assert life.rows("SELECT reason, status FROM hold") == [("provisional_date", "open")]
    assert life.rows("SELECT outcome_kind, provisional FROM case_file") == [(None, True)]
    [one] = life.impact(NEXT_YEAR).moving
    assert (one.effect.kind, one.effect.status) == ("implied_consent", "becomes_possible")
    life.bring(NEXT_YEAR)
    life.until(life.clock.at + HOUR)
    [(kind, legal_at, provisional)] = life.rows("SELECT outcome_kind, legal_at, provisional FROM case_file")
    assert (kind, provisional) == ("implied_consent", False)
    assert legal_at == datetime.fromisoformat(one.effect.legal_at) == local("2027-01-07", "00:00")
    assert life.rows("SELECT status FROM hold WHERE reason = 'provisional_date'") == [("closed",)]


def test_the_applicant_is_told_once_that_the_date_is_firm(life):
    life.until(local("2026-12-24"))
    life.take(accepted("A1", life.clock.at))
    life.bring(NEXT_YEAR)
    life.until(local("2026-12-29"))
    assert life.rows("SELECT count(*) FROM notice WHERE kind = 'date_moved'") == [(1,)]
    [(known,)] = life.rows("SELECT recorded_at FROM notice WHERE kind = 'date_moved'")
    assert known == local("2026-12-24")


def test_the_shipped_calendar_stays_known_when_the_first_one_is_imported(life):
    life.take(accepted("A1", life.clock.at))
    life.until(local("2026-11-12"))
    assert life.rows("SELECT outcome_kind FROM case_file") == [("implied_consent",)]
    correction = {**NEXT_YEAR, "days": [{"on": "2026-11-09", "kind": "off", "basis": "测试更正"}]}
    life.bring(correction)
    life.until(life.clock.at + HOUR)
    assert life.rows("SELECT outcome_status FROM case_file") == [("under_review",)], "not undone in silence"


# -- a correction after an effect -------------------------------------------------------------------------------------------


def corrected(life):
    """A1 and A3 end in silence, A2 (whose item knows no silence) in a late decision, all by an end that is then corrected."""
    with life.pool.connection() as connection:
        record(connection, "item", "N", {**ITEM, "code": "N", "silence": {"effect": "none"}}, at=life.clock.now())
    plain = message("A2/accepted", "application.accepted", "A2", life.clock.at, item="N")
    life.take(accepted("A1", life.clock.at), plain, accepted("A3", life.clock.at))
    life.until(local("2026-11-10", "12:00"))
    life.take(served("A2", life.clock.at))
    life.until(local("2026-11-12"))
    return {"version": "CN-2026-b", "extends": "CN", "days": [{"on": "2026-11-09", "kind": "off", "basis": "测试更正"}]}


def test_effects_that_would_not_have_happened_are_listed_apart_and_reviewed(life):
    form = corrected(life)
    found = life.impact(form)
    assert [one.case_id for one in found.in_doubt] == ["A1", "A3"]
    assert {one.effect.status for one in found.in_doubt} == {"under_review"}
    [in_time] = found.moving
    assert (in_time.case_id, in_time.breaches_withdrawn) == ("A2", ("committed",))
    life.bring(form)
    assert life.rows("SELECT case_id, outcome_status FROM case_file ORDER BY 1") == [
        ("A1", "under_review"),
        ("A2", "in_force"),
        ("A3", "under_review"),
    ]
    assert life.rows("SELECT DISTINCT status FROM breach") == [("withdrawn",)]
    assert life.rows("SELECT DISTINCT status FROM certificate") == [("under_review",)]


def test_both_computations_stand_in_the_history_of_the_case(life):
    life.bring(corrected(life))
    [(view,)] = life.rows("SELECT view FROM case_file WHERE case_id = 'A1'")
    assert [(told["due_on"], told["calendar"]) for told in view["clocks"]["committed"]["history"]] == [
        ("2026-11-09", "CN-2026"), ("2026-11-10", "CN-2026-b")
    ]  # fmt: skip


def test_cases_at_rest_come_up_too(life):
    form = corrected(life)
    life.take(
        *(
            message(
                f"f{n}",
                "finding.dismissed",
                f"A{n}",
                life.clock.at,
                finding="limit_expired",
                reason="x",
                source="console",
                actor="sun",
            )
            for n in (1, 2, 3)
        )
    )
    with life.pool.connection() as connection:
        connection.execute("UPDATE wake SET ended = true, next_at = NULL WHERE stream_id = 'case:A3'")
    assert life.bring(form).concluded >= 1
    assert life.rows("SELECT outcome_status FROM case_file WHERE case_id = 'A3'") == [("under_review",)]


# -- what is refused ----------------------------------------------------------------------------------------------------------


REFUSED = {
    "calendar_without_working_time": {"version": "n", "weekend": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
    "missing_field": {"extends": "CN"},
    "known_from_given": {"version": "n", "known_from": "2026-01-01T00:00:00+08:00"},
    "version_exists": {"version": "CN-2026", "days": [{"on": "2026-11-09", "kind": "off"}]},
    "unknown_calendar": {"version": "n", "extends": "XX"},
    "unknown_field": {"version": "n", "colour": "red"},
    "day_repeated": {"version": "n", "days": [{"on": "2026-11-09", "kind": "off"}, {"on": "2026-11-09", "kind": "off"}]},
    "nothing_new": {"version": "n", "extends": "CN"},
}  # fmt: skip


@pytest.mark.parametrize("code", REFUSED)
def test_a_calendar_that_cannot_come_into_force_is_refused_with_its_code(life, code):
    with pytest.raises(RuleError) as refused:
        life.proposal(REFUSED[code])
    assert refused.value.code == code


def test_an_unreadable_file_is_refused():
    for text in ("[1]", "{", "a: [", "x"):
        with pytest.raises(RuleError) as refused:
            parse(text)
        assert refused.value.code == "not_readable"


def test_yaml_and_json_say_the_same():
    yaml = "version: CN-2027\nextends: CN\nyears: {2027: official}\ndays:\n  - {on: 2027-01-01, kind: off}\n"
    assert parse(yaml)["days"] == [{"on": "2027-01-01", "kind": "off"}] and parse(yaml)["years"] == {"2027": "official"}


def test_an_empty_year_is_a_missing_year(life):
    life.until(local("2026-12-28"))
    life.take(accepted("A1", life.clock.at))
    hollow = {
        "version": "hollow",
        "extends": "CN",
        "years": {"2027": "official"},
        "days": [{"on": "2026-11-07", "kind": "working"}],
    }
    proposal = life.proposal(hollow)
    assert [(remark.code, remark.value) for remark in proposal.remarks] == [("empty_year", "2027")]
    assert year_status(proposal.calendar, 2027) == "missing" and told(life.impact(hollow)) == {}


def test_years_that_nobody_names_are_missing_and_not_official(life):
    own = life.proposal(
        {"version": "own", "region": "CN", "zone": "Asia/Shanghai", "days": [{"on": "2026-11-09", "kind": "off"}]}
    )
    assert "open_years" in {remark.code for remark in own.remarks}
    assert [year_status(own.calendar, year) for year in (2020, 2026, 2027)] == ["estimated", "official", "missing"]


def test_who_confirms_has_seen_the_impact_over_the_calendar_in_force(life):
    digest = life.proposal(NEXT_YEAR).digest
    life.bring({**NEXT_YEAR, "version": "CN-2027-a"})
    other = {**NEXT_YEAR, "days": [{"on": "2027-02-05", "kind": "off"}]}
    with life.pool.connection() as connection, pytest.raises(RuleError) as refused:
        confirm(connection, other, digest, "sun", life.clock)
    assert refused.value.code == "impact_outdated"
    assert life.rows("SELECT count(*) FROM config_entry WHERE id = 'CN-2027'") == [(0,)]
