"""The rules alone: a due date, beside a library that counts working days; and the calculator's command."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import holidays
import msgspec

from bench.figures import Part
from bench.progress import Shown
from bench.scale import Scale
from rules.calendar import shipped
from rules.limit import Limit
from rules.profile import shipped_profile
from rules.time_limits import due

_AMOUNTS = (1, 3, 5, 7, 10, 15, 20, 30, 45, 60)
_FIRST, _DAYS = date(2023, 1, 1), 3 * 365
_ROUNDS, _QUESTIONS = 5, 2_000


def kernel(part: Part, scale: Scale, shown: Shown) -> None:
    questions = _questions()
    with shown.doing("due dates, ours and holidays in turn", 2 * _ROUNDS) as step:
        ours, theirs = _rates([_ours(questions), _holidays(questions)], scale.kernel_seconds / _ROUNDS, step)
    part.add("due date, kernel without JSON", ours, "dates/s")
    part.add("holidays.get_nth_working_day", theirs, "dates/s")
    part.add("ratio", ours / theirs, "×", goal=50)
    part.say(
        f"Both answer the same {len(questions)} questions (1 to 60 working days from days of 2023 to 2025, Chinese calendar) in one thread, in turn, "
        f"best of {_ROUNDS} rounds. Ours gives the last day, the instant of expiry and whether it is provisional (`rules.time_limits.due`); the peer gives "
        f"the day alone. Same last day: {_agreement(questions)}."
    )


def limit(part: Part, scale: Scale, shown: Shown) -> None:
    with tempfile.TemporaryDirectory() as folder, shown.doing(f"jiannuo limit, {scale.limit_requests} lines"):
        asked, nothing = Path(folder) / "asked.jsonl", Path(folder) / "nothing.jsonl"
        asked.write_bytes(b"".join(_lines(scale.limit_requests)))
        nothing.touch()
        start = min(_answered(nothing) for _ in range(3))
        seconds = min(_answered(asked) for _ in range(3))
    part.add("jiannuo limit, JSON Lines in and out", scale.limit_requests / seconds, "requests/s", goal=50_000)
    part.add(
        "the same without the start of the process", scale.limit_requests / max(seconds - start, 1e-9), "requests/s"
    )
    part.add("start of the process", start, "s")
    part.say(
        "One process reads a file of `due` questions (by name of calendar and profile, different dates and amounts) and writes an answer a line; best of three."
    )


Question = tuple[date, int]


def _questions() -> list[Question]:
    dice = random.Random(7)
    return [(_FIRST + timedelta(dice.randrange(_DAYS)), dice.choice(_AMOUNTS)) for _ in range(_QUESTIONS)]


def _ours(questions: list[Question]) -> Callable[[], None]:
    calendar, profile = shipped("CN"), shipped_profile("cn-mainland")
    limits = {amount: Limit(amount=amount, unit="working_days") for amount in _AMOUNTS}
    asked = [(limits[amount], day) for day, amount in questions]

    def answer() -> None:
        for amount, day in asked:
            due(amount, day, calendar, profile)

    return answer


def _holidays(questions: list[Question]) -> Callable[[], None]:
    china = holidays.country_holidays("CN", years=range(2023, 2028))

    def answer() -> None:
        for day, amount in questions:
            china.get_nth_working_day(day, amount)

    return answer


def _rates(answers: list[Callable[[], None]], seconds: float, step: Callable[[int], None]) -> list[float]:
    """Questions a second of each, taking turns so that a busy machine slows both."""
    best = [0.0] * len(answers)
    for _ in range(_ROUNDS):
        for place, answer in enumerate(answers):
            best[place] = max(best[place], _rate(answer, seconds))
            step(1)
    return best


def _rate(answer: Callable[[], None], seconds: float) -> float:
    rounds, began = 0, time.perf_counter()
    while (taken := time.perf_counter() - began) < seconds or not rounds:
        answer()
        rounds += 1
    return rounds * _QUESTIONS / taken


def _agreement(questions: list[Question]) -> str:
    calendar, profile = shipped("CN"), shipped_profile("cn-mainland")
    china = holidays.country_holidays("CN", years=range(2023, 2028))
    same = sum(
        due(Limit(amount=n, unit="working_days"), day, calendar, profile).due_on == china.get_nth_working_day(day, n)
        for day, n in questions
    )
    return f"{same / len(questions):.1%}"


def _lines(number: int) -> list[bytes]:
    dice = random.Random(11)
    return [
        msgspec.json.encode(
            {
                "id": index,
                "op": "due",
                "calendar": "CN",
                "profile": "cn-mainland",
                "limit": {"amount": dice.choice(_AMOUNTS), "unit": "working_days"},
                "from": (_FIRST + timedelta(dice.randrange(_DAYS))).isoformat(),
            }
        )
        + b"\n"
        for index in range(number)
    ]


def _answered(file: Path) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-m", "engine.cli.main", "limit", str(file)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began
