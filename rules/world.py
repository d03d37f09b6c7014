"""The world that cases are derived in: units, people in posts, items, calendars, sources, accountability rules, by effective date.

Everything is a value. A question about the world always names its moment: "who held this post on that day", "which
calendar was in force at that instant".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Literal

from rules.accountability import Accountability
from rules.calendar import Calendar
from rules.conditions import Condition
from rules.filing import FilingRules
from rules.flow_steps import ordered
from rules.formula import Formula
from rules.items import Category, Item, Struct
from rules.practice import Practice
from rules.profile import Profile, profile_from
from rules.remembered import remembered
from rules.token_replay import Chart

PostName = Literal[
    "officer", "window", "section_head", "deputy_in_charge", "first_responsible", "discipline_group", "inspector"
]


class Unit(Struct, frozen=True):
    id: str
    name: str = ""
    name_en: str | None = None
    parent: str | None = None
    first_responsible: str | None = None
    deputy_in_charge: str | None = None
    discipline_group: str | None = None
    section_head: str | None = None


class Person(Struct, frozen=True, rename={"since": "from"}):
    """One post of one person; somebody with two posts has two entries of the same id."""

    id: str
    unit: str
    post: PostName = "officer"
    name: str = ""
    name_en: str | None = None
    since: date = date(1900, 1, 1)
    to: date | None = None
    staff_category: str | None = None
    stand_in: str | None = None

    def in_post(self, on: date) -> bool:
        return self.since <= on and (self.to is None or on <= self.to)


class Source(Struct, frozen=True):
    id: str
    publication_delay: timedelta | None = None
    late_report_allowance: timedelta | None = None
    name: str = ""
    name_en: str | None = None


class World:
    """Immutable once built. `version` changes with any change of content."""

    def __init__(
        self,
        *,
        profile: Profile,
        calendars: tuple[tuple[datetime, Calendar], ...],
        units: tuple[Unit, ...] = (),
        people: tuple[Person, ...] = (),
        items: tuple[Item, ...] = (),
        sources: tuple[Source, ...] = (),
        accountability: tuple[Accountability, ...] = (),
        leading_group_office: str | None = None,
        inspectors: tuple[str, ...] = (),
        practice: Practice = Practice(),  # noqa: B008 - frozen
        filing: FilingRules = FilingRules(),  # noqa: B008 - frozen
        categories: tuple[Category, ...] = (),
        conditions: dict[str, Condition] | None = None,
        formulas: tuple[Formula, ...] = (),
        charts: dict[tuple[str, int], Chart] | None = None,
        version: str = "",
    ) -> None:
        self._given = {name: value for name, value in locals().items() if name != "self"}
        self.profile = profile
        self.practice = practice
        self.filing = filing
        self.categories = {category.id: category for category in categories}
        self.conditions = conditions or {}
        self.charts = charts or {}
        self._charts: dict[tuple[str, int], Chart | None] = {**self.charts}
        self._profiles: dict[str, Profile] = {}
        self.answers: dict[Callable[..., Any], Callable[..., Any]] = {}  # see rules.remembered
        self.calendars = tuple(sorted(calendars, key=lambda pair: pair[0]))
        self.units = {unit.id: unit for unit in units}
        self.people = people
        self.sources = {source.id: source for source in sources}
        self.accountability = accountability
        self.formulas = formulas
        self.leading_group_office = leading_group_office
        self.inspectors = inspectors
        self.version = version
        self._items: dict[str, list[Item]] = {}
        for item in sorted(items, key=lambda i: (i.effective_from, i.version)):
            self._items.setdefault(item.code, []).append(item)
        self._known_from = [known for known, _ in self.calendars]

    def but(self, **changes: Any) -> World:
        """The same world with some of what it was built from changed."""
        return World(**{**self._given, **changes})

    def calendar(self, at: datetime) -> Calendar:
        """The calendar in force at an instant (the first one before any is known)."""
        return self.calendars[max(bisect_right(self._known_from, at) - 1, 0)][1]

    def calendars_before(self, calendar: Calendar, since: datetime) -> tuple[tuple[Calendar, datetime], ...]:
        """The versions that were in force from an instant on until `calendar` came into force, each with the instant it was replaced."""
        if len(self.calendars) == 1:
            return ()
        first = max(bisect_right(self._known_from, since) - 1, 0)
        place = next((n for n, (_, each) in enumerate(self.calendars) if each is calendar), first)
        return tuple((self.calendars[n][1], self._known_from[n + 1]) for n in range(first, place))

    @cached_property
    def calendar_versions(self) -> dict[str, Calendar]:
        return {calendar.version: calendar for _, calendar in self.calendars}

    def next_calendar_after(self, at: datetime) -> datetime | None:
        place = bisect_right(self._known_from, at)
        return self._known_from[place] if place < len(self._known_from) else None

    def item(self, code: str, on: date) -> Item | None:
        """The version effective on a day and published by then; None if there is none."""
        versions = self._items.get(code, ())
        # R4: what a statute commands is done whether or not it was published.
        known = [
            i
            for i in versions
            if i.effective_from <= on and (i.published_on is None or i.published_on <= on or i.statutory_duty)
        ]
        return known[-1] if known and not known[-1].retired else None

    def published(self, code: str, on: date) -> Item | None:
        """The same, where the public may know of it: a power that is withheld is exercised and shown nowhere."""
        found = self.item(code, on)
        return found if found is None or found.withheld is None else None

    def versions(self, code: str) -> tuple[Item, ...]:
        """All versions of an item, in the order in which they take effect."""
        return tuple(self._items.get(code, ()))

    def profile_of(self, item: Item) -> Profile:
        """The item's own conventions, else those of the world."""
        if item.profile is None:
            return self.profile
        key = f"{item.code}@{item.version}"
        if key not in self._profiles:
            self._profiles[key] = profile_from(item.profile)
        return self._profiles[key]

    def chart_of(self, item: Item) -> Chart | None:
        """What an item's steps are held against: its approved flow chart, else their order. None where neither says anything that holds."""
        key = (item.code, item.version)
        if key not in self._charts:
            self._charts[key] = ordered(item.steps) if item.flow_chart is None else None
        return self._charts[key]

    def items(self) -> tuple[Item, ...]:
        return tuple(item for versions in self._items.values() for item in versions)

    def delay(self, source: str) -> timedelta:
        """How long to wait for facts in flight from a source."""
        own = self.sources.get(source)
        return own.publication_delay if own and own.publication_delay is not None else self.profile.publication_delay

    def allowance(self, source: str) -> timedelta:
        """The longest lawful gap between an occurrence and its report by a source."""
        own = self.sources.get(source)
        return (
            own.late_report_allowance
            if own and own.late_report_allowance is not None
            else self.profile.late_report_allowance
        )

    @cached_property
    def _posts_of_unit(self) -> dict[tuple[str, str], list[Person]]:
        table: dict[tuple[str, str], list[Person]] = {}
        for person in self.people:
            table.setdefault((person.unit, person.post), []).append(person)
        return table

    @cached_property
    def _posts_of_person(self) -> dict[str, list[Person]]:
        table: dict[str, list[Person]] = {}
        for person in self.people:
            table.setdefault(person.id, []).append(person)
        return table

    @remembered
    def holders(self, unit: str, post: str, on: date) -> tuple[str, ...]:
        """Who holds a post of a unit on a day; a person named by the unit itself counts while in any post."""
        named = getattr(self.units.get(unit), post, None) if post in Unit.__struct_fields__ else None
        found = [p.id for p in self._posts_of_unit.get((unit, post), ()) if p.in_post(on)]
        if named and named not in found and self.active(named, on):
            found.insert(0, named)
        return tuple(found)

    @cached_property
    def _turnovers(self) -> list[date]:
        """The days on which somebody comes to a post or has left one."""
        left = {p.to + timedelta(1) for p in self.people if p.to is not None and p.to < date.max}
        return sorted({p.since for p in self.people} | left)

    def posts_on(self, on: date) -> int:
        """How often posts had changed hands by a day: as long as the number is the same, so are all their holders."""
        return bisect_right(self._turnovers, on)

    def posts_changed(self, before: date, on: date) -> bool:
        """Whether some post has changed hands since a day, up to and including another."""
        return self.posts_on(before) != self.posts_on(on)

    @remembered
    def active(self, person: str, on: date) -> bool:
        return any(post.in_post(on) for post in self._posts_of_person.get(person, ()))

    @remembered
    def last_day(self, person: str, on: date) -> date | None:
        """The last day in a post without a break, seen from a day on; None: no end of it is known, or it is nobody of ours."""
        day, posts = on, self._posts_of_person.get(person, ())
        while held := [post.to for post in posts if post.in_post(day)]:
            if None in held or date.max in held:
                return None
            day = max(to for to in held if to is not None) + timedelta(1)
        return day - timedelta(1) if posts else None

    def known(self, person: str) -> bool:
        """Whether somebody holds or ever held a post here."""
        return person in self._posts_of_person

    def within(self, unit: str | None, whole: str) -> bool:
        """Whether a unit is another one or a part of it."""
        while unit is not None and unit != whole:
            above = self.units.get(unit)
            unit = above.parent if above else None
        return unit == whole

    def outside(self, person: str | None, unit: str, on: date) -> bool:
        """Whether somebody stands outside a unit: an inspector, another unit, or a person in post elsewhere alone."""
        if person is None:
            return False
        if person in self.inspectors or person == self.leading_group_office or person in self.units:
            return not self.within(person, unit)
        posts = [post for post in self._posts_of_person.get(person, ()) if post.in_post(on)]
        return bool(posts) and not any(self.within(post.unit, unit) for post in posts)

    def post_of(self, person: str, on: date) -> Person | None:
        posts = self._posts_of_person.get(person, [])
        return next((p for p in posts if p.in_post(on)), posts[0] if posts else None)

    @remembered
    def accountability_of(self, unit: str, on: date) -> Accountability:
        """The rules in force for a unit on a day: its own, else those of the nearest superior, else the shipped ones."""
        place: str | None = unit
        while True:
            own = [a for a in self.accountability if a.unit == place and a.effective_from <= on]
            if own:
                return max(own, key=lambda a: (a.effective_from, a.version))
            if place is None:
                return Accountability()
            parent = self.units.get(place)
            place = parent.parent if parent else None
