"""Service items: what a unit has promised, as published. A case keeps the version of its acceptance."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from rules.errors import RuleError
from rules.limit import Limit
from rules.payloads import CarrierKind, Clock

Effect = Literal["none", "approve", "next_step", "consent_of_office", "refuse"]


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Base of all configuration: frozen, and an unknown field is an error that names it."""


class Flip(Struct, frozen=True):
    when: str
    effect: Effect
    basis: str | None = None


class Precondition(Struct, frozen=True):
    """What must be so before silence has its effect: a fact that occurred before the limit's end, or a condition that holds."""

    fact: str | None = None
    when: str | None = None
    basis: str | None = None

    def __post_init__(self) -> None:
        if (self.fact is None) == (self.when is None):
            raise RuleError("wrong_value", "a precondition names either `fact` or `when`", "when")


class Exclusion(Struct, frozen=True):
    """Where silence has no effect, with the clause."""

    when: str
    basis: str | None = None


class Row(Struct, frozen=True):
    """A row of a decision table. The one without `when` is the default, and the last."""

    effect: Effect
    when: str | None = None
    basis: str | None = None


class Silence(Struct, frozen=True):
    effect: Effect = "none"
    clock: Clock = "committed"
    basis: str | None = None
    answered_by: tuple[str, ...] = ("decision",)
    exclusions: tuple[Exclusion | str, ...] = ()
    preconditions: tuple[Precondition, ...] = ()
    flips: tuple[Flip, ...] = ()
    table: tuple[Row, ...] = ()
    grants: str | None = None
    exclusions_checked: str | None = None


class Step(Struct, frozen=True):
    id: str
    limit: Limit
    holder: str | None = None
    name: str | None = None
    name_en: str | None = None
    silence: Silence | None = None
    after: tuple[str, ...] = ()
    clause: str | None = None


class Office(Struct, frozen=True):
    id: str
    limit: Limit | None = None
    silence: Silence | None = None
    name: str | None = None


class SuspensionRule(Struct, frozen=True):
    reason: str
    kind: Literal["pause", "restart"] = "pause"
    max: int | None = None
    basis: str | None = None
    clock: Clock | None = None
    after_term: Literal["not_pursued", "resume"] | None = None
    term: Limit | None = None


class ExtensionRule(Struct, frozen=True):
    max: Limit | None = None
    max_times: int = 1
    basis: str | None = None
    approver: str | None = None
    clock: Clock | None = None


class Warning_(Struct, frozen=True):  # noqa: N801 - `Warning` is a builtin
    before: Limit
    level: Literal["warning", "yellow", "red"] = "warning"


class Material(Struct, frozen=True):
    name: str
    code: str | None = None
    copies: int = 1
    name_en: str | None = None


class Duty(Struct, frozen=True):
    """What somebody who exercises the power has to do; `holder` a person or `post:NAME`."""

    holder: str
    duty: str


class Carrier(Struct, frozen=True):
    """What is on display somewhere: which of the five disclosures' carriers, where, and what it says."""

    kind: CarrierKind
    place: str = ""
    committed_limit: Limit | None = None
    version: int | None = None
    displayed_on: date | None = None


class Category(Struct, frozen=True):
    """A category of the register of powers: data of the installation. A historical one is kept for what stands under it."""

    id: str
    name: str = ""
    name_en: str | None = None
    historical: bool = False


class Exemption(Struct, frozen=True):
    """An exception to a check of lint, filed: by what right, and who approved it."""

    check: str
    basis: str
    approver: str
    filed_on: date | None = None


class Withholding(Struct, frozen=True):
    """A power that may not be published: it is exercised and timed like any other, and no carrier shows it."""

    basis: str
    reason: str


class Item(Struct, frozen=True):
    """`flow_chart`: the approved chart as BPMN 2.0; without it the steps are the chart. `windows`: those authorised to handle it."""

    code: str
    unit: str
    version: int
    effective_from: date
    name: str = ""
    name_en: str | None = None
    published_on: date | None = None
    category: str | None = None
    kind: Literal["immediate", "committed"] = "committed"
    statutory_limit: Limit | None = None
    committed_limit: Limit | None = None
    basis: dict[str, str] | str | None = None
    profile: str | dict[str, Any] | None = None
    holder: str | None = None
    steps: tuple[Step, ...] = ()
    offices: tuple[Office, ...] = ()
    silence: Silence = Silence()
    attributes: dict[str, Any] = {}
    suspensions: tuple[SuspensionRule, ...] = ()
    extension: ExtensionRule | None = None
    warnings: tuple[Warning_, ...] = ()
    materials: tuple[Material | str, ...] = ()
    fees: tuple[dict[str, Any], ...] = ()
    conditions: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    flow_chart: str | None = None
    deficits_pause: bool = False
    undertaking: bool = False
    statutory_duty: bool = False
    verification_limit: Limit | None = None
    leader_in_charge: str | None = None
    section_in_charge: str | None = None
    duties: tuple[Duty, ...] = ()
    rules_of_exercise: tuple[str, ...] = ()
    service_commitment: str | None = None
    work_discipline: tuple[str, ...] = ()
    accountability: str | None = None
    retired: bool = False
    withheld: Withholding | None = None
    carriers: tuple[Carrier, ...] = ()
    exceptions: tuple[Exemption, ...] = ()

    def exception_to(self, check: str) -> Exemption | None:
        return next((one for one in self.exceptions if one.check == check), None)

    def limit(self, clock: str) -> Limit | None:
        return self.committed_limit if clock == "committed" else self.statutory_limit
