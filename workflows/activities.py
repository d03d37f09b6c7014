"""The activities workflows call: names and shapes only. The engine implements them (engine/effects/activities.py).

Each does one thing that can be done twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from workflows.contracts import Moment, Proceeding


class Effects(ABC):
    @activity.defn(name="advance_case")
    @abstractmethod
    async def advance_case(self, stream_id: str) -> Moment:
        """Conclude the stream `case:<id>` at the present moment; answer its next one."""

    @activity.defn(name="advance_proceeding")
    @abstractmethod
    async def advance_proceeding(self, proceeding: Proceeding) -> Moment:
        """Conclude the proceeding's docket at the present moment; answer its phase and next moment."""

    @activity.defn(name="advance_filing")
    @abstractmethod
    async def advance_filing(self, stream_id: str) -> Moment:
        """Conclude the stream `filing:<id>` at the present moment; answer its phase and next moment."""

    @activity.defn(name="deliver")
    @abstractmethod
    async def deliver(self, message_id: str) -> str:
        """Send one message; every attempt is recorded. Answers `delivered` or `undeliverable`; raises to be tried again."""

    @activity.defn(name="give_up")
    @abstractmethod
    async def give_up(self, message_id: str) -> None:
        """Record that a message could not be delivered in all the time allowed."""
