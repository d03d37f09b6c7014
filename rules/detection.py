"""What the detectors look for, as data of a unit's accountability rules: effective-dated, each value a parameter with its shipped default.

What a detector finds is shown to an inspector, who confirms or dismisses it. One on trial alerts nobody and counts for nothing.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec


class Detector(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A detector's parameters; an unknown one is an error that names it."""

    trial: bool = False


class BulkBackEntry(Detector, frozen=True):
    """So many endings of cases of one unit, each registered beyond the allowance, all within this time."""

    entries: int = 20
    within: timedelta = timedelta(hours=24)


class LastHours(Detector, frozen=True):
    """An act that falls within this time before a limit ends."""

    within: timedelta = timedelta(hours=24)


class PauseAbuse(Detector, frozen=True):
    """What must be on record of a procedure that stops the clock (Licensing Law art. 45): the written notice, the time it takes."""

    notice: bool = True
    length: bool = True


class OffProcedure(Detector, frozen=True):
    """`unfinished`: a decision that was served before the chart came to an end is suspected."""

    unfinished: bool = True


class DoubleAcceptance(Detector, frozen=True):
    """Two cases of one item and project, accepted at different places within this time of each other, are suspected."""

    within: timedelta = timedelta(days=30)


class ReceiveOnly(Detector, frozen=True):
    """`immediate_only`: cases that an authorised window need not decide at once are no suspicion when it passes them on."""

    immediate_only: bool = False


class Detectors(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """By the code of the finding."""

    bulk_back_entry: BulkBackEntry = BulkBackEntry()
    last_hour_extension: LastHours = LastHours()
    transfer_before_expiry: LastHours = LastHours()
    pause_abuse: PauseAbuse = PauseAbuse()
    off_procedure: OffProcedure = OffProcedure()
    receive_only: ReceiveOnly = ReceiveOnly()
    double_acceptance: DoubleAcceptance = DoubleAcceptance()
    off_system: Detector = Detector()
    unlisted_material: Detector = Detector()
    wrong_fee: Detector = Detector()
    window_not_authorised: Detector = Detector()
    refusal_without_reason: Detector = Detector()

    def on_trial(self, kind: str) -> bool:
        return kind in DETECTED and bool(getattr(self, kind).trial)


DETECTED = frozenset(Detectors.__struct_fields__)
