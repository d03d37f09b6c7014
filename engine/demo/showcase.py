"""The first case of the demo, which goes all the way in a little over a minute, and the two in which the same officer fails again."""

from __future__ import annotations

from datetime import timedelta

from engine.demo.events import Event
from engine.demo.filing import Filing
from engine.demo.inspection import look_into, proceed

# The shortest limit of the county with silence as consent: two working days.
ITEM = "UR-02"
MINUTE = 8 * 60 + 58
# Working days of the demo on which the officer takes a case and forgets it; the second one is followed to its decision.
AFTER = (0, 3, 8)
# Ordinary, second breach in the window, by the bureau's own matrix.
_SECOND_MEASURE = 4


def forgotten(filing: Filing, number: int) -> list[Event]:
    """Accepted → warning → limit passed → implied consent → breach → red card acknowledged → finding confirmed → proceeding."""
    story = filing.begin()
    check = filing.item.steps[0].id
    story.tell(filing.at + timedelta(minutes=20), "step.started", {"step": check})
    story.tell(filing.at + timedelta(hours=2), "step.completed", {"step": check})
    confirmed = look_into(filing, story, filing.calendar.add_working_days(filing.last_day, 1))
    if number == 1:
        proceed(filing, story, confirmed, _SECOND_MEASURE)
    return story.events
