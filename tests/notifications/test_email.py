from __future__ import annotations

import asyncio
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from pathlib import Path

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.embedded.mailcatcher import Box, list_mail, read_mail, serve
from notifications.channels.base import Delivery
from notifications.channels.email import Email, EmailSettings, classify
from notifications.channels.mail_message import mail, message_id
from notifications.render import Message, render
from tests.notifications.builders import MIDNIGHT, SHANGHAI, a_message, fields_of
from tests.notifications.smtp_server import GONE, SILENT, scripted


def channel(port: int, **changes: object) -> Email:
    given = {"host": "127.0.0.1", "port": port, "sender": "notice@county.test", "tls": "none", "timeout": 10.0}
    return Email(EmailSettings(**(given | {"sender_name": "某县行政权力监察系统"} | changes)), now=lambda: MIDNIGHT)


async def attempt(port: int, address: str = "zhang@county.test", **changes: object) -> Delivery:
    return await channel(port, **changes).send(a_message(), address, key="rung-1")


async def caught(folder: Path, message: Message, *addresses: str) -> list[Delivery]:
    listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve(folder, ready=listening.set_result))
    sender = channel(await listening)
    answers = [await sender.send(message, address, key=f"rung-1:{address}") for address in addresses]
    server.cancel()
    await asyncio.gather(server, return_exceptions=True)
    return answers


def test_a_notice_arrives_whole_at_the_catcher(tmp_path):
    message = render("red_card", "zh", fields_of("red_card", item_name="建设工程规划许可" * 12), SHANGHAI)
    (answer,) = asyncio.run(caught(tmp_path, message, "zhang@county.test"))
    (listed,) = list_mail(tmp_path)
    read = read_mail(tmp_path, listed.id)
    assert read is not None
    assert (answer.result, answer.provider_id) == ("ok", listed.message_id)
    assert "kept as" in answer.answer
    assert (read.summary.subject, read.summary.to, read.summary.sent_at) == (
        message.subject,
        "zhang@county.test",
        MIDNIGHT,
    )
    assert read.summary.sender == "某县行政权力监察系统 <notice@county.test>"
    assert read.text.replace("\r\n", "\n") == message.text
    assert read.html.replace("\r\n", "\n").strip() == message.html.strip()


def test_what_is_on_the_wire_is_plain_ascii_in_short_lines(tmp_path):
    message = render("red_card", "zh", fields_of("red_card", item_name="建设工程规划许可" * 30), SHANGHAI)
    asyncio.run(caught(tmp_path, message, "zhang@county.test"))
    (path,) = tmp_path.glob("*.eml")
    content = path.read_bytes()
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 78


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("许可审批【红牌】aBP-01:(=?_“”", min_size=1, max_size=40), min_size=1, max_size=12))
def test_a_subject_survives_folding_to_the_last_space(words):
    subject = " ".join(words)
    made = mail(a_message(subject), sender=Address("", addr_spec="a@b.test"), to="a@b.test", key="k", now=MIDNIGHT)
    raw = message_from_bytes(made.as_bytes())["Subject"]
    assert str(make_header(decode_header(raw))).replace("\r\n", "") == subject


def test_a_resend_has_the_same_message_id_and_another_delivery_another():
    assert message_id("a", "county.test") == message_id("a", "county.test")
    assert message_id("a", "county.test") != message_id("b", "county.test")


def test_addresses_in_chinese_are_reached(tmp_path):
    answers = asyncio.run(caught(tmp_path, a_message(), "张某@county.test", "zhang@例子.测试"))
    assert [answer.result for answer in answers] == ["ok", "ok"]
    assert {each.to for each in list_mail(tmp_path)} == {"张某@county.test", "zhang@xn--fsqu00a.xn--0zwm56d"}


@pytest.mark.parametrize(
    "address",
    ["a@b.test\r\nBcc: c@d.test", "a@b.test, c@d.test", "Zhang <a@b.test>", "zhang", "", "a@b..test", "a b@c.test"],
)
def test_an_address_that_is_more_or_less_than_one_address_is_refused(address):
    answer = asyncio.run(attempt(1, address))
    assert answer.result == "failed"
    assert answer.answer.startswith("not a mail")


def test_a_header_cannot_be_continued_from_a_subject():
    answer = asyncio.run(channel(1).send(a_message(subject="a\r\nBcc: c@d.test"), "a@b.test", key="k"))
    assert answer.result == "failed"
    with pytest.raises(ValueError, match="linefeed"):
        mail(a_message("a\nb"), sender=Address("", addr_spec="a@b.test"), to="a@b.test", key="k", now=MIDNIGHT)


@pytest.mark.parametrize(
    ("answers", "result", "words"),
    [
        ({"RCPT": "550 no such user"}, "failed", "550 no such user"),
        ({"RCPT": "450 greylisted"}, "retry_later", "450 greylisted"),
        ({"RCPT": "421 too busy"}, "retry_later", "421 too busy"),
        ({".": "554 looks like spam"}, "failed", "554 looks like spam"),
        ({".": "452 disk full"}, "retry_later", "452 disk full"),
        ({"MAIL": "550 sender unknown"}, "retry_later", "550 sender unknown"),
        ({"MAIL": "552 too big"}, "failed", "552 too big"),
        ({"greeting": "421 closing"}, "retry_later", "421 closing"),
        ({"greeting": "554 no service"}, "retry_later", "554 no service"),
        ({".": GONE}, "retry_later", "SMTPServerDisconnected"),
        ({"greeting": GONE}, "retry_later", "SMTP"),
    ],
)
def test_a_refusal_is_classified_by_whose_fault_it_is_in_the_services_words(answers, result, words):
    async def told() -> Delivery:
        async with scripted(**answers) as port:
            return await attempt(port)

    answer = asyncio.run(told())
    assert answer.result == result
    assert words in answer.answer


@pytest.mark.parametrize("silent", ["greeting", "RCPT", "."])
def test_a_silent_server_costs_no_more_than_the_timeout(silent):
    async def told() -> Delivery:
        async with scripted(**{silent: SILENT}) as port:
            return await attempt(port, timeout=0.3)

    began = time.monotonic()
    answer = asyncio.run(told())
    assert answer.result == "retry_later"
    assert "Timeout" in answer.answer
    assert time.monotonic() - began < 5


def test_a_server_that_is_down_is_tried_again():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        answer = asyncio.run(attempt(taken.getsockname()[1]))
    assert answer.result == "retry_later"
    assert "SMTPConnectError" in answer.answer


def test_a_wrong_password_is_ours_to_mend():
    assert classify(aiosmtplib.SMTPAuthenticationError(535, "bad credentials"))[0] == "retry_later"


def test_an_address_this_server_cannot_write_fails():
    async def told() -> Delivery:
        async with scripted() as port:
            return await attempt(port, "张某@county.test")

    assert asyncio.run(told()).result == "failed"


def test_without_the_tls_that_was_asked_for_nothing_is_sent():
    async def told() -> Delivery:
        async with scripted() as port:
            return await attempt(port, tls="starttls")

    answer = asyncio.run(told())
    assert answer.result == "retry_later"
    assert "STARTTLS" in answer.answer


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_tls_trusts_the_given_authority_and_no_other(tmp_path, tls):
    certificate = self_signed(tmp_path)
    trusting, doubting = asyncio.run(over_tls(tmp_path / "box", certificate, tls))
    assert trusting.result == "ok"
    assert doubting.result == "retry_later"
    assert "certificate" in doubting.answer.lower()
    assert len(list_mail(tmp_path / "box")) == 1


async def over_tls(folder: Path, certificate: Path, tls: str) -> tuple[Delivery, Delivery]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    box, loop = Box(folder), asyncio.get_running_loop()
    upgrade = {"tls_context": context} if tls == "starttls" else {}
    server = await loop.create_server(
        lambda: SMTP(box, hostname="localhost", loop=loop, **upgrade),
        "127.0.0.1",
        0,
        ssl=None if tls == "starttls" else context,
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        trusting = await attempt(port, tls=tls, host="localhost", ca_file=str(certificate))
        return trusting, await attempt(port, tls=tls, host="localhost")


def self_signed(folder: Path) -> Path:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = builder.add_extension(names, critical=True).sign(key, hashes.SHA256())
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_configuration_that_would_leak_or_forge_is_refused_at_the_start():
    with pytest.raises(ValueError, match="needs TLS"):
        channel(25, username="notice", password="secret")
    with pytest.raises(ValueError, match="not a mail address"):
        channel(25, sender="a@b.test\nBcc: c@d.test")
    with pytest.raises(ValueError, match="CR or LF"):
        channel(25, sender_name="a\r\nBcc: c@d.test")
    assert "secret" not in repr(EmailSettings(host="h", port=1, sender="a@b.test", username="u", password="secret"))
