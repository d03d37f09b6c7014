"""Fields for any notice, with a text of the test's choice in each place a text can stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from notifications.notices import NOTICES
from notifications.render import Message
from notifications.samples import samples

SHANGHAI = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2026, 11, 23, 16, tzinfo=UTC)
SAMPLE = "示例 sample"


def fields_of(kind: str, text: Callable[[str], str] = lambda name: name, **changes: object) -> dict[str, object]:
    """A full set of fields; `text` is asked for each free text by its field's name."""
    full = next(samples(NOTICES[kind]))
    return {name: _replaced(value, text(name)) for name, value in full.items()} | changes


def _replaced(value: object, text: str) -> object:
    if isinstance(value, msgspec.Struct):
        return {each: _replaced(getattr(value, each), text) for each in value.__struct_fields__}
    if isinstance(value, tuple):
        return tuple(_replaced(each, text) for each in value)
    return text if value == SAMPLE else value


def a_message(subject: str = "【红牌】办件超过承诺时限", text: str = "请立即办理。\n") -> Message:
    return Message(kind="red_card", locale="zh", subject=subject, text=text, html=f"<p>{text}</p>")
