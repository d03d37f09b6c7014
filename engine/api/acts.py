"""What people decide, as bodies of POST requests, and the fact each becomes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("the character U+0000 cannot be stored")
    return text


Text = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_storable)]
PersonId = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_storable)]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern="^[a-z_]+$")]
Grade = Literal["minor", "ordinary", "serious", "grave"]
Aspect = Literal["nature", "circumstances", "consequences", "impact"]


class Act(BaseModel):
    """Who acts, by person id, and on what basis. The sending system answers for having signed this person in."""

    model_config = ConfigDict(extra="forbid")
    actor: PersonId
    basis: Text | None = None

    def data(self) -> dict[str, Any]:
        """The fact's own fields."""
        return self.model_dump(mode="json", exclude={"actor", "basis"}, exclude_none=True)


class Confirmation(Act):
    """A finding holds. Either its grade or its nature is named."""

    grade: Grade | None = None
    nature: Text | None = None
    circumstances: Text | None = None
    consequences: Text | None = None
    impact: Text | None = None
    ratings: dict[Aspect, Grade] | None = None
    aggravating: list[Code] | None = None
    mitigating: list[Code] | None = None
    leaders: list[PersonId] | None = None
    reason: Text | None = None


class Dismissal(Act):
    """A finding does not hold."""

    reason: Text
    code: Text | None = None


class Excuse(Act):
    """A finding holds, and nobody answers for it (免责, 容错)."""

    code: Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_storable)]
    reason: Text


class Withdrawal(Act):
    """A finding is taken back; it was opened or confirmed by mistake."""

    reason: Text


class Acknowledgement(Act):
    """An alert has been seen."""


class AlertAnswer(Act):
    """What is done about an alert."""

    text: Text


class AlertClosing(Act):
    """Why an alert needs no answer; by whoever stands above its addressees, an inspector or the leading-group office."""

    reason: Text


class Report(Act):
    """What an inspector found without a detector."""

    finding: Code
    person: PersonId | None = None
    unit: PersonId | None = None
    text: Text


class Inquiry(Act):
    """Asks the unit about a finding before anything is opened; without a day the unit's rules say by when to answer."""

    finding: Code | None = None
    unit: PersonId | None = None
    answer_by: date | None = None
    text: Text | None = None


class Proposal(Act):
    """A supervision proposal (监察建议书)."""

    text: Text
    unit: PersonId | None = None
    answer_by: date | None = None


class Answer(Act):
    """What the unit answers to an inquiry or a proposal."""

    text: Text


class Referral(Act):
    """To whom a matter is handed over that is more than a breach of a promise."""

    to: PersonId
    why: Text
    person: PersonId | None = None


class ReferralAnswer(Act):
    """What the competent body says: it has the package, or gives the matter back."""

    result: Literal["received", "returned"]
    receipt: Text | None = None


class EvidenceSealed(Act):
    """A package of evidence, known by its hash."""

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    to: PersonId | None = None


class Hearing(Act):
    """The record of a hearing (听取陈述申辩笔录)."""

    text: Text
    present: list[PersonId] = []


class Recusal(Act):
    """Somebody is concerned and takes no part (回避)."""

    recused: PersonId
    reason: Text


class Step(Act):
    """A measure was served, executed, undone, or its file closed."""

    reason: Text | None = None


class ReviewRequest(Act):
    """Why the one concerned asks for a review."""

    reason: Text


class ReviewDecision(Act):
    """The result of a review, with its reason."""

    result: Literal["upheld", "reversed"]
    reason: Text


class Remark(Act):
    """What was done about a complaint or a rating, or why it is asked to be looked at again."""

    text: Text | None = None


class Refusal(Act):
    """A complaint is not admitted; the reason is in writing."""

    reason: Text


class Reply(Remark):
    """The answer to a complaint, and whether it was right."""

    result: Literal["upheld", "partly_upheld", "unfounded"]


class Rereading(Remark):
    """The review of an answer: it is upheld, or turned round."""

    result: Literal["upheld", "reversed"]


class AppealDecision(Act):
    """The appeal of whoever was rated: the rating is unfounded, or it stands."""

    result: Literal["unfounded", "stands"]
    reason: Text


class Verification(Act):
    """Whether what was reported is so."""

    result: Literal["substantiated", "unsubstantiated"]
    text: Text


class Reward(Act):
    """A reward is granted with its amount, in whole units of the currency, or refused with a reason."""

    result: Literal["granted", "refused"]
    amount: int | None = Field(default=None, ge=1, le=1_000_000_000)
    reason: Text


class Payment(Act):
    """The voucher of what was paid."""

    text: Text


class Statement(Act):
    """What the one concerned has to say (陈述申辩)."""

    text: Text


class Decision(Act):
    """The measure, 1 to 7, with its reason."""

    level: int = Field(ge=1, le=7)
    reason: Text
