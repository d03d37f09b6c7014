"""Facts that concern no case but many: how far a source has reported, and a calendar that comes into force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from engine.calendars.awaken import wake_concluded
from engine.intake.transaction import Transaction
from engine.storage import config
from engine.storage.wakes import wake_all, wake_source
from rules.facts import Fact
from rules.payloads import CalendarImported, Watermark


def take_effect(tx: Transaction, facts: Sequence[Fact]) -> None:
    for fact in facts:
        if isinstance(fact.data, Watermark):
            _watermark(tx, fact.source, datetime.fromisoformat(fact.data.through).astimezone(UTC))
        elif isinstance(fact.data, CalendarImported):
            _calendar(tx, fact.data.version, fact.actor)


def _watermark(tx: Transaction, source: str, through: datetime) -> None:
    tx.connection.execute(
        "INSERT INTO source_watermark AS w (source, through, recorded_at) VALUES (%s, %s, %s)"
        " ON CONFLICT (source) DO UPDATE SET through = greatest(w.through, EXCLUDED.through), recorded_at = EXCLUDED.recorded_at",
        (source, through, tx.at),
    )
    wake_source(tx.connection, source, through, tx.at)


def _calendar(tx: Transaction, version: str, actor: str | None) -> None:
    """The version that was recorded without `known_from` is in force from now on; every case it can concern is brought to it."""
    if config.bring_into_force(tx.connection, version, actor, tx.at):
        wake_all(tx.connection, tx.at)
        wake_concluded(tx.connection, tx.world, tx.at)
