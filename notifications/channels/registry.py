"""The channels of an installation by name. A new channel is a module here and one line where the program is wired."""

from __future__ import annotations

from collections.abc import Iterable

from notifications.channels.base import Channel


class Channels:
    """Fixed at start-up: two channels with one name, or a name nobody serves, are defects."""

    def __init__(self, channels: Iterable[Channel]) -> None:
        self._by_name: dict[str, Channel] = {}
        for channel in channels:
            if channel.name in self._by_name:
                raise ValueError(f"two channels are named {channel.name!r}: rename one in the configuration")
            self._by_name[channel.name] = channel

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    def get(self, name: str) -> Channel:
        if name not in self._by_name:
            raise LookupError(f"no channel {name!r}: configure it, or use one of {', '.join(self.names) or 'none'}")
        return self._by_name[name]
