"""`jiannuo limit` answered a second time, slowly and from the text alone: day by day, office time minute by minute.

Shares nothing with the engine. Takes the JSON of a question (calendar written out), gives the value that its answer must hold.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURLY = {"working_hours": 60, "working_minutes": 1}
PLAIN = {
    "day_zero": "excluded", "non_working_receipt": "count_from_next", "cut_off": None, "period_end_roll": "next_working_day",
    "minimum_working_days": 0, "month_end": "last_day", "suspension": {"stop_day_counts": True, "restart_day_counts": False},
}  # fmt: skip


class Office:
    """An inline calendar."""

    def __init__(self, form):
        self.form, self.zone = form, ZoneInfo(form.get("zone", "UTC"))
        self.days = {date.fromisoformat(day["on"]): day for day in form.get("days", [])}

    def hours(self, day):
        week = self.form.get("office_hours") or {}
        special, usual = self.days.get(day), week.get(WEEK[day.weekday()], [])
        if special is None:
            return usual
        if special["kind"] == "off":
            return []
        return special.get("hours") or usual or week.get("mon", [])

    def works(self, day):
        if day in self.days:
            return self.days[day]["kind"] == "working"
        if self.form.get("office_hours") is not None:
            return bool(self.hours(day))
        return WEEK[day.weekday()] not in self.form.get("weekend", ["sat", "sun"])

    def is_open(self, moment):
        local = moment.astimezone(self.zone)
        now = f"{local:%H:%M}"
        return any(opens <= now < closes for opens, closes in self.hours(local.date()))

    def read(self, text):
        if len(text) == len("2026-01-01"):
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)

    def day(self, value):
        return value.astimezone(self.zone).date() if isinstance(value, datetime) else value

    def instant(self, value):
        return (
            value if isinstance(value, datetime) else datetime.combine(value, time(), tzinfo=self.zone).astimezone(UTC)
        )

    def roll(self, day, step=DAY):
        while not self.works(day):
            day += step
        return day


def profile(question):
    given = dict(question.get("profile", {}))
    return {**PLAIN, **given, "suspension": {**PLAIN["suspension"], **given.get("suspension", {})}}


def month_on(day, months, how):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = date(year, month + 1, monthrange(year, month + 1)[1])
    if day.day <= last.day:
        return last.replace(day=day.day)
    return last if how == "last_day" else last + DAY


def length(leg, first, how, first_counts):
    """Days in a period of calendar units that begins after `first`, or with it."""
    amount, unit = leg["amount"], leg["unit"]
    if unit in {"calendar_days", "weeks"}:
        return amount * (7 if unit == "weeks" else 1)
    months = amount * (12 if unit == "years" else 1)
    end = month_on(first, months, "last_day" if first_counts else how)
    return (end - first).days + (first_counts and end.day != first.day)


def joined(spans):
    """Overlapping stops count once, and run the limit again if one of them does; a stop on the day after a restart is another."""
    found = []
    for begin, end, stopped, restarted, again in sorted(spans):
        if found and (begin < found[-1][1] or (begin == found[-1][1] and stopped <= found[-1][3])):
            last = found[-1]
            last[1:4:2] = max((last[1], last[3]), (end, restarted))
            last[2], last[4] = min(last[2], stopped), last[4] or again
        else:
            found.append([begin, end, stopped, restarted, again])
    return found


def stops(question, office, start, zero, rules):
    found = []
    for span in question.get("suspensions", []):
        begin, end = office.read(span["from"]), office.read(span["to"])
        stopped, restarted = office.day(begin), office.day(end)
        begin = begin if isinstance(begin, datetime) else office.instant(begin + DAY * rules["stop_day_counts"])
        end = end if isinstance(end, datetime) else office.instant(end + DAY * (not rules["restart_day_counts"]))
        if max(begin, end) > start:
            stopped = max(stopped, zero)  # asked before the start, it suspends from the start
            found.append(
                (max(begin, start), max(begin, end), stopped, max(restarted, stopped), span["kind"] == "restart")
            )
    return joined(found)


class Days:
    """A limit in days, weeks, months or years, walked day by day."""

    def __init__(self, question):
        self.office, self.rules = Office(question["calendar"]), profile(question)
        self.legs = [question["limit"], *question.get("extensions", [])]
        start = self.office.read(question["from"])
        received = self.office.day(start)
        late = (
            self.rules["cut_off"]
            and isinstance(start, datetime)
            and f"{start.astimezone(self.office.zone):%H:%M}" >= self.rules["cut_off"]
        )
        received += DAY if late else timedelta(0)
        self.zero = (
            self.office.roll(received) if self.rules["non_working_receipt"] == "deemed_received_next" else received
        )
        begins = self.office.instant(self.zero)
        begins = max(begins, start) if isinstance(start, datetime) else begins
        self.stops = stops(question, self.office, begins, self.zero, self.rules["suspension"])

    def due_on(self):
        standing, spent = set(), None
        self.walk(self.zero, standing, self.rules["day_zero"] == "included")
        for _, _, stopped, restarted, again in self.stops:
            end = spent or self.end
            if stopped > self.last_day(end):
                break
            first = stopped + DAY * self.rules["suspension"]["stop_day_counts"]
            last = restarted - DAY * self.rules["suspension"]["restart_day_counts"]
            if again:
                self.zero, standing, spent = restarted, set(), None
                self.walk(restarted, standing, self.rules["suspension"]["restart_day_counts"])
            elif spent or self.end < first or not self.ran:
                spent = max(end, restarted)  # nothing was left: it ends on the restart day
            else:
                standing |= {first + DAY * n for n in range((last - first).days + 1)}
                self.walk(self.zero, standing, self.counts_first)
        return self.last_day(spent or self.end)

    def walk(self, zero, standing, first_counts):
        """The unrolled end and the days that ran, outside the days on which the clock stands."""
        self.counts_first, self.ran = first_counts, []
        day = zero - DAY if first_counts and self.legs[0]["amount"] else zero
        for place, leg in enumerate(self.legs):
            working = leg["unit"] == "working_days"
            first = first_counts and place == 0
            left = (
                leg["amount"] if working else length(leg, zero if place == 0 else day, self.rules["month_end"], first)
            )
            while left > 0:
                day += DAY
                if day not in standing:
                    self.ran.append(day)
                    left -= self.office.works(day) if working else 1
        self.end = day

    def last_day(self, end):
        roll, working = self.rules["period_end_roll"], self.legs[-1]["unit"] == "working_days"
        step = -DAY if roll == "previous_working_day" and not working else DAY
        rolled = end if roll == "none" and not working else self.office.roll(end, step)
        return rolled if working or len(self.ran) < 2 else self.with_minimum(end, rolled)

    def with_minimum(self, end, rolled):
        worked = sum(self.office.works(day) for day in self.ran if day > self.zero)
        worked += sum(self.office.works(end + DAY * n) for n in range(1, (rolled - end).days + 1))
        while worked < self.rules["minimum_working_days"]:
            rolled += DAY
            worked += self.office.works(rolled)
        return rolled


def due(question):
    """(`due_on`, `expires_at`)"""
    if question["limit"]["unit"] in HOURLY:
        return due_in_hours(question)
    days = Days(question)
    last = days.due_on()
    return last, days.office.instant(last + DAY)


def due_in_hours(question):
    office = Office(question["calendar"])
    at = office.instant(office.read(question["from"]))
    whole = sum(leg["amount"] * HOURLY[leg["unit"]] for leg in [question["limit"], *question.get("extensions", [])])
    spans = [
        (office.instant(office.read(s["from"])), office.instant(office.read(s["to"])), s["kind"] == "restart")
        for s in question.get("suspensions", [])
    ]
    waiting, left = joined([(max(begin, at), end, 0, 0, again) for begin, end, again in spans if end > at]), whole
    while left or not (whole or office.is_open(at)):
        if waiting and at == waiting[0][0]:
            _, at, _, _, again = waiting.pop(0)
            left = whole if again else left
            continue
        left -= bool(left) and office.is_open(at)
        at += MINUTE
    eve = at - MINUTE if whole else at
    return eve.astimezone(office.zone).date() if office.day(at) != office.day(eve) else office.day(at), at


def shift(question):
    office, by = Office(question["calendar"]), question["by"]
    value, left, step = office.read(question["from"]), abs(by["amount"]), 1 if by["amount"] > 0 else -1
    if not left:
        return value
    if by["unit"] in HOURLY:
        at, left = office.instant(value), left * HOURLY[by["unit"]]
        while left:
            left -= office.is_open(at if step > 0 else at - MINUTE)
            at += MINUTE * step
        return at
    day = office.day(value)
    if by["unit"] == "working_days":
        while left:
            day += DAY * step
            left -= office.works(day)
    elif by["unit"] in {"calendar_days", "weeks"}:
        day += DAY * by["amount"] * (7 if by["unit"] == "weeks" else 1)
    else:
        day = month_on(day, by["amount"] * (12 if by["unit"] == "years" else 1), profile(question)["month_end"])
    moved = isinstance(value, datetime)
    return (
        datetime.combine(day, value.astimezone(office.zone).time(), tzinfo=office.zone).astimezone(UTC)
        if moved
        else day
    )


def elapsed(question):
    """Minutes for hours and minutes, else whole units."""
    office, rules, unit = Office(question["calendar"]), profile(question), question["unit"]
    since, until = office.read(question["from"]), office.read(question["to"])
    spans = [(office.read(s["from"]), office.read(s["to"])) for s in question.get("suspensions", [])]
    if unit in HOURLY:
        at, end = office.instant(since), office.instant(until)
        cut = [(office.instant(begin), office.instant(stop)) for begin, stop in spans]
        total = 0
        while at < end:
            total += office.is_open(at) and not any(begin <= at < stop for begin, stop in cut)
            at += MINUTE
        return total
    first, last = office.day(since), office.day(until)
    counts = rules["suspension"]
    stood = [
        (stopped + DAY * counts["stop_day_counts"], restarted - DAY * counts["restart_day_counts"])
        for _, _, stopped, restarted, _ in stops(question, office, office.instant(since), first, counts)
    ]
    ran = [
        day
        for day in (first + DAY * n for n in range(1, (last - first).days + 1))
        if not any(a <= day <= b for a, b in stood)
    ]
    if unit == "working_days":
        return sum(map(office.works, ran))
    if unit in {"calendar_days", "weeks"}:
        return len(ran) // (7 if unit == "weeks" else 1)
    whole, size = 0, 12 if unit == "years" else 1
    while month_on(first, (whole + 1) * size, rules["month_end"]) <= first + DAY * len(ran):
        whole += 1
    return whole


def count(question):
    office, bounds = Office(question["calendar"]), question["bounds"]
    first, last = office.day(office.read(question["from"])), office.day(office.read(question["to"]))
    days = [first + DAY * n for n in range((last - first).days + 1)]
    days = [d for d in days if not (d == first and bounds[0] == "(") and not (d == last and bounds[1] == ")")]
    return sum(office.works(day) for day in days) if question["unit"] == "working_days" else len(days)
