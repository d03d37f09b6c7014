"""A certificate says what the ledger says, proves itself, and what became of it is read from the ledger."""

from __future__ import annotations

import string
from datetime import datetime

import msgspec
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.certificates import issue, keys
from engine.certificates.document import read, signed_bytes, write
from engine.certificates.masking import masked, person_of
from engine.certificates.pdf import pdf_of
from engine.certificates.signing import KeyFileError, as_jwk, read_keys
from engine.certificates.status_list import status_list
from engine.certificates.verify import check, verify_offline, verify_online
from engine.ledger.read import read_stream
from engine.ledger.verify import faults_of
from engine.storage.config import record
from engine.vault.store import erase_case
from tests.support.certificates import DAY, NUMBER, SITE, silence
from tests.support.worlds import ITEM, MONDAY, message, served

pytestmark = pytest.mark.postgres


@pytest.fixture
def life(postgres_server, tmp_path):
    with silence(postgres_server, tmp_path) as made:
        yield made


@pytest.fixture
def db(life):
    with life.pool.connection() as connection:
        yield connection


@pytest.fixture(scope="module")
def sample(postgres_server, tmp_path_factory):
    """Public document, applicant's copy and keys, for checks that need no database."""
    with silence(postgres_server, tmp_path_factory.mktemp("vault")) as life, life.pool.connection() as connection:
        return life.document(connection), life.applicants_copy(connection), keys.all_keys(connection)


# -- what it says -------------------------------------------------------------------------------------------------------


def test_it_says_what_was_granted_by_which_limit_and_where_the_ledger_has_it(life, db):
    certificate = read(life.document(db)).certificate
    assert (certificate.number, certificate.case, certificate.about) == (NUMBER, "A1", "case")
    assert certificate.legal_at == "2026-03-11T00:00:00+08:00"
    assert certificate.status_url == f"{SITE}/certificates/{NUMBER}"
    committed, statutory = certificate.clocks
    assert (committed.decisive, str(committed.due_on), statutory.decisive) == (True, "2026-03-10", False)
    assert [day.n for day in committed.days if day.n] == [1, 2, 3, 4, 5]
    assert [stop.reason for stop in committed.suspensions] == ["expert_review"]
    lines = {line.version: (line.type, own.hex()) for line, _, own in read_stream(db, "case:A1")}
    assert lines[certificate.ledger.version] == ("certificate_issued", certificate.ledger.hash)


OFFICES = {
    **ITEM,
    "code": "J",
    "committed_limit": {"amount": 10, "unit": "working_days"},
    "offices": [
        {
            "id": "office",
            "limit": {"amount": 2, "unit": "working_days"},
            "silence": {"effect": "consent_of_office", "clock": "committed", "basis": "Art. 9"},
        }
    ],
}


def test_a_silent_office_has_a_certificate_of_its_own_limit(life, db):
    record(db, "item", "J", OFFICES, at=MONDAY)
    db.commit()
    start = life.clock.at
    life.take(message("j", "application.accepted", "J1", start, item="J"))
    life.take(
        message("c", "office.consulted", "J1", start, office="office", limit={"amount": 2, "unit": "working_days"})
    )
    life.wait(6)
    ((number,),) = db.execute("SELECT number FROM certificate WHERE case_id = 'J1'").fetchall()
    certificate = read(life.document(db, number)).certificate
    assert (certificate.about, certificate.unit.id, certificate.basis) == ("office:office", "office", "Art. 9")
    assert [(clock.name, clock.decisive) for clock in certificate.clocks][-1] == ("office:office", True)
    assert certificate.decisive.expires_at == certificate.legal_at
    assert certificate.applicant is None
    for locale in ("zh", "en"):
        assert verify_online(db, pdf_of(db, life.document(db, number), locale, life.clock.now())).in_force


def test_it_is_made_once_and_stays_when_rules_and_facts_change(life, db):
    first = life.document(db)
    db.execute("UPDATE config_head SET version = version")
    life.take(message("r", "case.reopened", "A1", life.clock.at))
    life.wait(2)
    assert life.document(db) == first
    assert db.execute("SELECT count(*) FROM certificate_document").fetchone() == (1,)


def test_a_document_made_late_says_what_held_at_issue(life, db):
    life.take(served("A1", life.clock.at, "refused"))
    life.take(message("r", "consent.revoked", "A1", life.clock.at))
    certificate = read(life.document(db)).certificate
    assert certificate.legal_at == "2026-03-11T00:00:00+08:00"
    assert [day.n for day in certificate.clocks[0].days if day.n] == [1, 2, 3, 4, 5]


def test_nobody_may_change_or_delete_a_document(life, db):
    life.document(db)
    for statement in ("UPDATE certificate_document SET body = ''", "DELETE FROM certificate_document"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), db.transaction():
            db.execute(statement)


def test_documents_nobody_asked_for_are_made_too(life, db):
    assert issue.make_missing(db, life.clock.now(), SITE) == 1
    assert issue.make_missing(db, life.clock.now(), SITE) == 0


def test_an_unknown_number_has_no_document(life, db):
    assert issue.document_of(db, "MX-none", life.clock.now(), SITE) is None


# -- the applicant ------------------------------------------------------------------------------------------------------


def test_the_public_document_masks_the_name_that_the_applicants_copy_proves(life, db):
    public, own = life.document(db), life.applicants_copy(db)
    assert "赵某某".encode() not in public
    assert read(public).certificate.applicant.masked == "赵**"
    assert read(own).disclosed.applicant == "赵某某"
    assert read(own).signature == read(public).signature
    assert verify_online(db, own).in_force


def test_another_name_beside_the_same_signature_is_altered(sample):
    _, own, known = sample
    assert check(own.replace("赵某某".encode(), "钱某某".encode()), known).signature == "altered"


def test_after_erasure_the_document_still_verifies_and_tells_no_name(life, db):
    life.document(db)
    assert erase_case(db, "A1", life.clock.now()) == 1
    assert verify_online(db, life.document(db)).in_force
    with pytest.raises(issue.IssueError, match="not on record"):
        issue.applicants_copy(db, NUMBER, life.clock.now(), SITE)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("赵某", "赵*"),
        ("赵某某", "赵**"),
        ("欧阳某某", "欧***"),
        ("赵", "赵*"),
        ("安澜县便民商店", "安澜***商店"),
        ("Jane Doe", "J*** D***"),
    ],
)
def test_a_masked_name_keeps_what_its_bearer_recognises(name, shown):
    assert masked(name) == shown


def test_addresses_are_no_part_of_a_name():
    assert person_of("赵某 zhao@example.cn") == "赵某"


# -- changed in one character ------------------------------------------------------------------------------------------

CHARACTERS = string.ascii_letters + string.digits + string.punctuation + " 赵\n"


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_certificate_changed_in_one_character_is_refused(sample, data):
    document = data.draw(st.sampled_from(sample[:2])).decode()
    place = data.draw(st.integers(0, len(document) - 1))
    new = data.draw(st.sampled_from(CHARACTERS) | st.just(""))
    insert = data.draw(st.booleans())
    changed = document[:place] + new + document[place + (not insert) :]
    if changed != document:
        assert check(changed.encode(), sample[2]).signature in {"altered", "unknown_key"}


def test_every_place_is_covered(sample):
    own, known = sample[1], sample[2]
    for place in range(len(own)):
        changed = own[:place] + bytes([own[place] ^ 1]) + own[place + 1 :]
        assert check(changed, known).signature != "valid", place


@pytest.mark.parametrize(
    "file", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"certificate":1,"signature":{}}', b"%PDF-1.7"]
)
def test_what_is_no_certificate_is_altered(file):
    assert check(file, []).signature == "altered"


def test_the_same_content_spelt_otherwise_is_another_file(sample):
    document, _, known = sample
    assert check(msgspec.json.format(document), known).signature == "altered"
    assert check(document + b"\n", known).signature == "valid"


# -- status -------------------------------------------------------------------------------------------------------------


def test_in_force_means_genuine_and_valid_on_the_ledger(life, db):
    verdict = verify_online(db, life.document(db))
    assert (verdict.signature, verdict.status, verdict.in_force) == ("valid", "valid", True)
    assert verdict.since == datetime.fromisoformat(read(life.document(db)).certificate.issued_at)


def test_a_superseded_one_says_since_when(life, db):
    document = life.document(db)
    db.commit()
    life.clock.go(DAY)
    life.take(served("A1", MONDAY + 3 * DAY))
    verdict = verify_online(db, document)
    assert (verdict.signature, verdict.status, verdict.in_force) == ("valid", "superseded", False)
    assert verdict.since == life.clock.now()


@pytest.mark.parametrize(
    ("fact", "status"),
    [("consent.revocation_opened", "under_review"), ("consent.revoked", "revoked"), ("case.reopened", "under_review")],
)
def test_what_comes_under_review_or_is_revoked_says_so(life, db, fact, status):
    document = life.document(db)
    db.commit()
    life.take(message("x", fact, "A1", life.clock.at, **({"reason": "听证"} if fact == "consent.revoked" else {})))
    verdict = verify_online(db, document)
    assert (verdict.signature, verdict.status, verdict.in_force) == ("valid", status, False)
    assert verdict.since is not None


def test_a_number_that_is_on_no_ledger_is_unknown(life, db):
    document = life.document(db)
    db.execute("DELETE FROM certificate")
    verdict = verify_online(db, document)
    assert (verdict.signature, verdict.status, verdict.in_force) == ("valid", "unknown", False)
    db.rollback()


def test_the_status_list_names_what_is_no_longer_valid_and_is_signed(life, db):
    assert msgspec.json.decode(status_list(db, life.clock.now()))["list"]["certificates"] == []
    life.take(message("x", "consent.revoked", "A1", life.clock.at))
    found = msgspec.json.decode(status_list(db, life.clock.now()))
    assert [(one["number"], one["status"]) for one in found["list"]["certificates"]] == [(NUMBER, "revoked")]
    assert check(status_list(db, life.clock.now()), keys.all_keys(db)).signature == "altered", "no certificate"


# -- keys ---------------------------------------------------------------------------------------------------------------


def test_offline_the_signature_still_checks_by_any_form_of_the_key(sample):
    document, _, (key,) = sample
    jwk = msgspec.json.encode(as_jwk(key))
    jwks = msgspec.json.encode({"keys": [as_jwk(key)]})
    pem = Ed25519PublicKey.from_public_bytes(key.public).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for content in (jwk, jwks, pem):
        verdict = verify_offline(document, read_keys(content, "key"))
        assert (verdict.signature, verdict.status, verdict.since) == ("valid", "unknown", None)


def test_another_key_does_not_know_it(sample):
    other = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert verify_offline(sample[0], read_keys(other, "key")).signature == "unknown_key"


@pytest.mark.parametrize(
    "content",
    [b"", b"[1]", b"{}", b'{"keys":[1]}', b"-----BEGIN PUBLIC KEY-----\nx", b'{"kty":"OKP","crv":"X25519","x":"AA"}'],
)
def test_a_file_without_a_key_says_what_to_do(content):
    with pytest.raises(KeyFileError, match="key export"):
        read_keys(content, "key.json")


def test_a_rotated_key_signs_no_more_and_still_verifies(life, db):
    document = life.document(db)
    old = keys.signer(db, life.clock.now()).kid
    new = keys.rotate(db, life.clock.now(), "tests")
    assert keys.signer(db, life.clock.now()).kid == new != old
    assert verify_online(db, document).in_force
    assert verify_offline(document, keys.all_keys(db)).signature == "valid"
    assert db.execute("SELECT private_sealed FROM signing_key WHERE kid = %s", (old,)).fetchone() == (None,)


def test_what_a_compromised_key_signed_is_vouched_for_by_our_own_copy_alone(life, db, sample):
    document = life.document(db)
    forged = forgery(db, document)
    keys.rotate(db, life.clock.now(), "tests", compromised=read(document).signature.kid)
    assert verify_offline(document, keys.all_keys(db)).signature == "unknown_key"
    assert verify_online(db, document).in_force
    assert verify_online(db, forged).signature == "altered"


def forgery(db, document):
    """Another grant under the same number, signed with the real key."""
    signer = keys.signer(db, MONDAY)
    one = read(document)
    certificate = msgspec.structs.replace(one.certificate, granted="everything")
    value = signer.sign(signed_bytes(certificate, "Ed25519", signer.kid))
    return write(
        msgspec.structs.replace(
            one, certificate=certificate, signature=msgspec.structs.replace(one.signature, value=value)
        )
    )


def test_only_a_known_key_can_be_reported_as_compromised(life, db):
    with pytest.raises(keys.UnknownKeyError, match="key list"):
        keys.rotate(db, life.clock.now(), "tests", compromised="none")


def test_every_change_of_keys_is_a_line_of_the_ledger(life, db):
    life.document(db)
    keys.rotate(db, life.clock.now(), "tests", compromised=keys.signer(db, life.clock.now()).kid)
    chained = read_stream(db, keys.STREAM)
    assert [line.type for line, _, _ in chained] == ["key.created", "key.compromised", "key.retired", "key.created"]
    assert list(faults_of(chained)) == []
