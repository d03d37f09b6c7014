"""`jiannuo item`: an entry filed, reviewed, approved and published at the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli.main import main
from engine.storage.connect import open_owner
from tests.rules.lint_examples import an_item
from tests.support.worlds import a_database

pytestmark = pytest.mark.postgres
ENTRY = an_item({"extension": None, "steps": None, "code": "N-01"})
USERS = (("zhang", "unit_editor", "planning"), ("sun", "reviewer", "county"), ("li", "leading_group", None))


@pytest.fixture
def item(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    with a_database(postgres_url, tmp_path) as pool:
        url = pool.conninfo
        with open_owner(url) as connection:
            for login, role, unit in USERS:
                connection.execute(
                    "INSERT INTO app_user (login, person, name, roles, units, password_hash, locale, active, created_at)"
                    " VALUES (%s, %s, '', %s, %s, '', 'zh', true, now())",
                    (login, login, [role], [unit] if unit else []),
                )
        environment = {"DATABASE_URL": url, "JIANNUO_DATA": str(tmp_path), "JIANNUO_LOCALE": "en"}
        environment["JIANNUO_KEY_FILE"] = str(tmp_path / "master.key")
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

        def run(*arguments: str) -> tuple[int, str]:
            with pytest.raises(SystemExit) as ended:
                main(["item", *arguments])
            said = capsys.readouterr()
            return int(ended.value.code or 0), said.out + said.err

        yield run


def test_an_entry_goes_its_whole_way_at_the_command_line(item: Any, tmp_path: Path):
    file = tmp_path / "entry.json"
    file.write_text(
        json.dumps({name: value for name, value in ENTRY.items() if name not in {"version", "effective_from"}})
    )
    status, said = item("file", str(file), "--actor", "zhang")
    assert status == 0, said
    id_ = said.split()[0]
    assert item("submit", id_, "--actor", "zhang")[0] == 0
    for office in ("legal_office", "approval_centre"):
        assert item("review", id_, "--office", office, "--verdict", "agreed", "--actor", "li")[0] == 0
    assert "forbidden" in item("approve", id_, "--actor", "sun")[1] or item("approve", id_, "--actor", "sun")[0] == 1
    assert item("approve", id_, "--actor", "li")[0] == 0
    assert "published" in item("publish", id_, "--actor", "li")[1]
    status, said = item("show", "N-01", "-o", "json")
    assert (status, [one["version"] for one in json.loads(said)]) == (0, [1])
    assert "<definitions" in item("chart", "N-01")[1] and "<svg" in item("chart", "N-01", "--as", "svg")[1]
    assert "published" in item("filings", "--code", "N-01", "-o", "csv")[1]


def test_who_may_not_and_what_the_rules_refuse_ends_with_status_1(item: Any, tmp_path: Path):
    file = tmp_path / "entry.json"
    file.write_text(json.dumps(ENTRY | {"committed_limit": {"amount": 19, "unit": "working_days"}}))
    assert item("file", str(file), "--actor", "sun")[0] == 1
    id_ = item("file", str(file), "--actor", "zhang")[1].split()[0]
    status, said = item("submit", id_, "--actor", "zhang")
    assert status == 1 and "lint_errors: committed_limit" in said
    assert item("show", "nothing")[0] == 1
