"""What silence is about to grant, shown to whoever may still decide; what they chose (time-limits.md 6.8)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.certificates.applicant import masked_applicant
from engine.console.views import sql
from engine.console.views.case import CaseFile, LedgerRow
from engine.console.visit import Visit
from rules.case import Case, Outcome
from rules.items import Item

CHOICES = ("decide", "suspend", "let_go")
_OPEN = frozenset({"open", "suspended"})


class PreMortem(msgspec.Struct, frozen=True):
    """`chosen`: the facts that say who chose what, in order."""

    granted: str
    granted_to: str | None
    clause: str | None
    legal_at: datetime
    chosen: tuple[LedgerRow, ...]


def pre_mortem(v: Visit, case: CaseFile, derived: Case | None) -> PreMortem | None:
    """None before the notice went out, once nothing can be prevented, and for those who do not decide."""
    if derived is None or derived.item is None or case.status not in _OPEN:
        return None
    outcome = derived.outcome
    if outcome is None or not _to_come(outcome, v.now) or not _decides(v, case, outcome):
        return None
    item: Item = derived.item
    return PreMortem(
        item.silence.grants or v.item_name(item.code),
        masked_applicant(v.db, case.case_id),
        item.silence.basis,
        outcome.legal_at,
        tuple(_of(v, case, "silence.considered")),
    )


def _to_come(outcome: Outcome, now: datetime) -> bool:
    return outcome.by is None and outcome.kind == "implied_consent" and now < outcome.legal_at


def _decides(v: Visit, case: CaseFile, outcome: Outcome) -> bool:
    """The notice of this very end is on record: those it went to choose, and those who say what becomes of a held effect."""
    sent = [row for row in _of(v, case, "notice_due") if row.legal_at == outcome.legal_at]
    to = [row.data.get("to") for row in sent if row.data.get("kind") == "decision_reminder"]
    return bool(to) and (v.person in to or v.may("hold.close", case.unit))


def _of(v: Visit, case: CaseFile, type_: str) -> list[LedgerRow]:
    columns = ", ".join(LedgerRow.__struct_fields__)
    query = f"SELECT {columns} FROM entry WHERE stream_id = %s AND type = %s ORDER BY version"  # noqa: S608
    return sql.rows(v.db, LedgerRow, query, (f"case:{case.case_id}", type_))
