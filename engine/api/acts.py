"""What people decide, as bodies of POST requests, and the fact each becomes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("the character U+0000 cannot be stored")
    return text


Text = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_storable)]
PersonId = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_storable)]
Grade = Literal["minor", "ordinary", "serious", "grave"]


class Act(BaseModel):
    """Who acts, by person id, and on what basis. The sending system answers for having signed this person in."""

    model_config = ConfigDict(extra="forbid")
    actor: PersonId
    basis: Text | None = None

    def data(self) -> dict[str, Any]:
        """The fact's own fields."""
        return self.model_dump(exclude={"actor", "basis"}, exclude_none=True)


class Confirmation(Act):
    """A finding holds. Either its grade or its nature is named."""

    grade: Grade | None = None
    nature: Text | None = None
    circumstances: Text | None = None
    consequences: Text | None = None
    impact: Text | None = None
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


class Statement(Act):
    """What the one concerned has to say (陈述申辩)."""

    text: Text


class Decision(Act):
    """The measure, 1 to 7, with its reason."""

    level: int = Field(ge=1, le=7)
    reason: Text
