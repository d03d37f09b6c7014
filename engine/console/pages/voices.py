"""Complaints and ratings: the list by who has to act, and one with what can be said to it now."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.actions import Act, Refusal, perform
from engine.console.errors import NotFound
from engine.console.parts import Console
from engine.console.views.voices import PAGE, PHASES, VoiceFilter, VoiceRow, list_voices, of_number, spoken, voice
from engine.console.visit import Visit, visit
from engine.rights import Action
from rules.complaint_stream import COMPLAINT


class Word(msgspec.Struct, frozen=True):
    """Something that can be said in a phase. `results`: among which one is chosen; `field`: where the words go, needed where `must`."""

    type: str
    results: tuple[str, ...] = ()
    field: str = "text"
    must: bool = False
    right: Action = "voice.handle"


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
            row = of_number(v.db, f"{COMPLAINT}{number}")
            if row is None:
                raise NotFound
            return v.go(f"/voices/{row.id}")

    @router.get("/voices/{id_}")
    def show(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _page(v, _found(v, id_))

    @router.post("/voices/{id_}/say")
    def say(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _said(v, _found(v, id_))


def _list(v: Visit) -> Response:
    wanted = VoiceFilter.of(v.request.query_params)
    units = v.units("voice.read")
    rows = list_voices(v.db, wanted, units, v.person)
    more = f"{rows[PAGE - 1].recorded_at.isoformat()}~{rows[PAGE - 1].id}" if len(rows) > PAGE else None
    seen = [u for u in v.world.units.values() if units is None or u.id in units]
    return v.page("voices.html", wanted=wanted, rows=rows[:PAGE], next=more, phases=PHASES, units=seen)


def _found(v: Visit, id_: str) -> VoiceRow:
    row = voice(v.db, id_)
    if row is None:
        raise NotFound
    v.need("voice.read", row.unit, (row.owner, row.about))
    return row


def _may(v: Visit, row: VoiceRow) -> tuple[Word, ...]:
    """What the person may say now. About oneself nobody says anything but an appeal; the rules would refuse it too."""
    concerned = {"voice.handle": (row.owner,), "rating.appeal": (row.about,)}
    words = WORDS.get(row.phase, ())
    mine = [word for word in words if v.may(word.right, row.unit, concerned[word.right])]
    return tuple(word for word in mine if row.about != v.person or word.right == "rating.appeal")


def _page(v: Visit, row: VoiceRow, refusal: Refusal | None = None, wrong: str = "") -> Response:
    words = [(word, v.new_token()) for word in _may(v, row)]
    said = spoken(v.db, row) if _may_read(v, row) else []
    return v.page(
        "voice.html", 422 if wrong else 200, row=row, words=words, said=said, refusal=refusal, wrong=wrong, form=v.form
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
    data = {
        row.what: row.number,
        **({word.field: words} if words else {}),
        **({"result": result} if word.results else {}),
    }
    refusal = perform(v, Act(word.type, row.case_id, data, v.form.get("token", "")))
    return _page(v, row, refusal) if refusal else v.go(f"/voices/{row.id}?done=said")
