"""Short ways to say a limit, a calendar and a day of 2026."""

from datetime import UTC, date, datetime

from rules.calendar import Calendar, shipped
from rules.limit import Limit, Span
from rules.profile import profile_from

CN = shipped("CN")
MAINLAND = profile_from("cn-mainland")


def d(text):
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def at(text):
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def days(amount, unit="working_days"):
    return Limit(amount=amount, unit=unit)


def hours(amount):
    return Limit(amount=amount, unit="working_hours")


def with_(**changes):
    return profile_from({"extends": "cn-mainland"} | changes)


def pause(start, stop, kind="pause"):
    return Span(d(start), None if stop is None else d(stop), kind)


OFFICE = {name: [["09:00", "12:00"], ["13:00", "17:00"]] for name in ("mon", "tue", "wed", "thu", "fri")}


def office(zone="UTC", **more):
    return Calendar.from_dict({"zone": zone, "office_hours": OFFICE} | more)
