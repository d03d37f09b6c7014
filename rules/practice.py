"""How an installation watches: the parameters of alerts and holds that no limit profile carries."""

from __future__ import annotations

from datetime import timedelta

from rules.items import Struct
from rules.limit import Limit

# Licensing Law art. 45: the time these procedures take is not counted, once the applicant has it in writing.
ARTICLE_45 = (
    "hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"
)  # fmt: skip


class Practice(Struct, frozen=True):
    """Defaults are the shipped ones.

    `warning_time` is used where the calendar has no office hours; `late_by_system_after` is the delay beyond which an alert counts as late through
    our own fault; `hold_within` is the time to clear a hold.
    """

    lawful_reasons: tuple[str, ...] = ARTICLE_45
    warning_time: str = "08:30"
    late_by_system_after: timedelta = timedelta(minutes=15)
    hold_within: Limit = Limit(amount=5, unit="working_days")
    pre_mortem_before: Limit = Limit(amount=3, unit="working_days")
