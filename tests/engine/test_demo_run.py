"""`jiannuo demo`, as somebody runs it: from an empty folder to a case that has gone all the way, with the worker killed on the way."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import msgspec
import psycopg
import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from engine.demo import clock_row
from engine.demo.logins import PASSWORD
from engine.embedded.datadir import DataFolder
from engine.embedded.running import complete
from tests.support.servers import data_folder

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]
CASE = "AL-20260112-00"


def wait_for(condition: Callable[[], object], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.1)


class Running:
    """A demo that runs, seen from outside."""

    def __init__(self, data: DataFolder) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JIANNUO_")}
        self.data = data
        self.printed = data.root.parent / f"{data.root.name}.out"
        command = [sys.executable, "-m", "engine.cli.main", "demo", "--data", str(data.root)]
        with self.printed.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
        wait_for(lambda: self.process.poll() is not None or "kill -9" in self.said(), 200, "the greeting")
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self.printed.read_text("utf-8")

    @property
    def address(self) -> str:
        return self.data.runtime().address

    def connect(self) -> psycopg.Connection[Any]:
        from engine.config import load

        settings = complete(load({"JIANNUO_DATA": str(self.data.root)})).settings
        return psycopg.connect(settings.database_url, autocommit=True)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)

    def close(self) -> None:
        if self.process.poll() is None:
            self.stop()
        self.printed.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def demo() -> Iterator[Running]:
    with data_folder() as data:
        running = Running(data)
        with running.connect() as database:
            clock_row.set_speed(database, 400)
        yield running
        running.close()


def value(demo: Running, query: str, *values: object) -> Any:
    with demo.connect() as database:
        row = database.execute(query, values).fetchone()
    return row[0] if row else None


def test_the_greeting_names_address_logins_and_the_worker(demo: Running) -> None:
    said = demo.said()
    assert demo.address in said
    assert PASSWORD in said
    assert f"kill -9 {demo.data.runtime().children['worker'].pid}" in said
    assert httpx2.get(f"{demo.address}/signin", timeout=10).status_code == 200


def test_a_case_goes_all_the_way_though_the_worker_is_killed(demo: Running) -> None:
    status = "SELECT status FROM {} WHERE case_id = %s AND {}"
    wait_for(lambda: value(demo, "SELECT 1 FROM case_file WHERE case_id = %s", CASE), 30, "acceptance")
    os.kill(demo.data.runtime().children["worker"].pid, signal.SIGKILL)
    wait_for(lambda: value(demo, "SELECT outcome_kind FROM case_file WHERE case_id = %s", CASE), 60, "consent")
    assert value(demo, "SELECT outcome_kind FROM case_file WHERE case_id = %s", CASE) == "implied_consent"
    wait_for(
        lambda: value(demo, status.format("finding", "kind = 'limit_expired'"), CASE) == "confirmed", 60, "finding"
    )
    wait_for(lambda: value(demo, status.format("proceeding", "true"), CASE), 30, "proceeding")
    assert value(demo, status.format("certificate", "true"), CASE) == "valid"
    assert value(demo, status.format("breach", "clock = 'committed'"), CASE) == "standing"
    assert value(demo, status.format("alert", "level = 'red'"), CASE) == "answered"
    assert (
        value(demo, "SELECT data->>'proposed_measure' FROM proceeding WHERE case_id = %s", CASE)
        == "circulated_criticism"
    )


def test_each_of_its_effects_is_on_the_ledger_once(demo: Running) -> None:
    counted = "SELECT count(*) FROM entry WHERE stream_id = %s AND type = %s"
    for effect in ("warning_raised", "limit_expired", "consent_implied", "red_card", "certificate_issued"):
        assert value(demo, counted, f"case:{CASE}", effect) == 1, effect


def test_its_workflow_is_closed(demo: Running) -> None:
    async def status() -> WorkflowExecutionStatus | None:
        client = await Client.connect(f"127.0.0.1:{demo.data.runtime().ports['temporal']}")
        return (await client.get_workflow_handle(f"case:{CASE}").describe()).status

    wait_for(lambda: asyncio.run(status()) == WorkflowExecutionStatus.COMPLETED, 30, "the end of the workflow")


def test_the_operator_turns_the_clock_on_the_page(demo: Running) -> None:
    with httpx2.Client(base_url=demo.address, follow_redirects=True, timeout=10) as browser:
        guard = browser.get("/signin").text.partition('name="guard" value="')[2].partition('"')[0]
        signed = browser.post("/signin", data={"login": "operator", "password": PASSWORD, "guard": guard})
        csrf = signed.text.partition('name="csrf" value="')[2].partition('"')[0]
        assert browser.post("/demo/clock", data={"do": "pause", "csrf": csrf, "next": "/"}).is_success
    wait_for(lambda: value(demo, "SELECT state->'anchors'->-1->>'speed' FROM clock_state") == "0", 10, "the pause")


def test_it_stops_in_order_and_goes_on_from_there(demo: Running) -> None:
    assert demo.stop() == 0
    again = Running(demo.data)
    try:
        now = msgspec.json.decode(httpx2.get(f"{again.address}/api/v1/demo/clock", timeout=10).content)["now"]
        latest = value(again, "SELECT max(recorded_at) FROM entry WHERE kind = 'fact'").isoformat()
        assert now >= latest, "the clock was paused on its page: it stands where it stood, and never goes back"
        assert value(again, "SELECT count(*) FROM app_user WHERE password_hash <> ''") == 7
    finally:
        again.close()
