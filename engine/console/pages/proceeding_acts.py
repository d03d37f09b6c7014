"""What somebody may do in a proceeding at this moment, each as a form of its own; what is sent becomes a fact at the one door."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.console.actions import Act
from engine.console.views.proceedings import ProceedingRow
from engine.console.visit import Visit
from engine.rights import Action

Field = Literal["text", "reason", "recused", "result"]
RESULTS = ("upheld", "reversed")


class Form(msgspec.Struct, frozen=True):
    """`phases` in which it is offered; an empty tuple: while a restoration is due."""

    name: str
    fact: str
    action: Action
    phases: tuple[str, ...]
    fields: tuple[Field, ...] = ()


BEFORE = ("opened", "notified", "statement", "proposed")
FORMS = (
    Form("hearing", "hearing.held", "measure.decide", BEFORE, ("text",)),
    Form("recusal", "recusal.declared", "recusal.declare", BEFORE, ("recused", "reason")),
    Form("service", "measure.served", "measure.execute", ("decided",)),
    Form("review_request", "review.requested", "statement.file", ("decided", "served"), ("reason",)),
    Form("review", "review.decided", "review.decide", ("review",), ("result", "reason")),
    Form("execution", "measure.executed", "measure.execute", ("decided", "served", "effective")),
    Form("restoration", "restoration.completed", "measure.execute", (), ("reason",)),
    Form("closing", "proceeding.closed", "measure.execute", ("executed",)),
)


def forms(v: Visit, row: ProceedingRow) -> tuple[Form, ...]:
    """What the person signed in may do now. Nobody acts for the other side: a review is asked for by the one concerned alone."""
    return tuple(form for form in FORMS if _offered(form, row) and _may(v, form, row))


def _offered(form: Form, row: ProceedingRow) -> bool:
    return row.restoration_due if not form.phases else row.phase in form.phases


def _may(v: Visit, form: Form, row: ProceedingRow) -> bool:
    own = row.person == v.person
    if form.action == "statement.file":
        return own or (row.person is None and v.may("inquiry.answer", row.unit))
    if form.name == "review" and row.decided_by == v.person:
        return False
    return not own and v.may(form.action, row.unit, (row.person,))


def missing(v: Visit, form: Form) -> tuple[str, ...]:
    """The fields that were left empty, or hold what nobody offered."""
    said = {name: v.form.get(name, "").strip() for name in form.fields}
    return tuple(name for name, value in said.items() if not value or (name == "result" and value not in RESULTS))


def act(v: Visit, form: Form, row: ProceedingRow) -> Act:
    said: dict[str, object] = {name: v.form[name].strip() for name in form.fields}
    return Act(form.fact, row.case_id or "", {**whose(row), **said}, v.form.get("token", ""))


def whose(row: ProceedingRow) -> dict[str, object]:
    """How a fact names a proceeding: by its person, or its unit, and by its own id."""
    mine: dict[str, object] = {"person": row.person} if row.person else {"unit": row.unit}
    return {**mine, "proceeding": row.proceeding_id}
