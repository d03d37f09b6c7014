"""The page of reconciliations, and the figures of the last one for the monitoring."""

import pytest
from starlette.testclient import TestClient

from engine.api.health import Meters, routes
from engine.reconcile.reconciler import reconcile
from engine.storage.connect import open_owner
from tests.engine.test_console import sign_in
from tests.support.county import a_county, app, at

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def life(postgres_server):
    with a_county(postgres_server, at("2026-02-02", "08:00")) as made:
        with made.pool.connection() as connection:
            item = connection.execute(
                "SELECT id FROM config_entry WHERE kind = 'item' AND body ? 'committed_limit' AND body ->> 'unit' = 'planning' LIMIT 1"
            ).fetchone()[0]
        made.happen(at("2026-02-03"), "application.accepted", "AL-1", item=item.partition("/")[0].partition("@")[0])
        yield made


def ran(life, *, repair=True):
    return reconcile(life.pool, life.clock, None, repair=repair, started_by="command")


def test_before_the_first_run_the_page_says_so(life):
    said = sign_in(app(life), "inspector").get("/reconciliation")
    assert said.status_code == 200
    assert "尚未对过账" in said.text


def test_operators_read_what_was_found_where_and_what_became_of_it(life):
    with open_owner(life.pool.conninfo) as connection:
        connection.execute("UPDATE case_file SET holder = '<nobody>'")
    left, mended = ran(life, repair=False), ran(life)
    inspector = sign_in(app(life), "inspector", locale="en")
    said = inspector.get("/reconciliation").text
    assert "1 differences, 1 put right, 0 left to people" in said
    assert "rewritten from the ledger" in said
    assert "&lt;nobody&gt;" in said and "/cases/AL-1" in said
    assert f"/reconciliation?run={left.id}" in said and f"/reconciliation?run={mended.id}" in said
    assert "not put right: please look" in inspector.get(f"/reconciliation?run={left.id}").text
    assert inspector.get("/reconciliation?run=none").status_code == 404


def test_whoever_has_nothing_to_do_with_operation_does_not_see_it(life):
    officer = sign_in(app(life), "officer")
    assert officer.get("/reconciliation").status_code == 403
    assert "/reconciliation" not in officer.get("/today").text


def test_the_last_result_stands_among_the_figures(life):
    ran(life)
    from fastapi import FastAPI

    application = FastAPI()
    application.include_router(routes(life.pool, Meters()))
    said = TestClient(application).get("/metrics").text
    assert 'jiannuo_reconciled{what="found"} 0.0' in said
    assert 'jiannuo_reconciled{what="dates_compared"} 2.0' in said
    assert 'jiannuo_reconciled{what="ended_at"}' in said
