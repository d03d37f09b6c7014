"""More than 200 live cases with limits of seconds; every process killed (-9) in turn, and everything at once over a due instant.

Afterwards each case has each effect exactly once, at its legal instant, recorded no earlier than is lawful, and late where we were late.
"""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from engine.bootstrap import open_database
from engine.clock import SystemClock
from engine.embedded.ports import LOOPBACK
from engine.embedded.process import is_running, wait_until
from engine.intake.decide import advance
from tests.chaos.killing import IN_TURN, database
from tests.chaos.ledger import Ledger, Line
from tests.chaos.lives import BROKEN, CONSENTED, STEP_LATE, WARNED, Life
from tests.chaos.ordeal import Ordeal, undergo
from tests.chaos.world import DELAY, MINUTE, SLOW
from tests.support.installation import installation
from tests.support.servers import data_folder

pytestmark = [pytest.mark.temporal, pytest.mark.timeout(600)]
IRREVERSIBLE = {*BROKEN, *CONSENTED, *STEP_LATE}
RED, CLOSED = BROKEN[3], CONSENTED[1]
BOUND_OF_A_LOOK = timedelta(seconds=15)  # a timer that rings later than this in the calm has been lost
# A date may move more than once, and so may what says so; everything else is said once of one instant.
REPEATABLE = {"limit_set", "limit_moved", "limit_withdrawn", "clock_resumed", "proceeding_moved"}


@pytest.fixture(scope="module")
def ordeal():
    with data_folder() as data, installation(data) as place:
        yield undergo(place)


@pytest.fixture(scope="module")
def ledger(ordeal: Ordeal):
    return Ledger(database(ordeal.place))


def relevant(life: Life, lines: list[Line]) -> list[tuple[tuple[str, str], datetime | None]]:
    """The effects among the entries: of the kinds that some life has, each with its legal instant."""
    kinds = IRREVERSIBLE | {effect for effect, _ in life.effects}
    types = {type_ for type_, _ in kinds}
    named = {key for type_, key in kinds if type_ in {"finding_opened", "notice_due"}}
    return [
        ((line.type, line.key), line.legal_at)
        for line in lines
        if line.type in types and (line.type not in {"finding_opened", "notice_due"} or line.key in named)
    ]


def test_the_fire_was_a_fire(ordeal):
    assert len(ordeal.lives) >= 200
    assert len({killed.pid for killed in ordeal.killed}) >= 2 * len(IN_TURN)
    assert ordeal.tries > sum(len(life.said) for life in ordeal.lives), "no message had to be sent again"
    assert all(is_running(ordeal.place.child(part)) for part in IN_TURN)


def test_each_case_has_each_effect_exactly_once_at_its_legal_instant(ordeal, ledger):
    wrong = {}
    for life in ordeal.lives:
        old = overtaken(life, ledger)
        found = Counter(one for one in relevant(life, ledger.of(life.case)) if old is None or one[1] != old)
        due = Counter(life.effects)
        if found != due:
            wrong[life.case] = {"too many": found - due, "missing": due - found}
    assert wrong == {}


def old_end(life: Life) -> datetime | None:
    """The end as it was before the word of a suspension that came in the instant of publication."""
    return life.said[0].at + MINUTE if life.kind == "published" else None


def overtaken(life: Life, ledger: Ledger) -> datetime | None:
    """The old end, where its effects had been published before that word came."""
    old = old_end(life)
    return (
        old if any(line.type == "consent_implied" and line.legal_at == old for line in ledger.of(life.case)) else None
    )


def test_the_word_and_the_publication_that_race_end_in_one_order(ordeal, ledger):
    raced = [life for life in ordeal.lives if life.kind == "published"]
    for life in raced:
        stopped = ledger.fact(life.case, life.ids()[1])
        of_old_end = [line for line in ledger.of(life.case) if line.legal_at == old_end(life)]
        published = Counter((line.type, line.key) for line in of_old_end if line.version < stopped.version)
        after = {line.type for line in of_old_end if line.version > stopped.version}
        if overtaken(life, ledger):
            assert {effect: published[effect] for effect in (*BROKEN, *CONSENTED)} == dict.fromkeys(
                (*BROKEN, *CONSENTED), 1
            )
            assert after >= {"outcome_superseded", "certificate_status_changed", "breach_withdrawn", "finding_closed"}
            assert not after & {type_ for type_, _ in IRREVERSIBLE}, (
                "published at the old end although it was known to have moved"
            )
        else:
            assert stopped.recorded_at < old_end(life) + DELAY + BOUND_OF_A_LOOK, life.case
            assert not (set(published) | {(line.type, line.key) for line in of_old_end}) & IRREVERSIBLE, life.case
    assert len(raced) == 12


def test_no_nudge_was_lost_while_workflows_alone_woke_the_cases(ordeal, ledger):
    """Nobody swept, so whoever was not woken by his workflow was not woken."""
    for life in ordeal.raced:
        consent = next(e for e in ledger.of(life.case) if e.type == "consent_implied" and e.legal_at == life.ends_at)
        assert consent.recorded_at < life.ends_at + DELAY + BOUND_OF_A_LOOK, life.case
    assert len(ordeal.raced) == 36


def test_the_end_of_every_limit_is_the_one_worked_out_by_hand(ordeal, ledger):
    ends = dict(ledger.rows("SELECT case_id, expires_at FROM case_file WHERE status <> 'suspended'"))
    assert ends == {life.case: life.ends_at for life in ordeal.lives if life.status != "suspended"}


def test_every_case_ended_as_its_facts_say(ordeal, ledger):
    found = dict(ledger.rows("SELECT case_id, status FROM case_file"))
    assert found == {life.case: life.status for life in ordeal.lives}


def test_nothing_irreversible_was_written_before_its_time(ordeal, ledger):
    cases = [f"case:{life.case}" for life in ordeal.lives]
    waited = [one for one in ledger.entries(cases) if (one[1].type, one[1].key) in IRREVERSIBLE - {CLOSED}]
    assert [one for one in waited if one[1].recorded_at < one[1].legal_at + DELAY] == []


def test_nothing_is_said_twice_of_one_instant(ledger):
    said = Counter((stream, line.type, line.key, line.legal_at) for stream, line in ledger.entries(ledger.lines))
    assert [one for one, times in said.items() if times > 1 and one[1] not in REPEATABLE] == []


def test_what_fell_due_while_everything_was_down_is_marked_late_by_the_system(ordeal, ledger):
    cards = alerts(ledger, RED[1])
    due = [life for life in ordeal.lives if life.kind == "due-in-outage"]
    assert len(due) == 24
    for life in due:
        scheduled, fired, late = cards[life.case]
        assert ordeal.down < life.ends_at < ordeal.up_again, "it did not fall due in the outage"
        assert (scheduled, late) == (life.ends_at, True)
        assert fired > ordeal.up_again + DELAY


def test_what_was_written_in_the_calm_is_late_only_if_it_was(ordeal, ledger):
    cards = alerts(ledger, RED[1])
    for life in ordeal.lives:
        if life.kind == "nearer":
            scheduled, fired, late = cards[life.case]
            assert late == (fired - scheduled - DELAY > SLOW), life.case


def alerts(ledger: Ledger, key: str) -> dict[str, tuple[datetime, datetime, bool]]:
    rows = ledger.rows("SELECT case_id, scheduled_at, fired_at, late_by_system FROM alert WHERE key = %s", key)
    return {case: tuple(values) for case, *values in rows}


def test_a_warning_that_came_late_through_our_own_fault_counts_for_the_officer(ordeal, ledger):
    warnings = alerts(ledger, WARNED[1])
    warned = {life.case for life in ordeal.lives if life.kind == "warned-in-outage"}
    assert {case for case in warned if warnings[case][2]} == warned
    mitigating = dict(ledger.rows("SELECT case_id, data->'mitigating' FROM breach WHERE clock = 'committed'"))
    assert {case for case in warned if "warning_late_by_system" in mitigating[case]} == warned


def test_a_decision_made_in_time_while_intake_was_down_prevents_the_effect(ordeal, ledger):
    for life in ordeal.lives:
        if life.kind == "decided-in-outage":
            made = ledger.fact(life.case, life.ids()[2])
            assert life.said[2].at > ordeal.down
            assert made.recorded_at > life.ends_at + DELAY, "the outage was no outage"
            assert "consent_implied" not in {line.type for line in ledger.of(life.case)}


def test_confirmed_findings_open_one_proceeding_each(ordeal, ledger):
    confirmed = {life.case: life.holder for life in ordeal.lives if life.said[-1].type == "finding.confirmed"}
    assert len(confirmed) == 12
    opened = Counter(
        (stream, line.key) for stream, line in ledger.entries(ledger.lines) if line.type == "proceeding_opened"
    )
    of_unit = [found for found in opened if found[0].startswith("docket:unit:")]
    assert {found: n for found, n in opened.items() if found not in of_unit} == {
        (f"docket:{who}", f"proceeding:{case}/committed/{who}"): 1 for case, who in confirmed.items()
    }
    # The twelve are over the unit's threshold: one proceeding against the unit itself, by the breach that passed it.
    assert [opened[found] for found in of_unit] == [1]
    assert of_unit[0] in {("docket:unit:planning", f"proceeding:{case}/committed/planning") for case in confirmed}


def test_nobody_is_told_anything_twice_or_not_at_all(ledger):
    twice = "SELECT channel, n FROM delivery, unnest(notices) AS n GROUP BY 1, 2 HAVING count(*) > 1"
    assert ledger.rows(twice) == []
    lost = (
        "SELECT id FROM outbox WHERE addressee <> 'applicant' AND NOT EXISTS"
        " (SELECT FROM delivery WHERE channel = 'inapp' AND outbox.id = ANY(notices))"
    )
    assert ledger.rows(lost) == []
    assert ledger.rows("SELECT row_id, problem FROM outbox WHERE problem IS NOT NULL LIMIT 3") == []


def test_no_message_is_left_undecided_and_no_case_was_halted(ordeal, ledger):
    assert ledger.rows("SELECT outcome, count(*) FROM inbox GROUP BY 1") == [
        (
            "recorded",
            sum(len(life.said) for life in ordeal.lives) + 24,
        )  # 24: from 12 cases to the dockets of a person and a unit each
    ]
    assert ledger.column("SELECT count(*) FROM parked") == [0]
    assert ledger.column("SELECT count(*) FROM hold") == [0]


def test_saying_everything_again_changes_nothing(ordeal):
    assert ordeal.repeats == sum(len(life.said) for life in ordeal.lives)
    before, after = ordeal.heads
    assert after == before


def test_wake_rows_agree_with_the_cases_and_with_what_was_told(ledger):
    assert ledger.rows("SELECT stream_id FROM wake WHERE seq <> sent_seq") == []
    assert ledger.rows("SELECT stream_id FROM wake WHERE NOT ended AND armed_until > next_at") == []
    differing = (
        "SELECT case_id FROM case_file c LEFT JOIN wake w ON w.stream_id = 'case:' || c.case_id"
        " WHERE w.stream_id IS NULL OR c.next_at IS DISTINCT FROM w.next_at OR (c.closed_at IS NULL AND w.ended)"
    )
    assert ledger.rows(differing) == []


def test_whoever_has_something_pending_has_a_workflow_and_nobody_else(ordeal, ledger):
    cases = "SELECT stream_id FROM wake WHERE starts_with(stream_id, 'case:') AND NOT ended"
    proceedings = "SELECT 'proceeding:' || proceeding_id FROM proceeding WHERE phase <> 'closed'"
    expected = {*ledger.column(cases), *ledger.column(proceedings)}
    assert len(expected) >= 12 + 10, "no proceeding and no suspended case: nothing to see here"
    differing: set[str] = expected

    def settled() -> bool:
        nonlocal differing
        differing = asyncio.run(differences(f"{LOOPBACK}:{ordeal.place.runtime().ports['temporal']}", expected))
        return not differing

    assert wait_until(settled, 30, 0.5), sorted(differing)[:5]
    assert len(expected) < len(ordeal.lives)


async def differences(address: str, expected: set[str]) -> set[str]:
    """Who should run and does not, or the reverse. The list lags behind, so whoever differs there is asked himself."""
    client = await Client.connect(address)
    query = "WorkflowType IN ('CaseWorkflow', 'ProceedingWorkflow') AND ExecutionStatus = 'Running'"
    listed = {execution.id async for execution in client.list_workflows(query)}
    runs = {id_: (await client.get_workflow_handle(id_).describe()).status for id_ in listed ^ expected}
    return {id_ for id_, status in runs.items() if (status == WorkflowExecutionStatus.RUNNING) != (id_ in expected)}


def test_another_look_at_every_case_finds_nothing_that_was_left_undone(ordeal, ledger):
    before = dict(ledger.rows("SELECT stream_id, version FROM stream WHERE kind IN ('case', 'docket')"))
    with (
        open_database(ledger.url, ordeal.place.data.root / "master.key", size=1) as pool,
        pool.connection() as connection,
    ):
        advance(connection, before, SystemClock())
    after = dict(ledger.rows("SELECT stream_id, version FROM stream WHERE kind IN ('case', 'docket')"))
    assert {stream for stream, version in after.items() if version != before[stream]} == set()


@pytest.mark.parametrize("command", [("audit", "verify"), ("rebuild", "--check")])
def test_chains_hold_and_read_tables_equal_a_rebuild(ordeal, command):
    ended = ordeal.place.command(*command)
    assert ended.returncode == 0, ended.stdout + ended.stderr
