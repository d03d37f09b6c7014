"""`jiannuo user`: made, listed, given another password; a mistake says what to do."""

from __future__ import annotations

import psycopg
import pytest
from typer.testing import CliRunner

from engine.bootstrap import migrate
from engine.cli.user import app
from engine.console.auth import check_password, start_session
from engine.errors import OperatorError

pytestmark = pytest.mark.postgres


@pytest.fixture
def run(postgres_url, tmp_path, monkeypatch):
    migrate(postgres_url)
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    monkeypatch.setenv("JIANNUO_DATA", str(tmp_path))
    monkeypatch.setenv("JIANNUO_KEY_FILE", str(tmp_path / "master.key"))

    def command(*arguments: str, typed: str = ""):
        return CliRunner().invoke(app, list(arguments), input=typed, catch_exceptions=True)

    return command


def test_a_new_user_may_sign_in_and_is_listed(run, postgres_url):
    assert run("add", "ops", "--role", "operator", typed="a long password\n").exit_code == 0
    with psycopg.connect(postgres_url) as connection:
        assert check_password(connection, "ops", "a long password")
        assert not check_password(connection, "ops", "another one")
    assert "operator" in run("list").output


def test_a_new_password_ends_the_sessions_of_the_old_one(run, postgres_url):
    run("add", "ops", "--role", "operator", typed="a long password\n")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        start_session(connection, "ops")
        assert run("passwd", "ops", typed="another password\n").exit_code == 0
        assert connection.execute("SELECT count(*) FROM login_session").fetchone() == (0,)
        assert check_password(connection, "ops", "another password")


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        (("add", "x", "--role", "king"), "a long password\n"),
        (("add", "x", "--role", "officer", "--unit", "nowhere"), "a long password\n"),
        (("add", "x", "--role", "officer", "--person", "nobody"), "a long password\n"),
        (("add", "x", "--role", "officer"), "short\n"),
        (("passwd", "nobody"), "a long password\n"),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(run, postgres_url, arguments, typed):
    assert isinstance(run(*arguments, typed=typed).exception, OperatorError)
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM app_user").fetchone() == (0,)
