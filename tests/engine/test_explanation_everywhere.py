"""The console, the API, the command line and its JSON give the same account of a date, to the letter."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import tempfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from engine.api import keys
from engine.api.app import create_app
from engine.api.pace import Pace
from engine.cli.case import app as case_command
from engine.intake.group import GroupCommit
from engine.vault.master import open_master
from tests.support import servers
from tests.support.county import app, at, county
from tests.support.pages import sign_in

pytestmark = pytest.mark.postgres
CASE, ITEM = "AL-2026-0001", "PL-01"


@pytest.fixture(scope="module")
def life(postgres_server):
    """A case over Spring Festival, stopped for an expert review and moved by an extension."""
    with (
        servers.fresh_database(postgres_server) as url,
        tempfile.TemporaryDirectory() as folder,
        county(url, Path(folder), at("2026-02-02", "08:00")) as made,
    ):
        made.folder = Path(folder)
        made.happen(at("2026-02-09", "09:00"), "application.accepted", CASE, item=ITEM, applicant="赵某")
        made.happen(
            at("2026-02-10", "09:30"), "clock.suspended", CASE, reason="expert_review", notified_at="2026-02-10"
        )
        made.happen(at("2026-02-12", "10:00"), "clock.resumed", CASE, reason="expert_review")
        made.wait_until(at("2026-02-13"))
        yield made


@pytest.fixture(scope="module")
def over_http(life):
    group = GroupCommit(life.pool, life.clock)
    with life.pool.connection() as connection:
        key = keys.issue(connection, "hall", life.clock.now())
    vault = open_master(life.folder / "master.key")
    with TestClient(create_app(life.pool, life.clock, group, vault, pace=Pace(1000, 10_000))) as client:
        yield lambda **asked: client.get(
            f"/api/v1/cases/{CASE}/explanation", params=asked, headers={"X-API-Key": key}
        ).json()
    group.close()


@pytest.fixture
def printed(life, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", life.pool.conninfo)
    monkeypatch.setenv("JIANNUO_KEY_FILE", str(life.folder / "master.key"))

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(case_command, ["explain", CASE, *arguments])
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def shown(life, locale: str) -> list[list[str]]:
    """What the console's page has for each clock: heading and notes, days, ending."""
    text = sign_in(app(life), "inspector", locale).get(f"/cases/{CASE}").text
    return [
        list(_read(part))
        for part in re.findall(r"<details[^>]*><summary>.*?</details>", text, re.DOTALL)
        if "<tbody>" in part
    ]


def _read(part: str):
    before, table, after = re.fullmatch(
        r".*?<p>([^<]*(?:<br>[^<]*)*)</p>\s*<div.*?<tbody>(.*)</tbody>.*?<p>(.*?)</p>.*", part, re.DOTALL
    ).groups()
    yield from map(html.unescape, before.split("<br>"))
    yield from (
        tuple(map(html.unescape, cells))
        for cells in re.findall(r"<tr><td[^>]*>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>", table)
    )
    yield from map(html.unescape, after.split("<br>"))


JOINED = {"zh": ("{}：{}", "{}：{}（{}）"), "en": ("{}: {}", "{}: {} ({})")}


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_all_four_give_the_same_lines(life, over_http, printed, locale):
    plain, because = JOINED[locale]
    page = [
        [line if isinstance(line, str) else (because if line[2] else plain).format(*line) for line in clock]
        for clock in shown(life, locale)
    ]
    answered = [clock["lines"] for clock in over_http(lang=locale)["clocks"].values()]
    assert page == answered
    assert len(answered) == 2
    assert len(answered[0]) > 10
    assert printed("--lang", locale) == "\n\n".join("\n".join(lines) for lines in answered) + "\n"
    assert json.loads(printed("--lang", locale, "-o", "json")) == over_http(lang=locale)


def test_the_days_as_a_table_of_their_own_have_the_same_text(over_http, printed):
    rows = list(csv.DictReader(io.StringIO(printed("--lang", "zh", "-o", "csv"))))
    clocks = over_http(lang="zh")["clocks"]
    assert [row["text"] for row in rows] == [day["text"] for clock in clocks.values() for day in clock["days"]]


def test_as_known_is_the_same_everywhere(over_http, printed):
    """Before the clock was resumed nobody knew when it would end."""
    then = "2026-02-11T09:00:00+08:00"
    found = over_http(lang="zh", as_known=then)
    assert found["clocks"]["committed"]["stands"]
    assert json.loads(printed("--lang", "zh", "--as-known", then, "-o", "json"))["clocks"] == found["clocks"]
    assert found["clocks"]["committed"]["lines"][-1] == "以上按2026年2月11日 周三 09:00:00时所知。"
    assert over_http(as_known="2026-02-01T00:00:00+08:00")["known"] is False
