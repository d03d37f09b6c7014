"""A certificate with made-up values, for what needs one without a database: its signature is nobody's."""

from datetime import date, timedelta

from engine.certificates.document import (
    FORMAT,
    Applicant,
    CalendarShown,
    Certificate,
    ClockShown,
    Day,
    Disclosed,
    Document,
    ItemShown,
    LedgerPlace,
    Named,
    Signature,
    Suspension,
    write,
)
from engine.certificates.signing import ALG
from rules.limit import Limit

_ACCEPTED = date(2026, 9, 21)
_HOLIDAYS = range(10, 17)  # days after acceptance: 1 to 7 October


def _days() -> tuple[Day, ...]:
    """13 working days over the National Day holidays, with one day made up for them and an expert review of two days."""
    found, count = [Day(on=_ACCEPTED, why="day_zero")], 0
    for number in range(1, 27):
        on = _ACCEPTED + timedelta(days=number)
        if number in {3, 4}:
            found.append(Day(on=on, why="suspended", basis="《中华人民共和国行政许可法》第四十五条"))
        elif number in _HOLIDAYS:
            found.append(Day(on=on, why="off", basis="《全国年节及纪念日放假办法》第二条"))
        elif on.weekday() > 4 and number != 19:
            found.append(Day(on=on, why="weekend"))
        else:
            count += 1
            found.append(Day(on=on, n=count, why="make_up" if number == 19 else "counted"))
        if count == 13:
            break
    return tuple(found)


def a_certificate(*, about: str = "case", applicant: str | None = None) -> bytes:
    """Of a case, or of the silence of an office (`office:ID`); with a name it is the applicant's copy."""
    days, stopped = _days(), Suspension("expert_review", "suspension", "2026-09-24", "2026-09-26")
    committed = ClockShown(
        name="committed", decisive=True, limit=Limit("working_days", 13), started="2026-09-21T09:30:00+08:00", due_on=days[-1].on,
        expires_at=f"{days[-1].on + timedelta(days=1)}T00:00:00+08:00", provisional=False, suspensions=(stopped,), days=days,
    )  # fmt: skip
    statutory = ClockShown(
        name="statutory", decisive=False, limit=Limit("working_days", 20), started="2026-09-21T09:30:00+08:00", due_on=date(2026, 10, 27),
        expires_at="2026-10-28T00:00:00+08:00", provisional=False, suspensions=(stopped,), extensions=(Limit("working_days", 10),),
    )  # fmt: skip
    certificate = Certificate(
        format=FORMAT, number="MX-AL-2026-0007-20261017", case="AL-2026-0007", about=about,
        unit=Named(id="urban", name="安澜县城市管理局", name_en="Urban Management Bureau of Anlan County"),
        item=ItemShown(code="UR-02", version=3, name="城市建筑垃圾处置核准", name_en="Approval of construction waste disposal"),
        applicant=Applicant(masked="赵*", commitment="0" * 64), granted="城市建筑垃圾处置核准（两年）",
        basis="《安澜县城市管理局服务承诺》第三条", legal_at="2026-10-17T00:00:00+08:00", due_by=date(2026, 10, 21),
        issued_at="2026-10-17T08:00:05+08:00", clocks=(committed, statutory),
        calendar=CalendarShown(version="CN-2026-1", zone="Asia/Shanghai"), configuration="42",
        ledger=LedgerPlace(stream="case:AL-2026-0007", version=17, hash="ab" * 32, alg="sha256"),
        status_url="https://gov.example/certificates/MX-AL-2026-0007-20261017",
    )  # fmt: skip
    disclosed = Disclosed(applicant=applicant, salt="s" * 22) if applicant else None
    return write(Document(certificate=certificate, signature=Signature(ALG, "k" * 43, "v" * 86), disclosed=disclosed))
