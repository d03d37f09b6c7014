"""What officers and inspectors do about a red card: acknowledge, answer, confirm; then statement and decision."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from engine.demo.events import Story
from engine.demo.filing import Filing

_SOURCE = "inspection"
_INSIST = timedelta(days=2)


def look_into(filing: Filing, story: Story, on: date) -> datetime:
    """The red card of the night before is acknowledged and answered, the finding confirmed; when that was."""
    start = filing.calendar.instant(on, 10 * 60 + filing.chance.randrange(20))
    card, last = {"level": "red"}, start + _INSIST
    story.tell(start, "alert.acknowledged", card, actor=filing.handler, source=_SOURCE, insist=last)
    answered, confirmed = start + timedelta(minutes=25), start + timedelta(minutes=50)
    words = {"text": "材料积压,未在承诺期限内办结;已补办并整改。"}
    story.tell(answered, "alert.answered", {**card, **words}, actor=filing.handler, source=_SOURCE, insist=last)
    story.tell(confirmed, "finding.confirmed", _grounds(), actor=filing.inspector, source=_SOURCE, insist=last)
    return confirmed


def proceed(filing: Filing, story: Story, confirmed: datetime, level: int) -> None:
    """The person concerned states their case the next working day; the head of the unit decides the day after."""
    person, day = filing.handler, filing.calendar.local_date(confirmed)
    heard, decided = (filing.calendar.add_working_days(day, n) for n in (1, 2))
    said = {"person": person, "text": "当日外出现场核查,未及时录入;愿意承担责任。"}
    at = filing.calendar.instant(heard, 11 * 60)
    story.tell(at, "statement.filed", said, actor=person, source=_SOURCE, insist=at + _INSIST)
    measure = {"person": person, "level": level, "reason": "窗口期内再次违诺,情节一般,按追究办法附表处理。"}
    at = filing.calendar.instant(decided, 11 * 60)
    story.tell(at, "measure.decided", measure, actor=filing.head, source=_SOURCE, insist=at + _INSIST)


def _grounds() -> dict[str, str]:
    return {
        "finding": "limit_expired",
        "grade": "ordinary",
        "nature": "无正当理由超过承诺时限",
        "circumstances": "未履行延期手续",
        "consequences": "申请人未按期得到答复",
        "impact": "影响单位公开承诺的信誉",
    }
