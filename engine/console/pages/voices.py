"""Complaints and ratings: the list by who has to act, and one with what can be said to it now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.actions import Act, Refusal, perform
from engine.console.errors import NotFound
from engine.console.export import Cell, exports
from engine.console.paging import address, every, following
from engine.console.parts import Console
from engine.console.views.voices import PAGE, PHASES, VoiceFilter, VoiceRow, list_voices, of_number, spoken, voice
from engine.console.views.voices import reporter as who_reported
from engine.console.visit import Visit, visit
from engine.rights import Action


class Word(msgspec.Struct, frozen=True):
    """Something that can be said in a phase. `results`: among which one is chosen; `field`: where the words go, needed where `must`.

    `amount`: a sum is named with it.
    """

    type: str
    results: tuple[str, ...] = ()
    field: str = "text"
    must: bool = False
    right: Action = "voice.handle"
    amount: bool = False


WORDS: dict[str, tuple[Word, ...]] = {
    "filed": (
        Word("complaint.accepted"),
        Word("complaint.declined", field="reason", must=True),
        Word("complaint.answered", ("upheld", "partly_upheld", "unfounded"), must=True),
    ),
    "accepted": (Word("complaint.answered", ("upheld", "partly_upheld", "unfounded"), must=True),),
    "review": (Word("complaint.reviewed", ("upheld", "reversed"), must=True),),
    "rectification": (
        Word("rating.called_back", must=True),
        Word("rectification.completed", must=True),
        Word("rating.appealed", must=True, right="rating.appeal"),
    ),
    "reported": (Word("report.verified", ("substantiated", "unsubstantiated"), must=True, right="report.verify"),),
    "substantiated": (
        Word("report.rewarded", ("granted", "refused"), field="reason", must=True, right="reward.decide", amount=True),
    ),
    "rewarded": (Word("report.paid", must=True, right="reward.decide"),),
    "appealed": (Word("rating.appeal_decided", ("unfounded", "stands"), field="reason", must=True),),
}


def add(router: APIRouter, console: Console) -> None:
    @router.get("/voices")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("voice.read")
            return _list(v)

    @router.get("/voices/no-case/{number}")
    def of_no_case(request: Request, number: str) -> Response:
        with visit(console, request) as v:
            row = of_number(v.db, number)
            if row is None:
                raise NotFound
            return v.go(f"/voices/{row.id}")

    exports(router, console, "/voices", "nav.voices", _lines)

    @router.get("/voices/{id_}")
    def show(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _page(v, _found(v, id_))

    @router.post("/voices/{id_}/reporter")
    def reveal(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _revealed(v, _found(v, id_))

    @router.post("/voices/{id_}/say")
    def say(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _said(v, _found(v, id_))


def _list(v: Visit) -> Response:
    wanted = VoiceFilter.of(v.request.query_params)
    units = v.units("voice.read")
    rows = list_voices(v.db, wanted, units, v.person, reports=v.knows("report.read"))
    more = address("/voices", msgspec.to_builtins(wanted), following(rows, PAGE, "recorded_at"))
    seen = [u for u in v.world.units.values() if units is None or u.id in units]
    return v.page("voices.html", wanted=wanted, rows=rows[:PAGE], next=more, phases=PHASES, units=seen)


def _found(v: Visit, id_: str) -> VoiceRow:
    row = voice(v.db, id_)
    if row is None:
        raise NotFound
    if row.what == "report" and (row.about == v.person or not v.may("report.read", row.unit)):
        raise NotFound  # not even that there is one
    if row.what != "report":
        v.need("voice.read", row.unit, (row.owner, row.about))
    return row


def _may(v: Visit, row: VoiceRow) -> tuple[Word, ...]:
    """What the person may say now. About oneself nobody says anything but an appeal; the rules would refuse it too."""
    concerned: dict[Action, tuple[str | None, ...]] = {"voice.handle": (row.owner,), "rating.appeal": (row.about,)}
    words = WORDS.get(row.phase, ())
    mine = [word for word in words if v.may(word.right, row.unit, concerned.get(word.right, ()))]
    return tuple(word for word in mine if row.about != v.person or word.right == "rating.appeal")


def _page(
    v: Visit, row: VoiceRow, refusal: Refusal | None = None, wrong: str = "", reporter: str | None = None
) -> Response:
    words = [(word, v.new_token()) for word in _may(v, row)]
    said = spoken(v.db, row) if _may_read(v, row) else []
    return v.page(
        "voice.html",
        422 if wrong else 200,
        row=row,
        words=words,
        said=said,
        refusal=refusal,
        wrong=wrong,
        form=v.form,
        reporter=reporter,
        may_reveal=row.what == "report" and v.may("reward.decide", row.unit),
        reveal_token=v.new_token(),
    )


def _revealed(v: Visit, row: VoiceRow) -> Response:
    """First the look goes on the ledger with its reason, then the name is shown, once."""
    if row.what != "report":
        raise NotFound
    v.need("reward.decide", row.unit)
    reason = v.form.get("reason", "").strip()
    if not reason:
        return _page(v, row, wrong="reporter")
    refusal = perform(v, Act("reporter.revealed", row.case_id, {"reason": reason}, v.form.get("token", "")))
    return (
        _page(v, row, refusal)
        if refusal
        else _page(v, row, reporter=who_reported(v.db, row) or v.t("voices.anonymous"))
    )


def _may_read(v: Visit, row: VoiceRow) -> bool:
    """Whoever handles it and whoever watches. Whom it is about does not read who complained and how."""
    return row.about != v.person and (
        v.may("voice.handle", row.unit, (row.owner,)) or v.may("finding.decide", row.unit)
    )


def _said(v: Visit, row: VoiceRow) -> Response:
    word = next((word for word in _may(v, row) if word.type == v.form.get("type")), None)
    if word is None:
        raise NotFound
    words, result = v.form.get("words", "").strip(), v.form.get("result", "")
    if (word.must and not words) or (word.results and result not in word.results):
        return _page(v, row, wrong=word.type)
    granted = word.amount and result == "granted"
    amount = v.form.get("amount", "").strip()
    if granted and not (amount.isascii() and amount.isdigit() and int(amount) > 0):
        return _page(v, row, wrong=word.type)
    data = {
        **({} if row.what == "report" else {row.what: row.number}),
        **({"amount": int(amount)} if granted else {}),
        **({word.field: words} if words else {}),
        **({"result": result} if word.results else {}),
    }
    refusal = perform(v, Act(word.type, row.case_id, data, v.form.get("token", "")))
    return _page(v, row, refusal) if refusal else v.go(f"/voices/{row.id}?done=said")


def _lines(v: Visit) -> Iterator[Sequence[Cell]]:
    v.need_role("voice.read")
    yield [
        v.t(name)
        for name in (
            "voices.what",
            "voices.grade",
            "col.case",
            "col.unit",
            "voices.owner",
            "col.status",
            "voices.result",
            "voices.opened",
            "col.deadline",
        )
    ]
    wanted, units = VoiceFilter.of(v.request.query_params), v.units("voice.read")

    def read(after: str) -> list[VoiceRow]:
        seen = msgspec.structs.replace(wanted, after=after)
        return list_voices(v.db, seen, units, v.person, reports=v.knows("report.read"))

    for row in every(read, PAGE, "recorded_at"):
        yield _words(v, row)


def _words(v: Visit, row: VoiceRow) -> Sequence[Cell]:
    return (
        v.t.code("voice", row.what), row.score, row.case_id, v.unit_name(row.unit), v.person_name(row.owner) if row.owner else "",
        v.t.code("voice_phase", row.phase), v.t.code("voice_result", row.result) if row.result else "", v.iso(row.opened_at), v.iso(row.phase_until),
    )  # fmt: skip
