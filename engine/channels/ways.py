"""Which channel a delivery takes: the built-in ones of the settings, or one that is configured."""

from __future__ import annotations

from msgspec import Struct

from engine.channels.book import book
from engine.channels.opening import opened
from engine.storage.connect import Connection
from notifications.channels.base import Channel
from notifications.channels.forms import ChannelForm
from notifications.channels.registry import Channels

SHARED = "channel:"


class Way(Struct, frozen=True, kw_only=True):
    """An opened channel with its pace. `room`: the bytes of text that one message holds, where several may travel as one."""

    channel: Channel
    per_minute: int | None = None
    room: int = 0


def way(connection: Connection, built_in: Channels, name: str) -> Way:
    """LookupError for a name that nobody serves (any more), SecretError where a secret is missing."""
    form = book(connection).get(name)
    return _configured(form) if form else Way(channel=built_in.get(name))


def _configured(form: ChannelForm) -> Way:
    return Way(channel=opened(form), per_minute=form.per_minute, room=form.room if form.together else 0)


def shared_address(channel: str) -> str:
    """The recipient of what a group or another system reads, in place of a person."""
    return f"{SHARED}{channel}"
