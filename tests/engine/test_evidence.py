"""A referred matter leaves with a sealed package: hashed, signed, its receipt on record; a changed byte is found."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.certificates.keys import all_keys
from engine.certificates.signing import PublicKey, as_jwk, fingerprint, public_of, sign
from engine.evidence.package import About, archive, package
from engine.evidence.verify import verify
from tests.support.county import CASE, a_county, at, command_line, undecided

SEED = bytes(range(32))
KEY = PublicKey(kid=fingerprint(public_of(SEED)), alg="Ed25519", public=public_of(SEED))
ABOUT = About(case="A", to="监委", made_at=at("2026-03-02"), made_by="sun")
FILES = {"ledger/case~3aA.jsonl": b'{"line":1}\n', "words.jsonl": b"{}\n", "record.json": b"{}"}


def made(files=FILES, about=ABOUT) -> bytes:
    return package(files, about, KEY, lambda content: sign(SEED, content))


CONTENT = made()


def test_the_same_content_gives_the_same_bytes_and_holds():
    assert made() == CONTENT and verify(CONTENT, [KEY]).holds
    assert verify(CONTENT, [KEY]).about == ABOUT


@settings(max_examples=600, deadline=None)
@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 255))
def test_one_changed_byte_anywhere_is_found(place, change):
    changed = bytearray(CONTENT)
    changed[place] ^= change
    assert not verify(bytes(changed), [KEY]).holds


@pytest.mark.parametrize("path", FILES)
def test_a_file_that_was_changed_taken_out_or_put_in_is_named(path):
    files = {
        i.filename: zipfile.ZipFile(io.BytesIO(CONTENT)).read(i)
        for i in zipfile.ZipFile(io.BytesIO(CONTENT)).infolist()
    }
    assert verify(archive({**files, path: b"other"}), [KEY]).faults == (path,)
    assert verify(archive({n: c for n, c in files.items() if n != path}), [KEY]).faults == (path,)
    assert verify(archive({**files, "more.txt": b"x"}), [KEY]).faults == ("more.txt",)


def test_a_key_that_lies_in_the_package_is_not_trusted_for_that():
    assert verify(CONTENT, []).signature == "unknown_key"
    assert verify(b"no archive", [KEY]).signature == "altered"


# -- from a case --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def life(postgres_server):
    with a_county(postgres_server, at("2026-03-02", "08:00")) as made:
        undecided(made)
        yield made


@pytest.fixture
def run(life, monkeypatch, capsys):
    return command_line(life, monkeypatch, capsys)


@pytest.mark.postgres
def test_a_referred_case_is_sealed_verified_and_its_sealing_is_on_the_ledger(life, run, tmp_path):
    file, keys = tmp_path / "package.zip", tmp_path / "keys.json"
    assert (
        run("evidence", "seal", CASE, str(file), "--actor", "inspection-you")[0] == 1
    )  # not referred, and no body named
    life.happen(at("2026-04-20", "10:00"), "case.referred", CASE, to="county-supervision", why="涉嫌受贿")
    code, said, _ = run("evidence", "seal", CASE, str(file), "--actor", "inspection-you")
    assert code == 0 and oct(file.stat().st_mode)[-3:] == "600"
    with life.pool.connection() as db:
        keys.write_text(json.dumps({"keys": [as_jwk(key) for key in all_keys(db)]}))
        ((body,),) = db.execute("SELECT body FROM entry WHERE type = 'evidence.sealed'").fetchall()
    assert json.loads(body)["data"]["sha256"] in said
    assert run("evidence", "verify", str(file), "--key", str(keys), "-o", "json")[0] == 0
    assert run("evidence", "verify", str(file))[0] == 0
    archive_ = zipfile.ZipFile(file)
    assert json.loads(archive_.read("manifest.json"))["about"]["to"] == "county-supervision"
    assert (
        "涉嫌受贿" in archive_.read("words.jsonl").decode()
        and "涉嫌受贿" not in archive_.read(f"ledger/case~3a{CASE}.jsonl").decode()
    )
    assert json.loads(archive_.read("record.json"))["alerts"]
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(bytes(damaged))
    code, said, _ = run("evidence", "verify", str(file), "--key", str(keys), "-o", "json")
    assert code == 1 and json.loads(said)["faults"]


@pytest.mark.postgres
def test_only_who_may_refer_seals(run, tmp_path):
    code, _, error = run("evidence", "seal", CASE, str(tmp_path / "p.zip"), "--actor", "urban-head")
    assert code == 1 and "forbidden" in error and not (tmp_path / "p.zip").exists()
