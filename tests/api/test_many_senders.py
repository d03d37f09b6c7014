"""Fifty senders over real sockets, in random order and with repeats: one outcome each, as if one had told it in order."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx2
import pytest

pytestmark = pytest.mark.postgres
SENDERS, LIVES = 50, 250
HOUR = timedelta(hours=1)


def a_life(api, case, begun):
    """Four messages; in any other order some of them are parked or refused for a while."""
    told = [
        ("accept", "application.accepted", 0, {"item": "XL-01"}, {}),
        ("stop", "clock.suspended", 1, {}, {"reason": "expert_review"}),
        ("go", "clock.resumed", 3, {}, {"reason": "expert_review"}),
        ("end", "decision.served", 5, {}, {"result": "approved"}),
    ]
    return [
        api.event(f"{case}/{name}", kind, case, time=(begun + hours * HOUR).isoformat(), data=data, **item)
        for name, kind, hours, item, data in told
    ]


def essence(api, prefix):
    """What the cases of one prefix came to, without their names and the moments at which we happened to write it."""
    with api.pool.connection() as connection:
        cases = connection.execute(
            "SELECT substr(case_id, 5), status, due_on, outcome_kind, outcome_status, legal_at, closed_at, holder, level,"
            " replace(view->>'suspensions', %s, ''), jsonb_array_length(view->'refusals') FROM case_file WHERE case_id LIKE %s ORDER BY 1",
            (prefix, f"{prefix}%"),
        ).fetchall()
        findings = connection.execute(
            "SELECT substr(case_id, 5), kind, status FROM finding WHERE case_id LIKE %s ORDER BY 1, 2", (f"{prefix}%",)
        ).fetchall()
        facts = connection.execute(
            "SELECT substr(message_id, 5), count(*) FROM entry WHERE kind = 'fact' AND stream_id LIKE %s GROUP BY 1 ORDER BY 1",
            (f"case:{prefix}%",),
        ).fetchall()
        waiting = connection.execute("SELECT count(*) FROM parked").fetchone()
    return cases, findings, facts, waiting


def test_a_thousand_messages_in_any_order_with_repeats_have_one_outcome_each(api, address):
    begun = api.clock.at
    api.clock.at += 8 * HOUR
    messages = [event for n in range(LIVES) for event in a_life(api, f"any-{n:03}", begun)]
    chance = random.Random(20260302)
    told = chance.sample([*messages, *chance.choices(messages, k=1000)], len(messages) + 1000)
    headers = {"X-API-Key": api.key, "Content-Type": "application/cloudevents+json"}
    url = "http://{}:{}/api/v1/events".format(*address)
    with httpx2.Client(timeout=60, headers=headers) as sender, ThreadPoolExecutor(SENDERS) as threads:
        answers = list(threads.map(lambda event: sender.post(url, json=event), told))
    assert Counter(answer.status_code == 200 for answer in answers) == {False: 1000, True: 1000}
    assert {answer.status_code for answer in answers} <= {200, 201, 202, 409}
    for n in range(LIVES):
        batch = api.post(a_life(api, f"one-{n:03}", begun), media="application/cloudevents-batch+json")
        assert [answer["status"] for answer in batch.json()] == [201] * 4
    assert essence(api, "any-") == essence(api, "one-")
