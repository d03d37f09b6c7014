"""Complaints and ratings as conclusions: each stands on record with its phase and owner, and each step has a clock with a card that climbs."""

from __future__ import annotations

from datetime import datetime

import msgspec

from rules.alerts import alert, rung_key, slow
from rules.chain import POSTS, Rung, next_rung
from rules.climbing import climbing, closed
from rules.conclusion import Conclusion
from rules.facts import Fact
from rules.limit import Limit
from rules.moment import View
from rules.time_limits import due
from rules.voices import Voice


class Task(msgspec.Struct, frozen=True):
    """What somebody has to do by a moment, from a word on; `done`: the word that did it. `posts`: whose it is, from the first one up."""

    name: str
    asked: Fact
    within: Limit
    done: Fact | None
    posts: tuple[str, ...]


def spoken(view: View) -> list[Conclusion]:
    """All complaints and ratings of the case, and the cards of those who have to act on them."""
    found: list[Conclusion] = []
    for voice in view.voices.found:
        tasks = _tasks(view, voice)
        for task in tasks:
            found += _cards(view, voice, task)
        found.append(_record(view, voice, next((task for task in tasks if task.done is None), None)))
    return found


def _record(view: View, voice: Voice, task: Task | None) -> Conclusion:
    filed = voice.filed
    phase = voice.phase(bad=_is_bad(view, voice))
    owner = _asked(view, voice, task) if task else None
    data = {
        "what": "complaint" if voice.is_complaint else "rating", "number": voice.id, "unit": _unit(view, voice), "about": voice.about,
        "subject": getattr(filed.data, "subject", None), "score": getattr(filed.data, "score", None),
        "opened_at": view.iso(filed.occurred_at), "phase": phase, "status": phase, "result": voice.result,
        "owner": owner.people[0] if owner else None,
        "phase_until": view.iso(_end(view, voice, task)) if task else None,
    }  # fmt: skip
    return Conclusion(
        "voice_opened", f"voice:{voice.id}", filed.occurred_at, view.at, data,
        live=("phase", "result", "owner", "phase_until"), moved="voice_moved",
    )  # fmt: skip


def _unit(view: View, voice: Voice) -> str:
    return getattr(voice.filed.data, "unit", None) or view.case.unit


def _is_bad(view: View, voice: Voice) -> bool:
    return not voice.is_complaint and voice.filed.data.score <= view.world.practice.bad_rating


def _tasks(view: View, voice: Voice) -> list[Task]:
    """What has been asked so far, step by step."""
    practice, said = view.world.practice, voice.said
    if not voice.is_complaint:
        return _of_rating(view, voice) if _is_bad(view, voice) else []
    handled = _route(view, voice)
    admitted = said.get("accepted") or said.get("declined") or said.get("answered")
    found = [Task("admission", voice.filed, practice.complaint_admission, admitted, handled)]
    if accepted := said.get("accepted"):
        found.append(Task("answer", accepted, practice.complaint_answer, said.get("answered"), handled))
    if asked := said.get("review_asked"):
        found.append(Task("review", asked, practice.complaint_review, said.get("reviewed"), _above_answer(view, voice)))
    return found


def _of_rating(view: View, voice: Voice) -> list[Task]:
    """A bad rating is called back and put right; an appeal is decided outside the unit. One that is unfounded asks for nothing more."""
    practice, said = view.world.practice, voice.said
    over = said.get("decided") if voice.result == "unfounded" else None
    found = [
        Task(
            "call_back",
            voice.filed,
            practice.rating_call_back,
            said.get("called_back") or said.get("rectified") or over,
            POSTS,
        ),
        Task("rectification", voice.filed, practice.rectification, said.get("rectified") or over, POSTS),
    ]
    if appealed := said.get("appealed"):
        found.append(Task("appeal", appealed, practice.rating_appeal, said.get("decided"), ()))
    return found


def _route(view: View, voice: Voice) -> tuple[str, ...]:
    """By subject to a post of the unit; a complaint about somebody in the chain starts above him."""
    start = view.world.practice.complaint_routes.get(voice.filed.data.subject or "", "discipline_group")
    on, unit = view.day(voice.filed.occurred_at), _unit(view, voice)
    held = [post for post in POSTS if voice.about in view.world.holders(unit, post, on)]
    above = POSTS.index(held[-1]) + 1 if held else 0
    return POSTS[max(above, POSTS.index(start) if start in POSTS else 0) :]


def _above_answer(view: View, voice: Voice) -> tuple[str, ...]:
    """Whoever answered does not review: the posts above his, or those outside the unit."""
    word = voice.said.get("answered") or voice.said.get("declined")
    actor, on = (word.actor, view.day(word.occurred_at)) if word else (None, view.day(view.at))
    held = [post for post in POSTS if actor is not None and actor in view.world.holders(_unit(view, voice), post, on)]
    return POSTS[POSTS.index(held[-1]) + 1 :] if held else ()


def _shut_out(voice: Voice) -> frozenset[str]:
    """Never to the one complained about, nor a review to whoever answered."""
    answered = (voice.said[name].actor for name in ("answered", "declined") if name in voice.said)
    return frozenset(person for person in (voice.about, *answered) if person is not None)


def _asked(view: View, voice: Voice, task: Task) -> Rung | None:
    without = _shut_out(voice) if task.name == "review" else frozenset([voice.about] if voice.about else [])
    return next_rung(view.world, _unit(view, voice), view.day(view.at), task.posts, None, without)


def _end(view: View, voice: Voice, task: Task) -> datetime:
    del voice
    return due(task.within, view.day(task.asked.occurred_at), view.calendar, view.profile).expires_at


def _cards(view: View, voice: Voice, task: Task) -> list[Conclusion]:
    """A card to whoever has to act; it climbs when the clock runs out, and closes with what was asked for."""
    kind = "complaint" if voice.is_complaint else "rating"
    cause, at, end = f"{kind}:{task.name}:{voice.id}", task.asked.occurred_at, _end(view, voice, task)
    owner = _asked(view, voice, task) or Rung("", ())
    card = alert(
        view, cause, "yellow", 0, at, view.at, owner.people, late=slow(view, task.asked.recorded_at),
        asked=owner.post, unit=_unit(view, voice), respond_until=view.iso(end),
    )  # fmt: skip
    record = view.records.get(rung_key(view, cause, "yellow", 0, at))
    if record is None:
        return [] if task.done is not None else [card]
    rungs: list[Conclusion] = []
    if task.done is None or task.done.occurred_at >= end:
        ladder, unit = view.rules_on(view.day(view.at), _unit(view, voice)).ladder, _unit(view, voice)
        posts = POSTS[POSTS.index(record.data["asked"]) + 1 :] if record.data["asked"] in POSTS else ()
        rungs = climbing(view, cause, record, ladder, task.done, posts, end=end, unit=unit, without=_shut_out(voice))
    return [c if task.done is None else closed(view, c, task.done) for c in [card, *rungs]]
