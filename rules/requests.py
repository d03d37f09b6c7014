"""What an inspector asks for with a term: an explanation, the answer to a supervision proposal (监察建议书), the receipt of a referral."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from rules.calendar import Calendar
from rules.facts import Fact
from rules.profile import Profile
from rules.time_limits import due
from rules.world import World

ASKED = {"inquiry.opened": "inquiry.answered", "supervision.proposed": "supervision.answered"}
REFERRED, RECEIPT = "case.referred", "referral.answered"


class Request(msgspec.Struct, frozen=True):
    """`end`: when the clock of its answer ends; `answer`: the word that answered it."""

    cause: str
    asked: Fact
    unit: str
    end: datetime
    answer: Fact | None

    @property
    def answered_in_time(self) -> bool:
        return self.answer is not None and self.answer.occurred_at < self.end


class Terms(msgspec.Struct, frozen=True):
    """Under what an answer is awaited; `unit`: the case's, which is asked where no other is named."""

    world: World
    calendar: Calendar
    profile: Profile
    unit: str

    def end(self, asked: Fact, unit: str) -> datetime:
        """The last day that was named, else the term of the unit's rules, counted from the day of the request."""
        named = getattr(asked.data, "answer_by", None)
        if named is not None:
            return self.calendar.end_of(named)
        on = self.calendar.local_date(asked.occurred_at)
        rules = self.world.accountability_of(unit, on)
        within = {
            "inquiry.opened": rules.inquiry_answer,
            "supervision.proposed": rules.supervision_answer,
            REFERRED: rules.receipt_within,
        }[asked.type]
        return due(within, on, self.calendar, self.profile).expires_at


def asked_of(facts: Sequence[Fact], terms: Terms) -> list[Request]:
    """Inquiries and proposals of a case; each answer is for the oldest question, of the unit that it names if it names one."""
    found = []
    for type_, answer in ASKED.items():
        answers = sorted((f for f in facts if f.type == answer), key=_when)
        for fact in sorted((f for f in facts if f.type == type_), key=_when):
            unit = fact.data.unit or terms.unit
            word = next((f for f in answers if f.occurred_at >= fact.occurred_at and f.data.unit in {None, unit}), None)
            if word is not None:
                answers.remove(word)
            found.append(Request(f"{type_.split('.')[0]}:{fact.id}", fact, unit, terms.end(fact, unit), word))
    return found


def referred_of(facts: Sequence[Fact], terms: Terms) -> list[Request]:
    """Referrals of a case; the competent body has to say that it received the package."""
    found = []
    for fact in (f for f in facts if f.type == REFERRED):
        word = next((f for f in facts if f.type == RECEIPT and f.occurred_at >= fact.occurred_at), None)
        found.append(Request(f"referral:{fact.id}", fact, terms.unit, terms.end(fact, terms.unit), word))
    return found


def _when(fact: Fact) -> datetime:
    return fact.occurred_at
