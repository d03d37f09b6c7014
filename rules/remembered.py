"""Questions that many cases ask of one world: answered once for each world, unit and day."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial, update_wrapper
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from rules.world import World

MOST = 65_536  # answers to one question, of one world
P = ParamSpec("P")
T = TypeVar("T")


def remembered(ask: Callable[Concatenate[World, P], T]) -> Callable[Concatenate[World, P], T]:
    """A pure question to a world. Its answers live with the world, which never changes, so that they cannot become stale."""

    def asked(world: World, /, *args: P.args, **kwargs: P.kwargs) -> T:
        answers: Any = world.answers.get(ask)
        if answers is None:
            answers = world.answers[ask] = lru_cache(MOST)(partial(ask, world))
        answer: T = answers(*args, **kwargs)
        return answer

    update_wrapper(asked, ask)
    return asked
