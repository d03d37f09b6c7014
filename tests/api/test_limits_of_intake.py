"""What protects intake: the size of a body, the pace of a key, and a clear word when the database is away."""

import socket
import threading
import time
from concurrent.futures import Future

import pytest
from psycopg import DataError, OperationalError
from starlette.testclient import TestClient

from engine.api.app import create_app
from engine.api.pace import Pace


def test_a_body_of_10_mb_is_refused_and_leaves_nothing(api):
    before = api.stored()
    answer = api.post(b'{"data":{"x":"' + b"a" * 10_000_000 + b'"}}')
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert api.stored() == before


def test_a_body_without_a_length_is_refused_while_it_arrives(api, address):
    """The sender goes on for ever; the answer comes after 5 MB, not at an end that never comes."""
    with socket.create_connection(address, timeout=20) as sender:
        sender.sendall(
            b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/cloudevents+json\r\n"
            b"Transfer-Encoding: chunked\r\nX-API-Key: " + api.key.encode() + b"\r\n\r\n"
        )
        sent, answered = 0, threading.Event()

        def go_on() -> None:
            nonlocal sent
            try:
                while sent < 50_000_000 and not answered.is_set():
                    sender.sendall(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
                    sent += 0x10000
            except OSError:
                return  # the server has hung up: what this test wants

        writer = threading.Thread(target=go_on, daemon=True)
        writer.start()
        head = sender.recv(1000)
        answered.set()
        writer.join(20)
    assert head.startswith(b"HTTP/1.1 413")
    assert sent < 20_000_000


def test_a_key_that_sends_too_fast_is_told_when_to_come_again(api):
    app = create_app(api.pool, api.clock, Unreachable(), api.vault, pace=Pace(0.1, 2))
    with TestClient(app) as client:
        answers = [client.post("/api/v1/events", content=b"{}", headers=headers(api.key)) for _ in range(3)]
        other = client.post("/api/v1/events", content=b"{}", headers=headers(api.other_key))
    assert [answer.status_code for answer in answers] == [422, 422, 429]
    assert answers[2].json()["code"] == "too_many_requests"
    assert 1 <= int(answers[2].headers["retry-after"]) <= 10
    assert other.status_code == 422


def headers(key: str) -> dict[str, str]:
    return {"X-API-Key": key, "Content-Type": "application/cloudevents+json"}


def test_a_pace_fills_again_with_time():
    now = 0.0
    pace = Pace(rate=2, burst=2, now=lambda: now)
    assert [pace.wait("k") for _ in range(3)] == [0, 0, 1]
    now = 0.5
    assert [pace.wait("k"), pace.wait("k")] == [0, 1]


class Unreachable:
    """A group commit whose database has just gone away, or which fails in another way."""

    def __init__(self, error: Exception | None = None):
        self.error = error or OperationalError("the connection was closed")

    def submit(self, _):
        future: Future = Future()
        future.set_exception(self.error)
        return future

    def decide(self, _):
        raise self.error


@pytest.mark.parametrize("media", ["application/cloudevents+json", "application/cloudevents-batch+json"])
def test_without_a_database_the_sender_is_told_that_nothing_was_stored(api, media):
    app = create_app(api.pool, api.clock, Unreachable(), api.vault)
    with TestClient(app) as client:
        event = api.event("gone/1", "application.accepted", "gone", item="XL-01")
        sent = [event] if media.endswith("batch+json") else event
        answer = client.post("/api/v1/events", json=sent, headers={**headers(api.key), "Content-Type": media})
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert int(answer.headers["retry-after"]) > 0


def test_the_way_in_answers_errors_as_every_other_address_and_is_timed_under_its_name(api):
    event = api.event("odd/1", "application.accepted", "odd", item="XL-01")
    app = create_app(api.pool, api.clock, Unreachable(DataError("out of range")), api.vault)
    with TestClient(app) as client:
        answer = client.post("/api/v1/events", json=event, headers=headers(api.key))
        asked = client.get("/api/v1/events", headers=headers(api.key))
        timed = client.get("/metrics").text
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert (asked.status_code, asked.json()["code"]) == (405, "method_not_allowed")
    assert 'jiannuo_http_seconds_count{route="/api/v1/events",status="422"} 1.0' in timed
    broken = create_app(api.pool, api.clock, Unreachable(ArithmeticError("a defect")), api.vault)
    with TestClient(broken, raise_server_exceptions=False) as client:
        assert client.post("/api/v1/events", json=event, headers=headers(api.key)).status_code == 500


def test_a_revoked_key_ends_within_seconds(api):
    from engine.api import keys

    moment = time.monotonic()
    found = keys.Keys(api.pool, now=lambda: moment)
    with api.pool.connection() as connection:
        key = keys.issue(connection, "other", api.clock.now())
    assert found.look_up(key) == found.remembered(key)
    with api.pool.connection() as connection:
        assert keys.revoke(connection, keys.digest(key), api.clock.now())
    moment += 6
    assert found.remembered(key) is None
    assert found.look_up(key) is None
