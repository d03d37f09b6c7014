"""What a person decides at the command line: a fact in that person's name, with that person's rights, through the one door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.cli.texts import pick
from engine.errors import OperatorError

if TYPE_CHECKING:
    from engine.api.acts import Act
    from engine.api.complaining import Complaint
    from engine.api.orders import Order
    from engine.api.paging import Register
    from engine.storage.connect import Connection

SOURCE = "console"
Actor = Annotated[str, typer.Option("--actor", help="以谁的名义，人员编号 · in whose name, by person id")]
Size = Annotated[int, typer.Option("--limit", min=1, max=500, help="最多行数 · rows at most")]


def listed(register: Register, wanted: Mapping[str, str | None], size: int) -> list[dict[str, Any]]:
    """The newest rows of a register that fit what is wanted."""
    from engine.api.paging import page
    from engine.cli.database import opened

    with opened() as (pool, _), pool.connection() as connection:
        return page(connection, register, wanted, None, size).rows


def decided(ordered: Callable[[Connection], Order]) -> None:
    """Records the decision and says so; OperatorError (exit status 1) where the person may not or the rules refuse it."""
    from engine.api.orders import envelope
    from engine.cli.database import opened
    from engine.intake.decide import decide

    with opened() as (pool, clock), pool.connection() as connection, told():
        message = envelope(connection, ordered(connection), SOURCE, clock.now())
        (answer,) = decide(connection, [message], clock)
    if answer.code is not None or answer.outcome != "recorded":
        raise OperatorError(f"{answer.code or answer.outcome}: {answer.message}")
    print(pick(f"已登记：办件 {message.case}", f"recorded: case {message.case}"))


def act(shape: type[Act], **given: Any) -> Act:
    """What was typed, checked as the interface checks it; wrong use (exit status 2) otherwise."""
    from pydantic import ValidationError

    try:
        return shape(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        wrong = error.errors()[0]
        raise typer.BadParameter(f"{wrong['loc'][0]}: {wrong['msg']}") from error


def filing(shape: type[Complaint], **given: str | None) -> None:
    """Files what names no case, and prints the number and the code to follow it with."""
    from pydantic import ValidationError

    from engine.api.complaining import filed, receipt
    from engine.cli.database import opened
    from engine.intake.decide import decide

    try:
        said = shape(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise typer.BadParameter(f"{error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}") from error
    with opened() as (pool, clock), pool.connection() as connection:
        message = filed(connection, said, SOURCE, clock.now())
        (answer,) = decide(connection, [message], clock)
        if answer.code is not None or answer.outcome != "recorded":
            raise OperatorError(f"{answer.code or answer.outcome}: {answer.message}")
        made = receipt(connection, message)
    print(pick(f"已登记：{made['number']} 查询码 {made['code']}", f"recorded: {made['number']} code {made['code']}"))


@contextmanager
def told() -> Iterator[None]:
    """What the interface answers as a problem, as words of the command line."""
    from engine.api.problems import ProblemError

    try:
        yield
    except ProblemError as error:
        raise OperatorError(f"{error} ({error.problem.code})") from error
