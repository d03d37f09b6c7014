"""Payloads of complaints (行政投诉) and ratings (好差评), and of what is said to them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

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


class ReportFiled(Payload, frozen=True):
    """A rewarded report (奖励举报). `reporter`: who reports and how to reach him; sealed, like the words. Without it the report is anonymous."""

    subject: str | None = None
    against: str | None = None
    unit: str | None = None
    text: str | None = None
    reporter: str | None = None


class ReportVerified(Payload, frozen=True, kw_only=True):
    result: Literal["substantiated", "unsubstantiated"]
    text: str | None = None


class ReportRewarded(Payload, frozen=True, kw_only=True):
    """`amount`: in whole units of the currency."""

    result: Literal["granted", "refused"]
    amount: Annotated[int, msgspec.Meta(ge=0)] | None = None
    reason: str | None = None


class ReportPaid(Payload, frozen=True):
    """`text`: the voucher."""

    text: str | None = None


class ReporterRevealed(Payload, frozen=True, kw_only=True):
    """Somebody looked who reported, and why."""

    reason: str


# In the order of life.
OF_VOICES: dict[str, type[Any]] = {
    "complaint.filed": ComplaintFiled,
    "complaint.accepted": OfComplaint,
    "complaint.declined": ComplaintDeclined,
    "complaint.answered": ComplaintAnswered,
    "complaint.review_requested": OfComplaint,
    "complaint.reviewed": ComplaintReviewed,
    "rating.submitted": Rating,
    "rating.called_back": OfRating,
    "rating.appealed": OfRating,
    "rating.appeal_decided": RatingDecided,
    "rectification.completed": OfRating,
    "report.filed": ReportFiled,
    "report.verified": ReportVerified,
    "report.rewarded": ReportRewarded,
    "report.paid": ReportPaid,
    "reporter.revealed": ReporterRevealed,
}
