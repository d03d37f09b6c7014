"""The simulator is a sender like any other: it repeats what was not answered, and loses nothing when it is killed."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx2

from engine.demo.events import Event
from engine.demo.plan import Plan
from engine.demo.routes import PATH
from engine.demo.sender import Sender
from engine.demo.simulator import Simulator
from engine.provisioning.folder import read_folder
from rules.calendar import shipped

CN = shipped("CN")
BEGINS = date(2026, 1, 12)
COUNTY = read_folder(Path(__file__).parents[2] / "examples" / "county")
PLAN = Plan(county=COUNTY, calendar=CN, begins=BEGINS, rate=4)
KEYS = {source.id: f"key-of-{source.id}" for source in COUNTY.sources}


class Engine:
    """Answers as the engine would over HTTP; its clock is set by the test."""

    def __init__(self) -> None:
        self.shows = CN.instant(BEGINS, 8 * 60 + 55)
        self.taken: list[dict[str, object]] = []
        self.answer: Callable[[dict[str, object]], httpx2.Response] = lambda _: httpx2.Response(201, json={})

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == PATH:
            return httpx2.Response(200, json={"now": self.shows.isoformat()})
        message = json.loads(request.content)
        assert request.headers["X-API-Key"] == KEYS[str(message["source"])]
        answer = self.answer(message)
        if answer.is_success:
            self.taken.append(message)
        return answer

    def client(self) -> httpx2.Client:
        return httpx2.Client(transport=httpx2.MockTransport(self), base_url="http://engine")


def a_simulator(engine: Engine, folder: Path, waited: list[float] | None = None) -> Simulator:
    waits = [] if waited is None else waited
    return Simulator(PLAN, Sender(engine.client(), KEYS, waits.append), folder / "simulator.json")


def pass_days(simulator: Simulator, engine: Engine, number: int) -> None:
    end = engine.shows + timedelta(days=number)
    while engine.shows < end:
        engine.shows += timedelta(hours=1)
        simulator.look()


def due(until: datetime) -> list[Event]:
    days = [BEGINS + timedelta(days=n) for n in range(60)]
    return [event for day in days for event in PLAN.day(day) if event.sent_at <= until]


def test_everything_due_is_told_once_and_in_order(tmp_path: Path) -> None:
    engine = Engine()
    pass_days(a_simulator(engine, tmp_path), engine, 20)
    planned = due(engine.shows)
    assert sorted(str(m["id"]) for m in engine.taken) == sorted(event.id for event in planned)
    first = {event.id: event.sent_at for event in planned}
    sent = [first[str(message["id"])] for message in engine.taken]
    assert sent == sorted(sent)


def test_a_simulator_that_was_killed_tells_the_rest(tmp_path: Path) -> None:
    engine = Engine()
    for _ in range(8):  # a new one each time, as after kill -9
        pass_days(a_simulator(engine, tmp_path), engine, 2)
    engine.shows += timedelta(days=1)
    a_simulator(engine, tmp_path).look()
    told = [str(message["id"]) for message in engine.taken]
    assert set(told) == {event.id for event in due(engine.shows)}


def test_an_engine_that_is_away_costs_time_and_no_message(tmp_path: Path) -> None:
    engine, waited, failures = Engine(), [], [503, 500, 429]

    def sometimes(_: dict[str, object]) -> httpx2.Response:
        return httpx2.Response(failures.pop()) if failures else httpx2.Response(201, json={})

    engine.answer = sometimes
    pass_days(a_simulator(engine, tmp_path, waited), engine, 1)
    assert len(waited) == 3
    assert {str(m["id"]) for m in engine.taken} == {event.id for event in due(engine.shows)}


def test_a_command_that_comes_too_early_is_given_again_as_a_new_message(tmp_path: Path) -> None:
    engine, refused = Engine(), []

    def not_yet(message: dict[str, object]) -> httpx2.Response:
        if message["type"] == "cn.jiannuo.finding.confirmed" and len(refused) < 2:
            refused.append(message["id"])
            return httpx2.Response(409, json={"code": "unknown_case"})
        return httpx2.Response(201, json={})

    engine.answer = not_yet
    pass_days(a_simulator(engine, tmp_path), engine, 5)
    confirmed = [m["id"] for m in engine.taken if m["type"] == "cn.jiannuo.finding.confirmed"]
    assert refused == ["AL-20260112-00/6", "AL-20260112-00/6~2"]
    assert "AL-20260112-00/6~3" in confirmed


def test_a_refusal_that_stands_is_not_repeated_for_ever(tmp_path: Path) -> None:
    engine = Engine()
    engine.answer = lambda _: httpx2.Response(409, json={"code": "case_closed"})
    simulator = a_simulator(engine, tmp_path)
    pass_days(simulator, engine, 40)
    engine.answer = lambda _: httpx2.Response(201, json={})
    assert engine.taken == []
    assert all(
        event.insist is None or event.insist > engine.shows - timedelta(days=3) for _, _, event in simulator._queue
    )
