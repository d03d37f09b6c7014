"""A profile: every convention of counting time, as a named value with the clause it comes from."""

import json
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from rules.calendar_form import minutes
from rules.errors import RuleError, refusal
from rules.limit import Limit

Completed = Literal["served", "decided"]
Roll = Literal["next_working_day", "none", "previous_working_day"]


class Suspension(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which days a suspension takes away, and what follows when the applicant lets its term pass."""

    stop_day_counts: bool
    restart_day_counts: bool
    requires_term: bool
    after_term: Literal["not_pursued", "resume"]


class Completion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must happen before each clock expires."""

    committed: Completed
    statutory: Completed


class ExtensionRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often and how far an end may be moved; `max` None: the law names no most."""

    max_times: int
    max: Limit | None
    approver: Literal["head", "anyone"]
    served_before_expiry: bool


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every parameter of counting. Terms are limits, waits are durations, `cut_off` is local `HH:MM` or none."""

    name: str
    effective_from: date
    day_zero: Literal["excluded", "included"]
    non_working_receipt: Literal["count_from_next", "deemed_received_next"]
    cut_off: str | None
    period_end_roll: Roll
    minimum_working_days: int
    month_end: Literal["last_day", "first_of_next"]
    suspension: Suspension
    completion: Completion
    delivery_limit: Limit
    certificate_within: Limit
    publication_delay: timedelta
    step_deadlines: Literal["milestone", "relative"]
    late_report_allowance: timedelta
    notice_window: Limit
    extension: ExtensionRules
    clauses: dict[str, str]

    def __post_init__(self) -> None:
        if self.cut_off is not None:
            minutes(self.cut_off, "cut_off")
        if not 0 <= self.minimum_working_days <= 366:
            raise RuleError("wrong_value", "use a number from 0 to 366", "minimum_working_days")

    @property
    def is_plain(self) -> bool:
        """Whether working days simply count from the day after receipt, as in most laws."""
        return self.day_zero == "excluded" and self.cut_off is None and self.non_working_receipt == "count_from_next"

    def completion_of(self, clock: str) -> Completed:
        """What must happen before `clock` expires; a clock without a word of its own is like the committed one."""
        return self.completion.statutory if clock == "statutory" else self.completion.committed


SHIPPED = ("cn-mainland", "eu-1182-71", "nl-awb", "es-39-2015", "fr-crpa", "de-bgb")
DEFAULT = "cn-mainland"
_NESTED = {"suspension", "completion", "extension", "clauses"}


def profile_from(spec: str | dict[str, Any]) -> Profile:
    """A profile by name, or one that changes some parameters of another (`{"extends": NAME, …}`); raises RuleError."""
    if isinstance(spec, str):
        return shipped_profile(spec)
    given = dict(spec)
    base = given.pop("extends", DEFAULT)
    if not isinstance(base, str):
        raise RuleError("wrong_value", "name a shipped profile", "extends")
    return _converted(_merged(msgspec.to_builtins(shipped_profile(base)), given))


@lru_cache(maxsize=32)
def shipped_profile(name: str) -> Profile:
    """A profile that comes with the product."""
    if name not in SHIPPED:
        raise RuleError("unknown_profile", f"there is no profile {name!r}; use one of {', '.join(SHIPPED)}")
    text = files("rules").joinpath("profiles", f"{name}.json").read_text("utf-8")
    return _converted(json.loads(text))


def _merged(base: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    if isinstance(given.get("completion"), str):
        given = given | {"completion": dict.fromkeys(("committed", "statutory"), given["completion"])}
    deep = {name: base[name] | value for name, value in given.items() if name in _NESTED and isinstance(value, dict)}
    return base | given | deep


def _converted(values: dict[str, Any]) -> Profile:
    try:
        return msgspec.convert(values, Profile)
    except msgspec.ValidationError as error:
        raise refusal(error) from error
