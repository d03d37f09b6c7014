"""`jiannuo channel`, channels in a folder of YAML, and what doctor says of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.channels.preferences import Preferences, Quiet, after_quiet, ways_of
from engine.cli.channel import app
from engine.config import load
from engine.doctor import channels
from engine.provisioning.check import check
from engine.provisioning.folder import ProvisionError, read_folder
from engine.storage.config import Configuration, record_all
from engine.storage.connect import open_owner
from engine.storage.migrate import migrate
from tests.support.county import ZONE, at
from tests.support.services import KEY, Reply, WeComService, running
from tests.support.worlds import MONDAY

BASE = "units: [{id: u, name: 某局}]\nleading_group_office: u\n"


@pytest.fixture
def run(postgres_url, tmp_path, monkeypatch):
    migrate(postgres_url)
    for name, value in {"DATABASE_URL": postgres_url, "JIANNUO_DATA": str(tmp_path), "TEST_ROBOT_KEY": KEY}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("JIANNUO_KEY_FILE", str(tmp_path / "master.key"))
    monkeypatch.setenv("JIANNUO_LOCALE", "en")
    with running(WeComService()) as service:
        url = f"{service.url}/cgi-bin/webhook/send"
        body = {"kind": "wecom", "id": "group", "url": url, "plain_http": True, "key": "env:TEST_ROBOT_KEY"}
        with open_owner(postgres_url) as connection:
            record_all(connection, [Configuration(kind="channel", id="group", body=body)], "tests", MONDAY)
        yield service, lambda *arguments: CliRunner().invoke(app, list(arguments), catch_exceptions=True)


@pytest.mark.postgres
def test_a_test_from_the_command_line_shows_the_answer(run):
    service, command = run
    shown = command("test", "group")
    assert shown.exit_code == 0 and "0 ok" in shown.output
    assert len(service.taken) == 1
    assert "works" in command("list", "-o", "csv").output


@pytest.mark.postgres
def test_a_test_that_is_refused_ends_with_1_and_the_services_words(run):
    service, command = run
    service.always = Reply(200, {"errcode": 93000, "errmsg": "invalid webhook url"})
    shown = command("test", "group")
    assert shown.exit_code == 1 and "93000 invalid webhook url" in str(shown.exception)


@pytest.mark.postgres
def test_a_channel_nobody_configured_names_those_there_are(run):
    _, command = run
    assert "email, group" in str(command("test", "pigeon").exception)


@pytest.mark.postgres
def test_doctor_says_which_secret_is_missing(run, monkeypatch):
    assert channels(load()).level == "ok"
    monkeypatch.delenv("TEST_ROBOT_KEY")
    found = channels(load())
    assert found.level == "warning" and "env:TEST_ROBOT_KEY" in found.found and "channel test group" in found.mend


def folder(place: Path, text: str) -> Path:
    (place / "all.yaml").write_text(BASE + text, encoding="utf-8")
    return place


GOOD = """channels:
- {id: group, kind: wecom, name: 督办群, units: [u], key: "env:WECOM"}
- {id: ding, kind: dingtalk, key: "file:/etc/jiannuo/ding", secret: "env:DING_SIGN"}
- {id: oa, kind: webhook, url: "https://oa.example.test/hooks", secret: "env:OA"}
- id: sms
  kind: sms
  url: https://sms.example.test/send
  headers: {Authorization: "Bearer ${env:SMS}"}
  body: {mobile: "${phone}", content: "${text}"}
  success: {path: code, equals: ["0"]}
"""


def test_channels_come_from_a_folder_of_yaml(tmp_path):
    catalogue = read_folder(folder(tmp_path, GOOD))
    check(catalogue)
    assert [type(one).__name__ for one in catalogue.channels] == [
        "WeComForm",
        "DingTalkForm",
        "WebHookForm",
        "SmsForm",
    ]
    assert [place for one in catalogue.channels for place in one.secrets()] == [
        "env:WECOM",
        "file:/etc/jiannuo/ding",
        "env:DING_SIGN",
        "env:OA",
        "env:SMS",
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{id: a, kind: wecom, key: "693a91f6-secret"}', "key"),
        ('{id: a, kind: webhook, url: "http://oa.example.test", secret: "env:OA"}', "plain_http"),
        ('{id: a, kind: webhook, url: "https://u:p@oa.example.test", secret: "env:OA"}', "url"),
        ('{id: email, kind: wecom, key: "env:A"}', "built in"),
        ('{id: a, kind: wecom, key: "env:A", units: [nowhere]}', "nowhere"),
        ('{id: a, kind: pigeon, key: "env:A"}', "pigeon"),
        (
            '{id: a, kind: sms, url: "https://s.test", body: {to: "${phone}"}, success: {path: c, equals: ["0"]}}',
            "${text} is missing",
        ),
        (
            '{id: a, kind: sms, url: "https://s.test", body: {to: "${phone}${text}${name}"}, success: {path: c, equals: ["0"]}}',
            "${name} is not known",
        ),
    ],
)
def test_a_channel_that_cannot_work_is_refused_with_the_reason(tmp_path, line, words):
    with pytest.raises(ProvisionError) as refused:
        check(read_folder(folder(tmp_path, f"channels:\n- {line}\n")))
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("span", "now", "until"),
    [
        (("22:00", "07:00"), "23:30", "2026-12-02T07:00"),
        (("22:00", "07:00"), "06:59", "2026-12-01T07:00"),
        (("22:00", "07:00"), "07:00", None),
        (("22:00", "07:00"), "21:59", None),
        (("12:00", "14:00"), "12:00", "2026-12-01T14:00"),
        (("12:00", "12:00"), "12:00", None),
    ],
)
def test_quiet_hours_end_at_their_end_in_local_time(span, now, until):
    found = after_quiet(Quiet(start=span[0], end=span[1]), at("2026-12-01", now), ZONE)
    assert (found.strftime("%Y-%m-%dT%H:%M") if found else None) == until


def test_a_level_that_nobody_chose_for_has_the_shipped_channels():
    assert ways_of(Preferences(), "red", []) == ("email",)
    assert ways_of(Preferences(ways={"red": ()}), "red", []) == ()
    assert ways_of(Preferences(ways={"red": ("gone", "email")}), "red", []) == ("email",)
