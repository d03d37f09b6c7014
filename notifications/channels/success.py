"""When an answer of a configurable service is a success: the status, and what the body must say."""

from __future__ import annotations

from typing import Any

import msgspec

from notifications.channels.base import Delivery
from notifications.channels.posting import Answer, by_status, failed, later


class Success(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`path` names a value in the JSON answer (`data.status`, `0.code`); it is `equals` on success.

    `final` lists values after which trying again is useless (a number that does not exist), `slow` those of a rate limit,
    after which nothing is sent for `pause` seconds. `id` is the path of the service's own number of the message.
    """

    path: str
    equals: tuple[str, ...]
    final: tuple[str, ...] = ()
    slow: tuple[str, ...] = ()
    pause: float = 60.0
    id: str | None = None


def judged(answer: Answer, rule: Success | None) -> Delivery:
    """Without a rule 2xx is a success; with one the body says so or it is not."""
    if rule is None:
        return by_status(answer) or Delivery(result="ok", answer=answer.shown, code=f"http_{answer.status}")
    body = _decoded(answer.body)
    said = _text(_at(body, rule.path))
    if said is None:
        return by_status(answer) or later("not_understood", f"{answer.shown} · {rule.path} is not in the answer")
    return (said in rule.equals and by_status(answer)) or _said(said, body, answer, rule)


def _said(said: str, body: object, answer: Answer, rule: Success) -> Delivery:
    if said in rule.equals:
        identity = _text(_at(body, rule.id)) if rule.id else None
        return Delivery(result="ok", answer=answer.shown, code=said, provider_id=identity)
    if said in rule.final:
        return failed(said, answer.shown)
    return later(said, answer.shown, (answer.retry_after or rule.pause) if said in rule.slow else answer.retry_after)


def _decoded(content: bytes) -> object:
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return None


def _at(body: object, path: str) -> object:
    for name in path.split("."):
        body = _step(body, name)
    return body


def _step(body: Any, name: str) -> object:
    if isinstance(body, dict):
        return body.get(name)
    if isinstance(body, list) and name.isdigit() and int(name) < len(body):
        return body[int(name)]
    return None


def _text(value: object) -> str | None:
    """As configuration writes it: 0, true, OK."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None
