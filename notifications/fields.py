"""Types of the values a notice is made of: each kind declares its fields with these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Locale = Literal["zh", "en"]
LOCALES: tuple[Locale, ...] = ("zh", "en")

Instant = Annotated[datetime, Meta(tz=True)]
Day = date
Count = Annotated[int, Meta(ge=0)]
Text = Annotated[str, Meta(min_length=1)]
Texts = Annotated[tuple[Text, ...], Meta(min_length=1)]
# Only addresses a browser opens as a page: a "javascript:" link in a notice would be an attack.
Link = Annotated[str, Meta(pattern=r"^https?://[^\s\"'<>]+$")]

Limit = Literal["committed", "statutory"]
Clock = Literal["committed", "statutory", "delivery"]
Level = Literal["warning", "yellow", "red", "escalated"]
Climb = Literal["no_addressee", "left_post", "no_channel", "delivery_failed", "not_acknowledged", "not_answered"]
Silence = Literal["none", "hold"]
Hold = Literal[
    "agency_data_failed",
    "precondition_unmet",
    "provisional_date",
    "calendar_corrected",
    "under_review",
    "source_behind",
    "reason_claimed",
    "backfilled",
    "engine_error",
]
CertificateStatus = Literal["superseded", "under_review", "revoked"]
DateChange = Literal["later", "earlier", "firm"]
CompletionStage = Literal["before_acceptance", "after_acceptance"]
Matter = Literal["silence", "measure", "review"]
ReviewOffice = Literal["legal_office", "approval_centre", "price_bureau", "leading_group_office"]
Measure = Literal[
    "admonitory_education",
    "circulated_criticism",
    "efficiency_warning",
    "bonus_withheld",
    "removal_from_post",
    "off_post_training",
    "dismissal",
    "urge",
    "investigation",
    "first_responsible_answers",
]
Duty = Literal[
    "inquiry",
    "supervision",
    "referral",
    "proposed",
    "decided",
    "review",
    "effective",
    "executed",
    "restoration",
    "complaint_admission",
    "complaint_answer",
    "complaint_review",
    "report_verification",
    "report_reward",
    "report_payment",
    "rating_call_back",
    "rating_rectification",
    "rating_appeal",
]

CODES: dict[str, object] = {"clock": Clock, "level": Level, "climb": Climb, "hold": Hold}
CODES |= {"certificate_status": CertificateStatus, "measure": Measure, "duty": Duty, "office": ReviewOffice}


class DigestLine(Struct, frozen=True):
    """One notice inside a digest: its own subject, its time and the way to it."""

    subject: Text
    at: Instant
    link: Link | None = None


class DigestGroup(Struct, frozen=True):
    """The lines of one cause in one unit."""

    cause: Text
    unit_name: Text
    lines: Annotated[tuple[DigestLine, ...], Meta(min_length=1)]
