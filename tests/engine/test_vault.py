"""Personal data: out of the ledger, under lock, and gone when a key is destroyed."""

import stat
from datetime import timedelta

import psycopg
import pytest

from engine.intake.decide import decide
from engine.ledger.verify import verify
from engine.vault.master import VaultError, open_master
from engine.vault.sealing import commitment
from engine.vault.store import erase_applicant, erase_case, item_id, reveal, reveal_items
from tests.support.worlds import MONDAY, TestClock, a_database, accepted, message

pytestmark = pytest.mark.postgres
NAME, REFERENCE, WORDS = "欧阳某某", "110101190001010000", "家中有事"


@pytest.fixture
def pool(postgres_server, tmp_path):
    with a_database(postgres_server, tmp_path) as pool:
        with pool.connection() as connection:
            decide(connection, MESSAGES, TestClock(MONDAY + timedelta(hours=3)))
        yield pool


MESSAGES = [
    accepted(
        "A1",
        applicant=NAME,
        applicant_ref=REFERENCE,
        raw=NAME.encode(),
        evidence=({"name": f"{NAME}.pdf", "sha256": "ab"},),
    ),
    message("w", "application.returned", "A1", MONDAY + timedelta(hours=1), reason=WORDS),
    accepted("A2", applicant=NAME, applicant_ref=REFERENCE),
    message(
        "c",
        "fact.corrected",
        "A2",
        MONDAY + timedelta(hours=2),
        fact="A2/accepted",
        changes={"applicant": NAME},
        reason=WORDS,
    ),
    accepted("A3", applicant="赵某"),
]


def everything(url):
    """Every value of every table, as text."""
    with psycopg.connect(url) as connection:
        tables = [r[0] for r in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {t: "\n".join(r[0] for r in connection.execute(f"SELECT t::text FROM {t} t")) for t in tables}


def test_no_table_holds_a_personal_word_in_the_clear(pool):
    for table, text in everything(pool.conninfo).items():
        for word in (NAME, REFERENCE, WORDS, NAME.encode().hex(), WORDS.encode().hex()):
            assert word not in text, (table, word)


def test_the_words_and_the_raw_message_come_back_from_the_vault(pool):
    with pool.connection() as connection:
        found = reveal(connection, "A1")
    first, second = found[item_id("hall", "A1/accepted")], found[item_id("hall", "w")]
    assert first.said["applicant"] == NAME
    assert first.said["evidence"][0]["name"] == f"{NAME}.pdf"
    assert first.raw == NAME.encode()
    assert second.said == {"reason": WORDS}


def test_a_commitment_proves_the_words_and_nothing_without_its_salt(pool):
    assert commitment(b"s" * 16, "applicant", NAME) == commitment(b"s" * 16, "applicant", NAME)
    assert commitment(b"s" * 16, "applicant", NAME) != commitment(b"t" * 16, "applicant", NAME)
    assert commitment(b"s" * 16, "applicant", NAME) != commitment(b"s" * 16, "reason", NAME)


def test_the_same_words_in_two_cases_leave_different_commitments(pool):
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT body::json->'data'->>'applicant' FROM entry WHERE type = 'application.accepted'"
        ).fetchall()
    bodies = {row[0] for row in rows}
    assert len(bodies) == 3
    assert all(body.startswith("sealed:") for body in bodies)


def test_erasing_a_case_destroys_its_words_and_the_chain_still_verifies(pool):
    with pool.connection() as connection:
        assert erase_case(connection, "A1", MONDAY) == 1
        assert all(item.said is None and item.raw is None for item in reveal(connection, "A1").values())
        assert reveal_items(connection, [item_id("hall", "A3/accepted")])[item_id("hall", "A3/accepted")].said == {
            "applicant": "赵某"
        }
        assert not [fault for checked in verify(connection) for fault in checked.faults]
        assert erase_case(connection, "A1", MONDAY) == 0


def test_erasing_a_person_reaches_all_of_their_cases(pool):
    with pool.connection() as connection:
        assert erase_applicant(connection, REFERENCE, MONDAY) == 2
        assert reveal(connection, "A2")[item_id("hall", "c")].said is None
        assert reveal(connection, "A3")[item_id("hall", "A3/accepted")].said == {"applicant": "赵某"}


def test_after_erasure_a_repeat_is_still_a_repeat_and_new_words_are_not_kept(pool):
    with pool.connection() as connection:
        erase_case(connection, "A1", MONDAY)
        again, late = decide(
            connection,
            [MESSAGES[0], message("n", "harm.reported", "A1", text=WORDS)],
            TestClock(MONDAY + timedelta(days=1)),
        )
        assert again.outcome == "duplicate"
        assert late.outcome == "recorded"
        assert item_id("hall", "n") not in reveal(connection, "A1")


def test_the_master_key_is_made_once_and_readable_by_its_owner_alone(tmp_path):
    path = tmp_path / "keys" / "master.key"
    wrapped = open_master(path).wrap(b"k" * 32, b"A1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_master(path).unwrap(wrapped, b"A1") == b"k" * 32


def test_a_master_key_that_others_may_read_is_refused(tmp_path):
    path = tmp_path / "master.key"
    open_master(path)
    path.chmod(0o644)
    with pytest.raises(VaultError, match="chmod 600"):
        open_master(path)


def test_a_wrapped_key_belongs_to_one_subject_and_one_master_key(tmp_path):
    master = open_master(tmp_path / "a.key")
    wrapped = master.wrap(b"k" * 32, b"A1")
    with pytest.raises(VaultError):
        master.unwrap(wrapped, b"A2")
    with pytest.raises(VaultError):
        open_master(tmp_path / "b.key").unwrap(wrapped, b"A1")
