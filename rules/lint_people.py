"""Checks of who does the work: a holder who is in post, a head who may extend, ids that name one thing each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import get_args

from rules.chain import resolve
from rules.lint import Ground, Lint
from rules.world import Person, PostName

POSTS = frozenset(get_args(PostName))


def holder_without_post(at: Ground) -> Iterator[Lint]:
    """accountability.md 5: steps are given to posts or persons, and no case is ever without a holder."""
    for field, holder in _holders(at):
        post = holder.removeprefix("post:")
        if post != holder and post not in POSTS:
            yield at.error("holder_without_post", field, "no_such_post", holder=holder)
        elif not _known(at):
            continue
        elif post != holder:
            yield from _vacant(at, field, post)
        else:
            yield from _out_of_post(at, field, holder)


def competence_gap(at: Ground) -> Iterator[Lint]:
    """Licensing Law art. 42: the agency's head extends. Where nobody holds that post, nobody can."""
    if not _known(at):
        return
    if at.item.unit not in at.world.units:
        yield at.error("competence_gap", "unit", "unit", unit=at.item.unit)
    elif at.item.extension is not None:
        approver = at.item.extension.approver or "head"
        post = "first_responsible" if approver == "head" else approver.removeprefix("post:")
        if post in POSTS and not _ever_held(at, post):
            yield at.warning("competence_gap", "extension.approver", "extension", post=post)


def repeated_id(at: Ground) -> Iterator[Lint]:
    """Two steps or offices of one id would be timed as one."""
    for name in ("steps", "offices"):
        for id_, times in Counter(part.id for part in getattr(at.item, name)).items():
            if times > 1:
                yield at.error("repeated_id", name, id=id_, times=times)


def _known(at: Ground) -> bool:
    """Whether anything is known of units and people; else nobody could be in post."""
    return at.described and bool(at.world.people or at.world.units)


def _holders(at: Ground) -> Iterator[tuple[str, str]]:
    if at.item.holder:
        yield "holder", at.item.holder
    yield from ((f"steps[{n}].holder", step.holder) for n, step in enumerate(at.item.steps) if step.holder)


def _vacant(at: Ground, field: str, post: str) -> Iterator[Lint]:
    """A vacant post is held by its superior, which is worth a word; with nobody above it is an error."""
    if _ever_held(at, post):
        return
    above = resolve(at.world, at.item.unit, f"post:{post}", at.on)
    if above is None:
        yield at.error("holder_without_post", field, "vacant", post=post)
    else:
        yield at.warning("holder_without_post", field, "superior", post=post, person=above)


def _out_of_post(at: Ground, field: str, person: str) -> Iterator[Lint]:
    posts = [p for p in at.world.people if p.id == person and _not_over(p, at.on)]
    if not posts:
        yield at.error("holder_without_post", field, person=person, on=at.on.isoformat())
    elif all(p.since > at.on for p in posts):
        since = min(p.since for p in posts)
        yield at.warning("holder_without_post", field, "begins", person=person, on=since.isoformat())
    elif all(p.to is not None for p in posts):
        last = max(p.to or date.min for p in posts)
        yield at.warning("holder_without_post", field, "leaves", person=person, on=last.isoformat())


def _ever_held(at: Ground, post: str) -> bool:
    """Whether somebody holds a post of the item's unit on the day or from a later one."""
    named = getattr(at.world.units.get(at.item.unit), post, None)
    return any(
        _not_over(p, at.on) and ((p.unit == at.item.unit and p.post == post) or p.id == named) for p in at.world.people
    )


def _not_over(person: Person, on: date) -> bool:
    return person.to is None or person.to >= on
