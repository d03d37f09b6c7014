"""The watch over parts, with small real processes."""

import os
import signal
import sys

import pytest

from engine.embedded.datadir import DataFolder
from engine.embedded.process import identify, is_running, wait_until
from engine.supervisor.watch import Part, StartError, Watch

_WAIT = "import signal; signal.pause()"
_DEAF = f"""
import signal, pathlib, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
{_WAIT}
"""
_TELLS = """
import signal, sys, time
def tell(line):
    with open(sys.argv[1], "a") as file:
        file.write(line + chr(10))
def end(*_):
    time.sleep(0.2)
    tell(sys.argv[2])
    sys.exit()
signal.signal(signal.SIGTERM, end)
tell("armed")
signal.pause()
"""
_LEAVES_A_CHILD = """
import pathlib, signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[2]])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
signal.pause()
"""


def part(name, code, *arguments, stage=1, **more):
    return Part(name=name, stage=stage, argv=[sys.executable, "-c", code, *arguments], **more)


@pytest.fixture
def said():
    return []


@pytest.fixture
def watch(tmp_path, said):
    data = DataFolder(tmp_path / "data")
    with data.lock():
        data.prepare(None)
        made = Watch(data, said.append)
        made.data = data
        made.announce("", {})
        yield made
        made.stop()


def run_in_turns(watch, condition, seconds=20.0):
    """Let the watch look after its children until the condition holds."""
    assert wait_until(lambda: watch.turn() or condition(), seconds)


def test_a_part_that_dies_is_started_at_once_and_then_with_growing_pauses(watch, said):
    watch.start(part("brief", "raise SystemExit(3)"))
    run_in_turns(watch, lambda: len(said) == 3)
    assert [line.partition("，")[2].split(" 秒")[0] for line in said] == ["0", "0.5", "1"]
    assert all("（3）" in line for line in said)


def test_a_part_that_ends_before_it_is_ready_is_a_start_error_with_the_end_of_its_log(watch):
    with pytest.raises(StartError, match="no such table"):
        watch.start(part("api", "print('no such table'); raise SystemExit(1)", ready=lambda _: False))


def test_a_part_that_never_becomes_ready_is_given_up_at_its_bound(watch):
    with pytest.raises(StartError, match="not ready in 0 s"):
        watch.start(part("api", _WAIT, ready=lambda _: False, ready_seconds=0.3))


def test_a_step_that_fails_stops_the_start(watch):
    watch.run_once(part("migrate", "pass"))
    with pytest.raises(StartError, match="exit 5"):
        watch.run_once(part("migrate", "raise SystemExit(5)"))


def test_dependents_are_stopped_before_what_they_depend_on(watch, tmp_path):
    order = tmp_path / "order"
    order.touch()
    ready = {"ready": lambda _: True}
    watch.start(
        part("postgres", _TELLS, str(order), "postgres", stage=0, **ready),
        part("worker", _TELLS, str(order), "worker", **ready),
    )
    assert wait_until(lambda: order.read_text().count("armed") == 2, 20)
    watch.stop()
    assert [line for line in order.read_text().split() if line != "armed"] == ["worker", "postgres"]


def test_a_part_deaf_to_sigterm_is_ended_by_force_at_its_bound(watch, tmp_path):
    armed = tmp_path / "armed"
    watch.start(part("deaf", _DEAF, str(armed), stop_steps=((signal.SIGTERM, 0.3),), ready=lambda _: armed.exists()))
    child = watch.data.runtime().children["deaf"]
    watch.stop()
    assert not is_running(child)


def test_what_a_dead_part_left_in_its_group_dies_with_it(watch, tmp_path, said):
    file = tmp_path / "pid"
    watch.start(part("parent", _LEAVES_A_CHILD, str(file), _WAIT))
    assert wait_until(lambda: file.exists() and file.read_text().isdigit(), 20)
    grandchild = identify(int(file.read_text()))
    os.kill(watch.data.runtime().children["parent"].pid, signal.SIGKILL)
    run_in_turns(watch, lambda: said)
    assert wait_until(lambda: not is_running(grandchild), 20)
