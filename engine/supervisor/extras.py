"""What a special kind of installation (the demo) adds to the usual start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.config import Settings
from engine.embedded.datadir import DataFolder
from engine.supervisor.watch import Part


class Extras(Protocol):
    """Called in this order, once per start."""

    def furnished(self, settings: Settings) -> Settings:
        """The settings every part gets, all addresses known."""

    def prepare(self, settings: Settings) -> None:
        """The database is migrated; no part of the engine runs yet."""

    def parts(self, settings: Settings) -> Sequence[Part]:
        """Processes to supervise beside the engine's, started after them."""

    def begin(self, settings: Settings) -> None:
        """Everything runs."""

    def greeting(self, settings: Settings, data: DataFolder) -> Sequence[str]:
        """What is printed in place of the usual lines."""
