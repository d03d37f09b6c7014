"""Who is asked, and who comes next: the chain of posts of a unit, ending with an address that always exists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from rules.calendar import Calendar
from rules.facts import Fact
from rules.remembered import remembered
from rules.world import World

# accountability.md 4: officer, section, deputy in charge, first responsible, discipline group, inspector, leading-group office.
POSTS = ("section_head", "deputy_in_charge", "first_responsible", "discipline_group")
ABOVE_RED = POSTS[1:]
LAST = ("inspector", "leading_group_office")
# Why an alert goes up: nobody answered in time, or everybody who was asked has left his post.
SILENT, LEFT = "unanswered", "left_post"


class Rung(msgspec.Struct, frozen=True):
    """A post of the chain and who holds it."""

    post: str
    people: tuple[str, ...]


@remembered
def inspectors(world: World, on: date) -> tuple[str, ...]:
    return tuple(p for p in world.inspectors if world.active(p, on))


def office(world: World) -> tuple[str, ...]:
    """The last address. A world without one is refused where it is loaded."""
    return (world.leading_group_office,) if world.leading_group_office else ()


@remembered
def rungs(world: World, unit: str, on: date, posts: tuple[str, ...]) -> tuple[Rung, ...]:
    """The posts named, the inspectors, the leading-group office, each with its holders; vacant ones are skipped."""
    found = [Rung(post, world.holders(unit, post, on)) for post in posts]
    found += map(Rung, LAST, (inspectors(world, on), office(world)))
    return tuple(rung for rung in found if rung.people)


@remembered
def climb(world: World, unit: str, on: date, posts: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The addressees rung by rung."""
    return tuple(rung.people for rung in rungs(world, unit, on, posts))


@remembered
def next_rung(
    world: World, unit: str, on: date, posts: tuple[str, ...], asked: str | None, without: frozenset[str] = frozenset()
) -> Rung | None:
    """The first rung above the post that was asked last: whoever leaves or comes meanwhile, none is passed over and none asked twice."""
    order = (*posts, *LAST)
    lowest = order.index(asked) + 1 if asked in order else 0
    for rung in rungs(world, unit, on, posts):
        people = tuple(person for person in rung.people if person not in without)
        if people and order.index(rung.post) >= lowest:
            return Rung(rung.post, people)
    return None


@remembered
def vacant(
    world: World, unit: str, on: date, posts: tuple[str, ...], asked: str | None, above: Rung | None
) -> tuple[str, ...]:
    """The posts between two rungs that nobody holds: passed over, and that is on record."""
    lowest = posts.index(asked) + 1 if asked in posts else 0
    highest = posts.index(above.post) if above is not None and above.post in posts else len(posts)
    return tuple(post for post in posts[lowest:highest] if not world.holders(unit, post, on))


def out_of_reach(word: Fact) -> str:
    """Why an alert reached nobody: every attempt failed, or there was no way to attempt."""
    return "undeliverable" if word.data.attempts else "no_channel"


def vacated_at(world: World, calendar: Calendar, people: Sequence[str], since: datetime) -> datetime | None:
    """When the last of those who were asked has left his post; None while somebody is in his, and no end of it is known."""
    on = calendar.local_date(since)
    lasts = [world.last_day(person, on) for person in people]
    known = [last for last in lasts if last is not None]
    return max(since, calendar.end_of(max(known))) if known and len(known) == len(lasts) else None


@remembered
def holder_or_up(world: World, unit: str, holder: str | None, on: date) -> tuple[str, ...]:
    """The holder, or the first above who is in post; nobody is left out for lack of an addressee."""
    if holder is not None and world.active(holder, on):
        return (holder,)
    ladder = climb(world, unit, on, POSTS)
    return ladder[0] if ladder else ()


@remembered
def owner_of_hold(world: World, unit: str, on: date) -> str | None:
    """The unit's first responsible person, else the next up the chain."""
    ladder = climb(world, unit, on, ("first_responsible", "discipline_group"))
    return ladder[0][0] if ladder else None


@remembered
def resolve(world: World, unit: str, holder: str | None, on: date) -> str | None:
    """A holder given as a person or as `post:NAME`; a vacant post is held by its superior."""
    if holder is None or not holder.startswith("post:"):
        return holder
    post = holder.removeprefix("post:")
    found = world.holders(unit, post, on)
    if found:
        return found[0]
    above = POSTS[POSTS.index(post) + 1 :] if post in POSTS else POSTS
    ladder = climb(world, unit, on, above)
    return ladder[0][0] if ladder else None
