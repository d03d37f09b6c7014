"""What the API needs of group commit."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from engine.intake.envelope import Answer, Envelope


class Gathering(Protocol):
    """Concurrent single messages share a transaction, each with its own answer."""

    def submit(self, envelope: Envelope) -> Future[Answer]: ...

    def decide(self, envelopes: Sequence[Envelope]) -> list[Answer]:
        """A batch, in a transaction of its own."""
        ...
