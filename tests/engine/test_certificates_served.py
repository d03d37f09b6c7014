"""Certificates for everybody: over HTTP without a key, on the public page, from the command line."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from engine.api.app import create_app
from engine.certificates.verify import verify_online
from engine.cli.main import main
from engine.console.app import console_router
from engine.console.parts import Console
from engine.intake.decide import decide
from engine.storage.world import load_world
from tests.support.certificates import DAY, NUMBER, SITE, silence
from tests.support.worlds import MONDAY, served

pytestmark = pytest.mark.postgres
BASE = "/api/v1/certificates"


@pytest.fixture(scope="module")
def life(postgres_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("vault")
    with silence(postgres_server, folder) as made:
        made.folder = folder
        yield made


@pytest.fixture(scope="module")
def client(life):
    with life.pool.connection() as connection:
        app = create_app(life.pool, life.clock, None, connection.vault, site=SITE)
    console = Console(life.pool, life.clock, None, decide, load_world, site=SITE)
    app.include_router(console_router(console))
    return TestClient(app, base_url="http://county.example")


# -- HTTP ---------------------------------------------------------------------------------------------------------------


def test_anybody_may_ask_for_a_certificate_and_learns_no_name(client):
    answer = client.get(f"{BASE}/{NUMBER}")
    found = answer.json()
    assert (answer.status_code, found["number"], found["status"], found["signature"]) == (200, NUMBER, "valid", "valid")
    assert (found["applicant"], found["for"], found["case_id"]) == ("赵**", "case", "A1")
    assert "赵某某" not in answer.text
    assert client.get(f"{BASE}/{NUMBER}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_document_and_page_can_be_fetched_and_verify(client, life):
    document = client.get(f"{BASE}/{NUMBER}/document")
    page = client.get(f"{BASE}/{NUMBER}/pdf", params={"lang": "en"})
    assert (document.headers["content-type"], page.headers["content-type"]) == ("application/json", "application/pdf")
    assert NUMBER in page.headers["content-disposition"]
    with life.pool.connection() as connection:
        assert verify_online(connection, document.content).in_force
        assert verify_online(connection, page.content).in_force


def test_keys_and_status_list_are_published(client):
    (key,) = client.get(f"{BASE}/keys").json()["keys"]
    assert key["kid"] == client.get(f"{BASE}/{NUMBER}/document").json()["signature"]["kid"]
    assert "d" not in key
    assert client.get(f"{BASE}/status-list").json()["signature"]["kid"] == key["kid"]


@pytest.mark.parametrize("path", ["none", "none/pdf", "none/document"])
def test_a_number_that_is_none_is_not_found(client, path):
    assert client.get(f"{BASE}/{path}").status_code == 404


def test_the_document_says_that_no_key_is_needed(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert paths["/api/v1/certificates/{number}/pdf"]["get"]["security"] == []
    assert paths["/api/v1/cases"]["get"]["security"] != []


# -- the page -----------------------------------------------------------------------------------------------------------


def test_the_public_page_offers_both_files_and_a_box_to_verify_in(client):
    page = client.get(f"/certificates/{NUMBER}").text
    for address in (f"{BASE}/{NUMBER}/pdf?lang=zh", f"{BASE}/{NUMBER}/document"):
        assert address in page
        assert client.get(address).status_code == 200
    assert "赵**" in page
    assert 'enctype="multipart/form-data"' in page


@pytest.mark.parametrize(
    ("locale", "good", "bad"), [("zh", "签名有效", "签名无效"), ("en", "Signature valid", "Signature invalid")]
)
def test_the_box_tells_a_genuine_file_from_an_altered_one(client, locale, good, bad):
    client.cookies.set("jiannuo_language", locale)
    document = client.get(f"{BASE}/{NUMBER}/document").content
    assert good in client.post("/certificates/verify", files={"file": ("c.json", document)}).text
    assert bad in client.post("/certificates/verify", files={"file": ("c.json", document.replace(b"A1", b"A2"))}).text
    assert bad in client.post("/certificates/verify").text


# -- the command line ---------------------------------------------------------------------------------------------------


@pytest.fixture
def run(life, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", life.pool.conninfo)
    monkeypatch.setenv("JIANNUO_KEY_FILE", str(life.folder / "master.key"))
    monkeypatch.setenv("JIANNUO_PUBLIC_URL", SITE)
    monkeypatch.setenv("JIANNUO_LOCALE", "en")

    def command(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["certificate", *map(str, arguments)])
        told = capsys.readouterr()
        return ended.value.code, told.out, told.err

    return command


def test_a_number_and_a_file_are_verified_against_the_ledger(run, tmp_path):
    code, out, _ = run("verify", NUMBER, "-o", "json")
    verdict = json.loads(out)
    assert (code, verdict["signature"], verdict["status"]) == (0, "valid", "valid")
    assert verdict["since"]
    file = tmp_path / "c.json"
    file.write_text(run("show", NUMBER)[1], "utf-8")
    assert run("verify", file)[0] == 0
    assert "in force" in run("verify", file)[1]


def test_offline_the_signature_alone_decides(run, tmp_path, monkeypatch):
    file, key, page = tmp_path / "c.json", tmp_path / "keys.json", tmp_path / "c.pdf"
    file.write_text(run("show", NUMBER, "--applicant")[1], "utf-8")
    key.write_text(run("key", "export")[1])
    assert run("show", NUMBER, "--pdf", page, "--lang", "zh")[0] == 0
    monkeypatch.delenv("DATABASE_URL")
    for one in (file, page):
        code, out, _ = run("verify", one, "--offline", "--key", key, "-o", "json")
        assert (code, json.loads(out)) == (
            0,
            {"signature": "valid", "status": "unknown", "since": None, "number": NUMBER},
        )
    changed = tmp_path / "changed.json"
    changed.write_text(file.read_text("utf-8").replace("赵某某", "钱某某"), "utf-8")
    code, out, _ = run("verify", changed, "--offline", "--key", key, "-o", "json")
    assert (code, json.loads(out)["signature"]) == (1, "altered")


def test_the_applicants_copy_holds_the_name_and_leaves_a_trace(run):
    code, out, err = run("show", NUMBER, "--applicant")
    assert code == 0
    assert json.loads(out)["disclosed"]["applicant"] == "赵某某"
    assert "applicant_disclosed" in err
    assert "赵某某" not in err


@pytest.mark.parametrize("arguments", [("verify", NUMBER, "--offline"), ("verify", NUMBER, "--key", "k")])
def test_offline_and_key_go_together(run, arguments):
    assert run(*arguments)[0] == 2


@pytest.mark.parametrize("command", ["verify", "show"])
def test_an_unknown_number_is_told(run, command):
    code, _, err = run(command, "MX-none")
    assert (code, "no file and no certificate" in err) == (1, True)


def test_rotation_is_listed(run):
    before = run("key", "list")[1]
    assert run("key", "rotate")[0] == 0
    after = run("key", "list")[1]
    assert (before.count("in force"), after.count("in force"), after.count("retired")) == (1, 1, 1)
    assert len(json.loads(run("key", "list", "-o", "json")[1])) == 2
    assert run("verify", NUMBER)[0] == 0


def test_a_superseded_one_is_refused_and_says_since_when(run, life):
    life.clock.go(DAY)
    life.take(served("A1", MONDAY + 3 * DAY))
    code, out, _ = run("verify", NUMBER, "-o", "json")
    assert code == 1
    assert json.loads(out) == {
        "signature": "valid", "status": "superseded", "since": life.clock.now().isoformat(), "number": NUMBER
    }  # fmt: skip
