"""No statement of a list or page reads a large table from end to end. `python -m bench --only pages` does the same with a million cases."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bench.pages.addresses import ALL, samples
from bench.pages.fill import fill
from bench.pages.plans import WHOLE, Statement, faults, recording
from bench.pages.serving import signed_in
from bench.pages.world import catalogue
from bench.progress import Shown
from engine.bootstrap import create_api, migrate, open_database
from engine.clock import SystemClock
from engine.config import Settings
from engine.provisioning.record import provision
from engine.storage.connect import open_owner
from tests.support import servers

pytestmark = pytest.mark.postgres
CASES, CONNECTIONS, LARGE = 4_000, 4, 400
# Small by nature, whatever the number of cases: who may sign in, what is configured.
SMALL = {"app_user", "login_session", "config_entry", "config_head", "api_key", "channel_state", "source_watermark"}


@pytest.fixture(scope="module")
def filled(postgres_server):
    """A database with so many cases, and its key file."""
    with servers.fresh_database(postgres_server) as url, tempfile.TemporaryDirectory() as folder:
        migrate(url)
        key = Path(folder) / "master.key"
        with open_database(url, key, size=1) as pool, pool.connection() as connection:
            provision(connection, catalogue(), datetime.now(UTC), "test")
        with open_owner(url) as owner:
            fill(owner, CASES, Shown())
        yield url, key


@pytest.fixture(scope="module")
def looked_through(filled):
    """What is wrong, by page; sequential scans are forbidden, so that one is only made where nothing else is possible."""
    url, key = filled
    found = {}
    with open_database(url, key, size=1) as pool, pool.connection() as one:
        headers = signed_in(one)
    with (
        open_database(url, key, size=CONNECTIONS) as pool,
        recording(pool, CONNECTIONS) as heard,
        open_owner(url) as owner,
    ):
        known = samples(owner)
        owner.execute("SET enable_seqscan = off")
        owner.commit()
        settings = Settings(database_url=url, data=key.parent, key_file=key)
        client = TestClient(create_api(settings, pool, SystemClock(), None), base_url="http://plans.example")
        for page in (page for page in ALL if not page.file):
            for who in page.who:
                heard.clear()
                answer = client.get(page.samples(known, 1)[0], headers=headers[who])
                name = f"{page.address} ({who})"
                found[name] = [answer.status_code, *faults(owner, name, list(heard), LARGE)]
    return found


def test_every_page_of_the_bench_opens(looked_through):
    assert {name: said[0] for name, said in looked_through.items() if said[0] != 200} == {}


def test_no_statement_of_a_page_lacks_its_index(looked_through):
    found = [fault for _, *said in looked_through.values() for fault in said if WHOLE in fault.what]
    wrong = [str(fault) for fault in found if fault.table not in SMALL]
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_a_statement_without_an_index_would_be_found(filled):
    url, _ = filled
    with open_owner(url) as owner:
        owner.execute("SET enable_seqscan = off")
        owner.commit()
        bad = [Statement("SELECT case_id FROM case_file WHERE outcome_kind = %s", ("served",))]
        assert [fault.table for fault in faults(owner, "bad", bad, LARGE)] == ["case_file"]
