"""Filings: the list with what waits for me first, one entry with its reviews, differences and log, and each next step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import cast, get_args

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.chart import chart
from engine.console.errors import NotFound
from engine.console.filing_work import asked_about, reviews_of, waiting, why_back
from engine.console.pages.filing_entry import foreseen
from engine.console.parts import Console
from engine.console.visit import Visit, visit
from engine.filings import reading
from engine.filings.desk import act
from engine.filings.rights import asked_for
from engine.lint.telling import Told, told
from engine.simulation import answers, keep
from engine.simulation.draft import Draft, digest
from engine.simulation.figures import FIGURES
from rules.filing import Approve, Filing, GiveReview, Publish, Refused, SendBack, Submit, Verdict, Wish, Withdraw
from rules.items import Withholding


def add(router: APIRouter, console: Console) -> None:
    @router.get("/filings")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.read")
            return _list(v)

    @router.get("/filings/{id_}")
    def show(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.read")
            return _one(v, _needed(v, id_))

    @router.post("/filings/{id_}/{wish}")
    def move(request: Request, id_: str, wish: str) -> Response:
        with visit(console, request) as v:
            found = _needed(v, id_)
            wanted = _wish(v, wish, found)
            if isinstance(wanted, Refused):
                return _one(v, found, wanted)
            v.need(*asked_for(wanted, found))
            done = act(v.db, id_, wanted, v.person, console.clock)
            return _one(v, found, done) if isinstance(done, Refused) else v.go(f"/filings/{id_}?done=filed")


def _list(v: Visit) -> Response:
    phase = v.request.query_params.get("phase") or None
    rows = reading.listed(v.db, phase=phase)
    mine = list(waiting(v)) if phase is None else []
    return v.page("filings.html", rows=rows, mine=mine, phase=phase, phases=_PHASES, may_file=v.knows("catalogue.edit"))


_PHASES = ("draft", "reviewing", "approving", "approved", "returned", "published", "withheld", "withdrawn")


class Tried(msgspec.Struct, frozen=True):
    """A simulation about this item. `same`: of this very draft; `moved`: the figures that would be others, None while it runs."""

    kept: keep.Kept
    same: bool
    moved: list[tuple[str, answers.Figure]] | None


def _tried(v: Visit, filing: Filing) -> list[Tried]:
    """What reviewers should know: how drafts of this item would have done on past cases."""
    if not (v.may("rules.simulate", filing.unit) or asked_about(v, [filing.code])):
        return []
    now = digest(Draft(items=(filing.item,)))
    return [Tried(kept, kept.draft_hash == now, _moved(kept)) for kept in keep.latest(v.db, filing.code, 5)]


def _moved(kept: keep.Kept) -> list[tuple[str, answers.Figure]] | None:
    found = answers.simulation(kept).figures
    if found is None:
        return None
    return [(name, found.totals[name]) for name in FIGURES if name in found.totals and _changes(found.totals[name])]


def _changes(figure: answers.Figure) -> bool:
    return bool(figure.gained or figure.lost)


def _one(v: Visit, filing: Filing, refused: Refused | None = None) -> Response:
    return v.page(
        "filing.html", 409 if refused else 200, f=filing, item=filing.entry(), refused=refused, back=why_back(v, filing), log=reading.log(v.db, filing.id),
        changed=reading.against_published(filing, v.world), published=bool(v.world.versions(filing.code)),
        open_reviews=reviews_of(v, filing), may_edit=v.may("catalogue.edit", filing.unit), may_approve=v.may("catalogue.approve", filing.unit),
        simulations=_tried(v, filing), may_simulate=v.may("rules.simulate", filing.unit), chart=chart(v, filing.entry()),
        warnings=_warnings(_lint(v, filing)), tomorrow=(v.today + timedelta(days=1)).isoformat(), form=v.form, token=v.new_token(),
        **foreseen(v, filing.item),
    )  # fmt: skip


def _lint(v: Visit, filing: Filing) -> list[Told]:
    return [told(one, v.t.locale) for one in reading.lint_of(filing, v.world, v.now)]


def _warnings(lint: list[Told]) -> list[str]:
    """The codes of warnings that somebody has to have read before he goes on."""
    return list(dict.fromkeys(one.code for one in lint if one.severity == "warning"))


def _wish(v: Visit, name: str, filing: Filing) -> Wish | Refused:
    said = v.form.get("remarks", "").strip()
    wishes: dict[str, Callable[[], Wish | Refused]] = {
        "submit": lambda: _read_first(v, filing, _submission(v)),
        "review": lambda: _review(v, said),
        "approve": lambda: Approve(remarks=said or None),
        "return": lambda: SendBack(remarks=said),
        "publish": lambda: _read_first(v, filing, _publication(v)),
        "withdraw": lambda: Withdraw(reason=v.form.get("reason", "").strip()),
    }
    if name not in wishes:
        raise NotFound
    return wishes[name]()


def _read_first(v: Visit, filing: Filing, wish: Submit | Publish | Refused) -> Wish | Refused:
    """Warnings do not stop an entry; somebody has to say that he has read them, and that stays on the ledger."""
    found = _lint(v, filing)
    warned = _warnings(found)
    if isinstance(wish, Refused) or not warned or any(one.severity == "error" for one in found):
        return wish
    if v.form.get("acknowledged") != "yes":
        return Refused("warnings_unread", "the checks warn of something; read it and say so", "acknowledged")
    return msgspec.structs.replace(wish, acknowledged=tuple(warned))


def _submission(v: Visit) -> Submit | Refused:
    """Withheld only with basis and reason; half of it is no plain submission."""
    basis, reason = v.form.get("withhold-basis", "").strip(), v.form.get("withhold-reason", "").strip()
    if bool(basis) != bool(reason):
        return Refused("withholding_incomplete", "a power that is not published needs basis and reason", "withhold")
    return Submit(withhold=Withholding(basis=basis, reason=reason) if basis else None)


def _review(v: Visit, said: str) -> GiveReview | Refused:
    verdict = v.form.get("verdict", "")
    if verdict not in get_args(Verdict):
        return Refused("verdict_missing", "say whether the office agrees", "verdict")
    return GiveReview(office=v.form.get("office", ""), verdict=cast("Verdict", verdict), remarks=said or None)


def _publication(v: Visit) -> Publish | Refused:
    try:
        return msgspec.convert({"type": "publish", "effective_from": v.form.get("effective_from", "")}, Publish)
    except msgspec.ValidationError:
        return Refused("wrong_value", "the day it takes effect is no date", "effective_from")


def _needed(v: Visit, id_: str) -> Filing:
    found = reading.find(v.db, id_)
    if found is None:
        raise NotFound
    return found
