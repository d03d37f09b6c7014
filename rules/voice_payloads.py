"""Payloads of complaints (行政投诉) and ratings (好差评), and of what is said to them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from rules.payload_base import Payload

Grade = Annotated[int, msgspec.Meta(ge=1, le=5)]


class ComplaintFiled(Payload, frozen=True):
    """`subject` decides who handles it; `against`: who is complained about, by default whoever held the case; `unit`, by default the case's."""

    subject: str | None = None
    against: str | None = None
    unit: str | None = None
    text: str | None = None


class OfComplaint(Payload, frozen=True):
    """`complaint`: the id of the fact that filed it; without it the oldest one is meant that waits for this."""

    complaint: str | None = None
    text: str | None = None


class ComplaintDeclined(OfComplaint, frozen=True, kw_only=True):
    reason: str


class ComplaintAnswered(OfComplaint, frozen=True):
    """`result` unfounded: the complaint does not count against anybody."""

    result: Literal["upheld", "partly_upheld", "unfounded"] | None = None


class ComplaintReviewed(OfComplaint, frozen=True, kw_only=True):
    result: Literal["upheld", "reversed"]


class Rating(Payload, frozen=True, kw_only=True):
    score: Grade
    text: str | None = None


class OfRating(Payload, frozen=True):
    """`rating`: the id of the fact that submitted it; without it the oldest one is meant that waits for this."""

    rating: str | None = None
    text: str | None = None


class RatingDecided(OfRating, frozen=True, kw_only=True):
    """An appeal: the rating is unfounded and counts no more, or it stands."""

    result: Literal["unfounded", "stands"]
    reason: str | None = None
