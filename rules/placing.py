"""Which docket a fact about proceedings is decided in: of the person or unit it names, else of the people of its case."""

from __future__ import annotations

from collections.abc import Iterable

from rules.facts import Fact
from rules.payloads import DOCKET_TYPES
from rules.words import OF_ALERTS

OF_UNIT = "docket:unit:"
OF_PROCEEDINGS = "proceeding:"  # how the causes of a docket's alerts begin


def is_for_docket(fact: Fact) -> bool:
    about = fact.type in OF_ALERTS and (fact.data.cause or "").startswith(OF_PROCEEDINGS)
    return about or fact.type in DOCKET_TYPES


def dockets_of(fact: Fact, known: Iterable[str]) -> list[str]:
    """`known`: the dockets in which the case has a proceeding. Empty: it must wait.

    Where several people are concerned and none is named, a word of one of them is about himself; anything else must say whom it means.
    """
    if fact.type in OF_ALERTS:
        return sorted(known)
    person, unit = getattr(fact.data, "person", None), getattr(fact.data, "unit", None)
    if person is None and unit is not None:
        return [docket for docket in sorted(known) if docket == f"{OF_UNIT}{unit}"]
    people = [docket for docket in sorted(known) if not docket.startswith(OF_UNIT)]
    if person is None and len(people) > 1:
        person = fact.actor or ""
    return people if person is None else [docket for docket in people if docket == f"docket:{person}"]
