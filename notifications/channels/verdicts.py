"""What a service says in the body of its answer: a code in a table of its own, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from notifications.channels.base import Delivery
from notifications.channels.posting import Answer, by_status, failed, later

# slow: we send too fast. busy: the service's fault. message: it will never take this one. gone: the robot or the group
# is no more. access: our key, signature, keyword or address is refused, which an operator can mend.
Fault = Literal["slow", "busy", "message", "gone", "access"]
_FINAL = frozenset({"message", "gone"})


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A service's codes. `fields` are the names under which it gives the code, `pause` the seconds it wants after `slow`."""

    fields: tuple[str, ...]
    faults: Mapping[int, Fault]
    pause: float
    words: tuple[str, ...] = ("errmsg", "msg", "StatusMessage")


def verdict(answer: Answer, table: Table) -> Delivery:
    """The body decides wherever it holds a code, whatever the status; without one nothing was delivered."""
    body = _object(answer.body)
    code = _code(body, table.fields)
    if code is None:
        return by_status(answer) or later("not_understood", f"{answer.shown} · no code in the answer")
    words = f"{code} {_words(body, table.words)}".strip()
    if code == 0:
        return by_status(answer) or Delivery(result="ok", answer=words, code="0")
    return _faulty(str(code), words, _fault(code, words, table), table, answer)


def _faulty(code: str, words: str, fault: Fault | None, table: Table, answer: Answer) -> Delivery:
    if fault in _FINAL:
        return failed(code, words)
    pause = (answer.retry_after or table.pause) if fault == "slow" else answer.retry_after
    return later(code, words, pause)


def _fault(code: int, words: str, table: Table) -> Fault | None:
    """Some services use one code for a wrong body and for too many requests, and only the words tell."""
    return "slow" if "too many request" in words.lower() else table.faults.get(code)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _code(body: Mapping[str, Any], fields: Iterable[str]) -> int | None:
    """The first code that is not 0 if there are several, since one of them is enough for a failure."""
    codes = [body[name] for name in fields if isinstance(body.get(name), int)]
    return next((code for code in codes if code != 0), 0 if codes else None)


def _words(body: Mapping[str, Any], names: Iterable[str]) -> str:
    found = next((body[name] for name in names if isinstance(body.get(name), str) and body[name]), "")
    return " ".join(found.split())[:200]
