"""Who may decide and review: competence by measure and staff category, recusal (回避), and the next competent person."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date

from rules.accountability import Accountability
from rules.world import World

HEAD, DEPUTY = "first_responsible", "deputy_in_charge"


def deciders(
    world: World,
    rules: Accountability,
    unit: str,
    person: str | None,
    level: int,
    on: date,
    concerned: AbstractSet[str],
) -> tuple[str, ...]:
    """Everybody competent for a measure, whoever is asked first first; nobody who is concerned is among them.

    `person` None: the unit itself is concerned, and what is above it decides.
    """
    category = _category(world, person, on)
    own = person is not None and level <= rules.head_up_to(category)
    found = [*(_heads(world, unit, on, concerned) if own else ()), *_above(world, rules, unit, on, own=own)]
    found += _superiors(world, unit)  # a superior unit may act under its own name; it is nobody to be asked
    return tuple(dict.fromkeys(p for p in found if p not in concerned))


def reviewers(
    world: World, rules: Accountability, unit: str, on: date, concerned: AbstractSet[str], decided_by: str | None
) -> tuple[str, ...]:
    """Who reviews a decision: what is above the unit, never the decider or who is concerned."""
    shut_out = concerned | ({decided_by} if decided_by else set())
    found = [*_above(world, rules, unit, on, own=True), *world.holders(unit, HEAD, on)]
    found += [p for p in world.inspectors if world.active(p, on)]
    return tuple(dict.fromkeys(p for p in found if p not in shut_out))


def outsider(world: World, actor: str) -> bool:
    """A body that this installation does not know: an authority that appoints often is one."""
    return actor not in world.units and not world.known(actor)


def _category(world: World, person: str | None, on: date) -> str | None:
    post = world.post_of(person, on) if person else None
    return post.staff_category if post else None


def _heads(world: World, unit: str, on: date, concerned: AbstractSet[str]) -> Iterator[str]:
    """The head of the unit; where there is none who may act, the stand-in (AB角), then the deputy in charge."""
    heads = world.holders(unit, HEAD, on)
    free = [head for head in heads if head not in concerned]
    if free:
        yield from free
        return
    yield from _stand_ins(world, unit, on)
    yield from world.holders(unit, DEPUTY, on)


def _stand_ins(world: World, unit: str, on: date) -> Iterator[str]:
    named = [p.stand_in for p in world.people if p.unit == unit and p.post == HEAD and p.stand_in]
    yield from (p for p in named if world.active(p, on))


def _above(world: World, rules: Accountability, unit: str, on: date, *, own: bool) -> Iterator[str]:
    """The authority that appoints, the heads of the superior units, the leading-group office: an address that always exists."""
    if rules.appointing_authority is not None and not own:
        yield from _body(world, rules.appointing_authority, on)
    place = world.units.get(unit)
    while place is not None and place.parent is not None:
        yield from world.holders(place.parent, HEAD, on)
        place = world.units.get(place.parent)
    if world.leading_group_office is not None:
        yield from _body(world, world.leading_group_office, on)


def _superiors(world: World, unit: str) -> Iterator[str]:
    place = world.units.get(unit)
    while place is not None and place.parent is not None:
        yield place.parent
        place = world.units.get(place.parent)


def _body(world: World, name: str, on: date) -> Iterator[str]:
    """A unit or person, and where it is a unit those in post there: its head first."""
    if name in world.units:
        yield from world.holders(name, HEAD, on)
        yield name
        yield from (p.id for p in world.people if p.unit == name and p.in_post(on))
    else:
        yield name
