"""Scenarios of the kit: a story, messages that tell it rightly, and what follows from them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from engine.api.cloudevents import PREFIX
from engine.errors import OperatorError

_HERE = files("engine.conformance")
SOURCE, CASE = "hall", "A"


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people do in the sending system, and when (local time of the office)."""

    at: str
    zh: str
    en: str


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What follows. `due`: the last day of each clock; lists are of codes, sorted, each once; `breaches` are clocks with a standing breach."""

    status: str
    due: dict[str, str]
    outcome: str | None = None
    legal_at: str | None = None
    breaches: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    repeats: int = 0


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message of the story, without what is the same in all of them."""

    type: str
    time: str
    item: str | None = None
    reportedat: str | None = None
    actor: str | None = None
    basis: str | None = None
    id: str | None = None
    data: dict[str, Any] = {}


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`until`: when one looks at the result."""

    id: str
    zh: str
    en: str
    story: tuple[Step, ...]
    messages: tuple[Told, ...]
    until: str
    expect: Outcome

    def lines(self) -> list[bytes]:
        """The messages that are right, each as the CloudEvent a system would send."""
        return [msgspec.json.encode(self._event(number, told)) for number, told in enumerate(self.messages, 1)]

    def _event(self, number: int, told: Told) -> dict[str, Any]:
        given = {name: value for name, value in msgspec.structs.asdict(told).items() if value}
        base = {"specversion": "1.0", "id": f"{self.id}-{number}", "source": SOURCE, "subject": CASE}
        return {**base, **given, "type": PREFIX + told.type}


@cache
def world() -> dict[str, Any]:
    """The parts of a rehearsal file that all scenarios share."""
    import yaml

    found: dict[str, Any] = yaml.safe_load(_HERE.joinpath("world.yaml").read_text("utf-8"))
    return found


@cache
def scenarios() -> tuple[Scenario, ...]:
    """All of the kit, in the order of their ids."""
    found = [path for path in _HERE.joinpath("scenarios").iterdir() if path.name.endswith(".yaml")]
    return tuple(
        msgspec.yaml.decode(path.read_bytes(), type=Scenario) for path in sorted(found, key=lambda path: path.name)
    )


def scenario(id_: str) -> Scenario:
    """Raises OperatorError for an id that the kit does not have."""
    for one in scenarios():
        if one.id == id_:
            return one
    raise OperatorError(
        f"没有情景 {id_!r}，见 jiannuo conformance list · no scenario {id_!r}; see jiannuo conformance list"
    )
