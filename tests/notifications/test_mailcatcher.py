from __future__ import annotations

import json
import signal
import smtplib
import stat
import subprocess
import sys

import pytest

from engine.embedded.mailcatcher import MESSAGE_BYTES, Box, list_mail, read_mail

PLAIN = b"From: a@b.test\r\nTo: c@d.test\r\nSubject: %d\r\n\r\nhello %d\r\n"


@pytest.fixture
def running(tmp_path):
    command = [sys.executable, "-m", "engine.embedded.mailcatcher", "--folder", str(tmp_path / "mail"), "--keep", "3"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process, json.loads(process.stdout.readline())["listening"]
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_the_process_takes_mail_keeps_the_newest_and_ends_when_told(tmp_path, running):
    process, port = running
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        for number in range(5):
            client.sendmail("a@b.test", ["c@d.test"], PLAIN % (number, number))
    assert [each.subject for each in list_mail(tmp_path / "mail")] == ["4", "3", "2"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


def test_a_mail_that_is_too_big_is_refused(tmp_path, running):
    with smtplib.SMTP("127.0.0.1", running[1], timeout=20) as client, pytest.raises(smtplib.SMTPException):
        client.sendmail("a@b.test", ["c@d.test"], b"Subject: big\r\n\r\n" + b"x" * 70 * (MESSAGE_BYTES // 70 + 1))
    assert list_mail(tmp_path / "mail") == ()


def test_the_list_is_newest_first_limited_and_can_be_for_one_address(tmp_path):
    box = Box(tmp_path)
    for number in range(4):
        box.keep(PLAIN % (number, number))
    box.keep((PLAIN % (9, 9)).replace(b"c@d.test", b"e@f.test"))
    assert [each.subject for each in list_mail(tmp_path, limit=2)] == ["9", "3"]
    assert [each.subject for each in list_mail(tmp_path, limit=2, to="c@d.test")] == ["3", "2"]


def test_an_id_is_never_a_path(tmp_path):
    (tmp_path / "secret.eml").write_bytes(PLAIN % (1, 1))
    folder = tmp_path / "mail"
    Box(folder)
    assert read_mail(folder, "../secret") is None
    assert read_mail(folder, "0" * 20) is None
    assert list_mail(tmp_path) == ()
    assert list_mail(tmp_path / "not-there") == ()


def test_what_a_kill_cut_off_is_swept_away_at_the_next_start(tmp_path):
    (tmp_path / "1.part").write_bytes(b"half")
    kept = Box(tmp_path).keep(PLAIN % (1, 1))
    assert [path.name for path in tmp_path.iterdir()] == [f"{kept}.eml"]


def test_only_the_owner_reads_the_mail(tmp_path):
    name = Box(tmp_path / "mail").keep(PLAIN % (1, 1))
    assert stat.S_IMODE((tmp_path / "mail" / f"{name}.eml").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe not a mail", b"Date: yesterday\r\nSubject: =?utf-8?b?!!?=\r\n\r\n"]
)
def test_a_malformed_mail_is_listed_and_read(tmp_path, content):
    name = Box(tmp_path).keep(content)
    assert [each.id for each in list_mail(tmp_path)] == [name]
    assert read_mail(tmp_path, name) is not None
