"""What of the filings is somebody's next step, by their own clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from engine.console.visit import Visit
from engine.filings import reading
from engine.rights import Action
from rules.filing import WRITABLE, Filing, Review

_RIGHTS: tuple[Action, ...] = ("catalogue.edit", "catalogue.review", "catalogue.approve")
# So many drafts are checked for a first screen; the list has them all.
MOST_CHECKED = 12


class Work(msgspec.Struct, frozen=True):
    """`until`: when this person's own time for it ends; drafts have none. `asked`: the reviews that are theirs to give."""

    filing: Filing
    until: datetime | None = None
    asked: tuple[Review, ...] = ()


def waiting(v: Visit) -> Iterator[Work]:
    """The shortest time left first, then what has no end."""
    if not any(v.knows(action) for action in _RIGHTS):
        return
    found = [work for filing in reading.pending(v.db) if (work := _mine(v, filing))]
    yield from sorted(found, key=lambda work: (work.until is None, work.until or v.now))


def _mine(v: Visit, filing: Filing) -> Work | None:
    match filing.phase:
        case "reviewing":
            asked = reviews_of(v, filing)
            return Work(filing, min(one.expires_at for one in asked), asked) if asked else None
        case "approving" if v.may("catalogue.approve", filing.unit) and v.person != filing.author:
            return Work(filing, filing.approve_by)
        case "approved" if v.may("catalogue.approve", filing.unit):
            return Work(filing)
        case "draft" | "returned" if v.may("catalogue.edit", filing.unit):
            return Work(filing)
    return None


def reviews_of(v: Visit, filing: Filing) -> tuple[Review, ...]:
    """The reviews this person may give now: nobody reviews what he wrote himself."""
    if filing.phase != "reviewing" or v.person == filing.author:
        return ()
    return tuple(one for one in filing.reviews if one.verdict is None and v.may("catalogue.review", one.unit))


def why_back(v: Visit, filing: Filing) -> list[str]:
    """Why an entry came back: what the leading-group office wrote, or each office that objects."""
    if filing.phase != "returned":
        return []
    objections = [one for one in filing.reviews if one.verdict == "objected"]
    said = [f"{v.t.code('filing_office', one.office)}: {one.remarks}" for one in objections]
    return [filing.remarks] if filing.remarks else said


def asked_about(v: Visit, codes: Iterable[str]) -> bool:
    """Whether an office of this person is asked about one of these items, or approves it: what bears on the draft is theirs to see."""
    wanted = set(codes)
    return any(
        filing.code in wanted
        and (
            v.may("catalogue.approve", filing.unit)
            or any(v.may("catalogue.review", one.unit) for one in filing.reviews)
        )
        for filing in reading.pending(v.db)
    )


class Draft(msgspec.Struct, frozen=True):
    """A draft of the own units with what lint counts against it."""

    filing: Filing
    errors: int
    warnings: int


def drafts(v: Visit, work: Iterable[Work]) -> list[Draft]:
    """The last changed first."""
    mine = [one.filing for one in work if one.filing.phase in WRITABLE]
    return [_checked(v, filing) for filing in mine[: -MOST_CHECKED - 1 : -1]]


def _checked(v: Visit, filing: Filing) -> Draft:
    found = reading.lint_of(filing, v.world, v.now)
    errors = sum(one.severity == "error" for one in found)
    return Draft(filing, errors, len(found) - errors)
