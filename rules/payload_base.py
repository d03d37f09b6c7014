"""What every payload carries, and the two shapes that many share: a reason, words."""

from __future__ import annotations

import msgspec


class Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Fields that any fact may carry."""

    channel: str | None = None
    place: str | None = None
    window: str | None = None
    applicant_ref: str | None = None
    project: str | None = None
    aliases: tuple[str, ...] = ()


class Reasoned(Payload, frozen=True):
    reason: str | None = None


class Text(Payload, frozen=True):
    text: str | None = None
    person: str | None = None
