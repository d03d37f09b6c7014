"""The calculator: one question as JSON, one answer (interfaces.md 1). Pure; the command and the API are its edges."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar, get_args

import msgspec

from rules.calculator_forms import (
    NULL,
    AmountAnswer,
    Answer,
    AskCount,
    AskDue,
    Asked,
    AskElapsed,
    AskRoll,
    AskShift,
    AskWorkingDay,
    DueAnswer,
    ErrorAnswer,
    ResultAnswer,
    SuspensionForm,
    Wrong,
)
from rules.calendar import Calendar, shipped
from rules.errors import RuleError, refusal
from rules.instants import local_text, moment
from rules.limit import Span, Unit
from rules.profile import Profile, profile_from
from rules.time_limits import count, due, elapsed, explain, shift

CACHED = 128
T = TypeVar("T")
_CHOICES = {"op": "due, shift, elapsed, count, is_working_day, roll", "unit": ", ".join(get_args(Unit))}
_asked = msgspec.json.Decoder(Asked)


class NotJsonError(ValueError):
    """A line that is no JSON at all."""


class _Named(msgspec.Struct):
    id: msgspec.Raw = NULL


_named = msgspec.json.Decoder(_Named)


def answer(line: bytes) -> Answer:
    """The answer to one question as JSON text; a bad question gets an ErrorAnswer, what is no JSON raises NotJsonError."""
    try:
        asked = _asked.decode(line)
    except msgspec.DecodeError as error:
        return _refused(_id_of(line), _decoding(error))
    except RecursionError:
        return _refused(
            NULL, RuleError("too_deep", "the question is nested too deeply; no field needs more than five levels")
        )
    try:
        return _ANSWERS[type(asked)](asked, _calendar(bytes(asked.calendar)))
    except RuleError as error:
        return _refused(asked.id, error)
    except OverflowError:
        return _refused(
            asked.id, RuleError("out_of_range", "the count leaves the years 1 to 9999; check dates and amount")
        )


def answer_dict(question: dict[str, Any]) -> dict[str, Any]:
    """`answer` for decoded JSON, as the API has it."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(answer(msgspec.json.encode(question))))
    return found


def _refused(identity: msgspec.Raw, error: RuleError) -> ErrorAnswer:
    return ErrorAnswer(identity, Wrong(error.code, error.message, error.field))


def _id_of(line: bytes) -> msgspec.Raw:
    try:
        return _named.decode(line).id
    except msgspec.ValidationError:
        return NULL
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotJsonError(str(error)) from error


def _decoding(error: msgspec.DecodeError) -> RuleError:
    if not isinstance(error, msgspec.ValidationError):
        raise NotJsonError(str(error)) from error
    found = refusal(error)
    choices = _CHOICES.get(found.field.rpartition(".")[2])
    if choices and found.code == "wrong_value":
        return RuleError("wrong_value", f"{found.message}; use one of {choices}", found.field)
    return found


@lru_cache(maxsize=CACHED)
def _calendar(text: bytes) -> Calendar:
    """A calendar by its JSON text: the same text is read once."""
    return _read(text, "calendar", shipped, Calendar.from_dict)


@lru_cache(maxsize=CACHED)
def _profile(text: bytes) -> Profile:
    """A profile by its JSON text."""
    return _read(text, "profile", profile_from, profile_from)


def _read(text: bytes, field: str, by_name: Callable[[str], T], by_form: Callable[[dict[str, Any]], T]) -> T:
    value = msgspec.json.decode(text)
    try:
        if isinstance(value, str):
            return by_name(value)
        if isinstance(value, dict):
            return by_form(value)
    except RuleError as error:
        raise error.under(field) from error
    raise RuleError("wrong_value", f"the {field} is a name or an object", field)


def _due(asked: AskDue, calendar: Calendar) -> DueAnswer:
    profile = _profile(bytes(asked.profile))
    start = _start(asked, calendar)
    spans = _spans(asked.suspensions, calendar) if asked.suspensions else ()
    found = due(asked.limit, start, calendar, profile, spans, asked.extensions)
    lines = explain(asked.limit, start, calendar, profile, spans, asked.extensions) if asked.explain else None
    return DueAnswer(asked.id, found.due_on, _text(found.expires_at, calendar), found.provisional, lines)


def _start(asked: AskDue, calendar: Calendar) -> datetime | date:
    if asked.start is not None:
        return moment(asked.start, calendar.zone, "from")
    if asked.limit.unit == "until_date":
        return date.min
    raise RuleError("missing_field", "the field 'from' is required", "from")


def _spans(forms: Sequence[SuspensionForm], calendar: Calendar) -> tuple[Span, ...]:
    return tuple(_span(form, f"suspensions[{index}]", calendar) for index, form in enumerate(forms))


def _span(form: SuspensionForm, field: str, calendar: Calendar) -> Span:
    stop = None if form.to is None else moment(form.to, calendar.zone, f"{field}.to")
    return Span(moment(form.start, calendar.zone, f"{field}.from"), stop, form.kind)


def _shift(asked: AskShift, calendar: Calendar) -> ResultAnswer:
    start = moment(asked.start, calendar.zone, "from")
    try:
        found = shift(start, asked.by, calendar, _profile(bytes(asked.profile)))
    except RuleError as error:
        raise error.under("by" if error.field == "unit" else "") from error
    return ResultAnswer(asked.id, _text(found, calendar))


def _elapsed(asked: AskElapsed, calendar: Calendar) -> AmountAnswer:
    since, until = moment(asked.start, calendar.zone, "from"), moment(asked.to, calendar.zone, "to")
    spans = _spans(asked.suspensions, calendar)
    return AmountAnswer(asked.id, *elapsed(since, until, asked.unit, calendar, _profile(bytes(asked.profile)), spans))


def _count(asked: AskCount, calendar: Calendar) -> AmountAnswer:
    first, last = _day(asked.start, "from", calendar), _day(asked.to, "to", calendar)
    return AmountAnswer(asked.id, count(first, last, asked.bounds, asked.unit, calendar))


def _working_day(asked: AskWorkingDay, calendar: Calendar) -> ResultAnswer:
    return ResultAnswer(asked.id, calendar.is_working_day(_day(asked.on, "on", calendar)))


def _roll(asked: AskRoll, calendar: Calendar) -> ResultAnswer:
    return ResultAnswer(asked.id, calendar.roll(_day(asked.on, "on", calendar), asked.direction).isoformat())


def _day(text: str, field: str, calendar: Calendar) -> date:
    at = moment(text, calendar.zone, field)
    return calendar.local_date(at) if isinstance(at, datetime) else at


@lru_cache(maxsize=8192)
def _local(at: datetime, calendar: Calendar) -> str:
    return local_text(at, calendar.zone)


def _text(at: datetime | date, calendar: Calendar) -> str:
    return _local(at, calendar) if isinstance(at, datetime) else at.isoformat()


_ANSWERS: dict[type, Callable[[Any, Calendar], Answer]] = {
    AskDue: _due,
    AskShift: _shift,
    AskElapsed: _elapsed,
    AskCount: _count,
    AskWorkingDay: _working_day,
    AskRoll: _roll,
}
