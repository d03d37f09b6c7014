"""`python -m engine.demo.play`: the simulator as a process of its own, supervised by `jiannuo demo`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from datetime import date
from pathlib import Path

import httpx2
import msgspec

from engine.demo.plan import Plan
from engine.demo.sender import Sender
from engine.demo.simulator import LOOK_EVERY, Simulator
from engine.provisioning.folder import read_folder
from rules.calendar import shipped

_PATIENCE = 10.0


def arguments(address: str, folder: Path, keys: Path, place: Path, begins: date, rate: int) -> list[str]:
    """The command line that starts it."""
    named = {"address": address, "county": folder, "keys": keys, "place": place, "begins": begins, "rate": rate}
    return [
        sys.executable,
        "-m",
        __name__,
        *(text for name, value in named.items() for text in (f"--{name}", str(value))),
    ]


def main(argv: list[str] | None = None) -> int:
    asked = _asked(argv)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _leave(ended))
    plan = Plan(county=read_folder(asked.county), calendar=shipped("CN"), begins=asked.begins, rate=asked.rate)
    keys = msgspec.json.decode(asked.keys.read_bytes(), type=dict[str, str])
    with httpx2.Client(base_url=asked.address, timeout=_PATIENCE) as client:
        simulator = Simulator(plan, Sender(client, keys), asked.place)
        while not ended.wait(LOOK_EVERY):
            simulator.look()
    return 0


def _leave(ended: threading.Event) -> None:
    """At the next look; a wait for an engine that is away ends at once. Nothing is lost: the place is on file."""
    if ended.is_set():
        sys.exit(0)
    ended.set()


def _asked(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="play", description="Play the county: send its facts to an engine.")
    parser.add_argument("--address", required=True, help="of the engine, e.g. http://127.0.0.1:8080")
    parser.add_argument("--county", type=Path, required=True, help="folder of the county's YAML")
    parser.add_argument("--keys", type=Path, required=True, help="API key by source, JSON")
    parser.add_argument("--place", type=Path, required=True, help="where to note how far it has come")
    parser.add_argument("--begins", type=date.fromisoformat, required=True, help="the first day of the demo")
    parser.add_argument("--rate", type=int, default=8, help="new cases a working day")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
