"""Keys from the command line: shown once, listed by fingerprint, revoked; what is stored cannot be used to send."""

import re

import pytest

from engine.api.keys import digest
from engine.cli.key import app
from engine.errors import OperatorError


@pytest.fixture
def run(api, monkeypatch, capsys):
    def call(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        try:
            app(args=arguments, prog_name="jiannuo key")
        except SystemExit as ended:
            return int(ended.code or 0), capsys.readouterr().out
        except OperatorError as error:
            return 1, str(error)
        raise AssertionError("a command ends with a status")

    for name, value in (("DATABASE_URL", api.url), ("JIANNUO_KEY_FILE", str(api.key_file)), ("JIANNUO_LOCALE", "en")):
        monkeypatch.setenv(name, value)
    return call


def test_a_key_is_issued_listed_and_revoked(api, run):
    status, shown = run("issue", "other", "--label", "test bench")
    key = re.search(r"key: (jn_\S+)", shown)[1]
    fingerprint = digest(key).hex()[:16]
    assert status == 0
    assert "whsec_" in shown
    assert (
        api.post(api.event("k/1", "application.accepted", "KEY-1", source="other", item="XL-01"), key=key).status_code
        == 201
    )
    status, listed = run("list")
    assert fingerprint in listed
    assert "test bench" in listed
    assert key not in listed
    assert run("revoke", fingerprint)[0] == 0
    assert run("revoke", fingerprint)[0] == 1


def test_a_key_for_nobody_is_refused(run):
    status, shown = run("issue", "nobody")
    assert (status, "not registered" in shown) == (1, True)
