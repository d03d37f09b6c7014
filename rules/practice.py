"""How an installation watches: the parameters of alerts and holds that no limit profile carries."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from rules.items import Struct
from rules.limit import Limit

# Licensing Law art. 45: the time these procedures take is not counted, once the applicant has it in writing.
ARTICLE_45 = (
    "hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"
)  # fmt: skip


# Who handles a complaint, by what it is about; everything else goes to the discipline group.
ROUTES = {
    "delay": "deputy_in_charge",
    "procedure": "deputy_in_charge",
    "attitude": "section_head",
    "fee": "discipline_group",
}


class Practice(Struct, frozen=True):
    """Defaults are the shipped ones.

    `warning_time` is used where the calendar has no office hours; `late_by_system_after` is the delay beyond which an alert counts as late through
    our own fault; `hold_within` is the time to clear a hold. Complaints: 60 days to answer and 30 to review as in the Regulations on Letters and
    Visits (信访工作条例, art. 34 and 35); ratings up to `bad_rating` are called back and put right (好差评).
    """

    lawful_reasons: tuple[str, ...] = ARTICLE_45
    warning_time: str = "08:30"
    late_by_system_after: timedelta = timedelta(minutes=15)
    complaint_admission: Limit = Limit(amount=5, unit="working_days")
    complaint_answer: Limit = Limit(amount=60, unit="calendar_days")
    complaint_review: Limit = Limit(amount=30, unit="calendar_days")
    complaint_routes: dict[str, str] = msgspec.field(default_factory=lambda: dict(ROUTES))
    bad_rating: int = 2
    rating_call_back: Limit = Limit(amount=1, unit="working_days")
    rectification: Limit = Limit(amount=15, unit="working_days")
    rating_appeal: Limit = Limit(amount=10, unit="working_days")
    report_verification: Limit = Limit(amount=60, unit="calendar_days")
    reward_decision: Limit = Limit(amount=15, unit="working_days")
    reward_payment: Limit = Limit(amount=10, unit="working_days")
    hold_within: Limit = Limit(amount=5, unit="working_days")
    pre_mortem_before: Limit = Limit(amount=3, unit="working_days")
