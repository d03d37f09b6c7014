"""What citizens say of a case, as it stands: complaints with admission, answer and review, ratings with call-back, rectification and appeal.

A pure decider (accountability.md 6): facts in, the state of each complaint and rating out, and what was said in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from rules.case import Refused
from rules.facts import Fact, order

COMPLAINED, RATED = "complaint.filed", "rating.submitted"
WORDS = {
    "complaint.accepted": "accepted",
    "complaint.declined": "declined",
    "complaint.answered": "answered",
    "complaint.review_requested": "review_asked",
    "complaint.reviewed": "reviewed",
    "rating.called_back": "called_back",
    "rectification.completed": "rectified",
    "rating.appealed": "appealed",
    "rating.appeal_decided": "decided",
}
TYPES = frozenset({COMPLAINED, RATED, *WORDS})
NOBODY_FOR_HIMSELF = "nobody handles a complaint or a rating about himself; the next one above does"
NOT_TWICE = "whoever answered a complaint does not review the answer; the next one above does"


class Voice(msgspec.Struct, frozen=True):
    """One complaint or rating. `about`: who is complained about or was rated; `said`: what was said to it, by stage."""

    filed: Fact
    about: str | None
    said: dict[str, Fact] = {}

    @property
    def id(self) -> str:
        return self.filed.id

    @property
    def is_complaint(self) -> bool:
        return self.filed.type == COMPLAINED

    def when(self, stage: str) -> datetime | None:
        word = self.said.get(stage)
        return None if word is None else word.occurred_at

    def waits_for(self, stage: str) -> bool:
        """Whether a word of this stage has its place now."""
        if stage in self.said:
            return False
        if not self.is_complaint:
            return stage in {"called_back", "rectified", "appealed"} or (stage == "decided" and "appealed" in self.said)
        settled = bool({"declined", "answered"} & set(self.said))
        return {
            "accepted": not settled,
            "declined": not settled and "accepted" not in self.said,
            "answered": not settled,
            "review_asked": settled,
            "reviewed": "review_asked" in self.said,
        }.get(stage, False)

    @property
    def result(self) -> str | None:
        """How it was judged in the end. A review that reverses turns the answer round."""
        if not self.is_complaint:
            return getattr(self.said["decided"].data, "result", None) if "decided" in self.said else None
        answer = self.said.get("answered")
        given = None if answer is None else answer.data.result
        review = self.said.get("reviewed")
        if review is None or review.data.result == "upheld":
            return given
        return "upheld" if given in {None, "unfounded"} else "unfounded"

    def phase(self, *, bad: bool) -> str:
        if self.is_complaint:
            return self._complaint_phase()
        if not bad or self.result == "unfounded" or "rectified" in self.said:
            return "settled"
        return "appealed" if "appealed" in self.said and "decided" not in self.said else "rectification"

    def _complaint_phase(self) -> str:
        if "review_asked" in self.said:
            return "settled" if "reviewed" in self.said else "review"
        if "declined" in self.said:
            return "declined"
        return "settled" if "answered" in self.said else "accepted" if "accepted" in self.said else "filed"


class Voices(msgspec.Struct, frozen=True):
    """All of a case. `parked`: words for which there is no complaint or rating yet."""

    found: tuple[Voice, ...] = ()
    refusals: tuple[Refused, ...] = ()
    parked: tuple[tuple[str, str], ...] = ()


def voices(facts: Sequence[Fact], held_by: Callable[[datetime], str | None]) -> Voices:
    """`held_by` tells who had the case in hand at an instant: the one complained about where nobody is named."""
    taken_back = {f.data.fact for f in facts if f.type == "fact.retracted"}
    mine = sorted((f for f in facts if f.type in TYPES and f.id not in taken_back), key=order)
    found: dict[str, Voice] = {}
    refusals: list[Refused] = []
    parked: list[tuple[str, str]] = []
    for fact in mine:
        if fact.type in {COMPLAINED, RATED}:
            found[fact.id] = Voice(fact, getattr(fact.data, "against", None) or held_by(fact.occurred_at))
            continue
        voice = _meant(found.values(), fact)
        if voice is None:
            parked.append((fact.id, "no complaint or rating is known that waits for this"))
        elif why := _recused(voice, fact):
            refusals.append(Refused(fact.id, "not_competent", why, fact.occurred_at))
        else:
            found[voice.id] = msgspec.structs.replace(voice, said={**voice.said, WORDS[fact.type]: fact})
    return Voices(tuple(found.values()), tuple(refusals), tuple(parked))


def _meant(found: Iterable[Voice], word: Fact) -> Voice | None:
    named = getattr(word.data, "complaint", None) or getattr(word.data, "rating", None)
    mine = (v for v in found if v.is_complaint == word.type.startswith("complaint."))
    return next((v for v in mine if v.waits_for(WORDS[word.type]) and named in {None, v.id}), None)


def _recused(voice: Voice, word: Fact) -> str | None:
    """回避: who is complained about neither admits nor answers; who answered does not review. An appeal is the rated one's own word."""
    stage = WORDS[word.type]
    if word.actor is None or stage in {"review_asked", "appealed", "rectified"}:
        return None
    if word.actor == voice.about:
        return NOBODY_FOR_HIMSELF
    answered = {voice.said[name].actor for name in ("declined", "answered") if name in voice.said}
    return NOT_TWICE if stage == "reviewed" and word.actor in answered else None
