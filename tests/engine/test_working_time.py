"""What can wait is sent in working time, after the quiet hours a person wants; legal effects and red cards at once."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from engine.channels.preferences import Preferences, Quiet
from engine.effects.addresses import Account
from engine.effects.routes import personal
from notifications.digest import Digest, Pending
from rules.calendar import Calendar

WEEK = {day: [["09:00", "12:00"], ["14:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = Calendar.from_dict({"zone": "Asia/Shanghai", "office_hours": WEEK})
NO_HOURS = Calendar.from_dict({"zone": "Asia/Shanghai"})
NIGHT = ("22:00", "09:30")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("kind", "quiet", "now", "sent", "calendar"),
    [
        ("warning_raised", None, "2026-03-06T10:00", None, OFFICE),
        ("warning_raised", None, "2026-03-06T12:30", "2026-03-06T14:00", OFFICE),
        ("warning_raised", None, "2026-03-06T17:30", "2026-03-09T09:00", OFFICE),
        ("warning_raised", NIGHT, "2026-03-06T17:30", "2026-03-09T09:30", OFFICE),
        ("warning_raised", None, "2026-03-07T00:10", None, NO_HOURS),
        ("warning_raised", NIGHT, "2026-03-07T00:10", "2026-03-07T09:30", NO_HOURS),
        ("red_card", NIGHT, "2026-03-07T00:10", None, OFFICE),
    ],
)
def test_what_can_wait_is_sent_in_working_time_and_legal_effects_at_once(kind, quiet, now, sent, calendar):
    chosen = Preferences(quiet=Quiet(start=quiet[0], end=quiet[1]) if quiet else None)
    account = Account("zhang", "zh", "zhang@example.test", preferences=chosen)
    one = Pending(
        id="1", addressee="zhang", audience="holder", kind=kind, cause="limit", unit_name="局", at=local(now), fields={}
    )
    (route,) = personal(account, Digest(addressee="zhang", pending=(one,)), "red", (), local(now), calendar)
    assert route.not_before == (local(sent) if sent else None)
