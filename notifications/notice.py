"""What a kind of notice is: who may be told, which values it needs, whether it may wait."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

from notifications.fields import Instant, Link, Text

Audience = Literal[
    "applicant",
    "holder",
    "section_head",
    "deputy_in_charge",
    "first_responsible",
    "discipline_group",
    "inspector",
    "leading_group",
    "operator",
    "person_concerned",
    "decider",
]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
CHAIN: tuple[Audience, ...] = (
    "section_head",
    "deputy_in_charge",
    "first_responsible",
    "discipline_group",
    "inspector",
    "leading_group",
)
# Papers with legal weight for one person: read whole and alone, never as a line in a digest.
SENT_ALONE: frozenset[Audience] = frozenset({"applicant", "person_concerned"})

Fields = dict[str, object]
ANY: Fields = {"addressee": Text | None, "contact": Text | None, "link": Link | None}
AUTOMATIC: Fields = {"clause": Text | None, "legal_at": Instant, "recorded_at": Instant}
CASE: Fields = {"case_number": Text, "item_name": Text, "unit_name": Text}
TO_APPLICANT: Fields = {"contact": Text}
PROCEEDING: Fields = {**CASE, "proceeding_number": Text}


class Notice(Struct, frozen=True, kw_only=True):
    """One kind of notice.

    `fields` maps names to types; a type that allows None may be left out. `can_wait` allows holding it back to
    the addressee's office hours. `automatic` makes the message say that no person acted.
    """

    kind: str
    audience: tuple[Audience, ...]
    fields: Fields
    can_wait: bool
    automatic: bool = True

    @property
    def merges(self) -> bool:
        """Whether a digest may carry it as one line."""
        return not SENT_ALONE.intersection(self.audience)


def notice(kind: str, *audience: Audience, fields: Fields, can_wait: bool = False, automatic: bool = True) -> Notice:
    return Notice(kind=kind, audience=audience, fields={**ANY, **fields}, can_wait=can_wait, automatic=automatic)
