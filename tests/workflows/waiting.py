"""Waiting for a condition, with a bound."""

import asyncio
import time
from collections.abc import Awaitable, Callable

BOUND = 30.0


async def until(holds: Callable[[], bool | Awaitable[bool]], what: str = "the condition") -> None:
    deadline = time.monotonic() + BOUND
    while True:
        held = holds()
        if held if isinstance(held, bool) else await held:
            return
        assert time.monotonic() < deadline, f"{what} did not come about within {BOUND} s"
        await asyncio.sleep(0.02)
