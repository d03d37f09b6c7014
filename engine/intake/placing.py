"""Which streams a fact belongs to, and which facts cannot be placed yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.ledger.heads import Head
from engine.storage.connect import Connection
from rules.catalogue_stream import is_for_catalogue
from rules.facts import Fact
from rules.no_case import names_no_case
from rules.payloads import WORLD_TYPES, CalendarImported, CarrierNamed
from rules.placing import dockets_of as dockets_among
from rules.placing import is_for_docket
from rules.world import World

__all__ = ["catalogue", "dockets", "dockets_of", "home", "is_for_docket", "is_open"]


def home(fact: Fact) -> str:
    """The stream that is locked for a fact first: its case or complaint, or the source, the calendar or the item it speaks of."""
    if fact.type not in WORLD_TYPES:
        return fact.case if names_no_case(fact.case) else f"case:{fact.case}"
    if isinstance(fact.data, CarrierNamed):
        return f"carriers:{fact.data.item}"
    return f"calendar:{fact.data.version}" if isinstance(fact.data, CalendarImported) else f"source:{fact.source}"


def catalogue(fact: Fact, world: World) -> str | None:
    """The stream of an item that no published catalogue holds (R4), if the fact names such a one."""
    if fact.item is None:
        return None
    day = fact.occurred_on or world.calendar(fact.recorded_at).local_date(fact.occurred_at)
    return f"catalogue:{fact.item}" if world.item(fact.item, day) is None else None


def off_catalogue(connection: Connection, facts: Sequence[Fact]) -> dict[str, str]:
    """By case: the stream of the item nobody published, where something is said of such a case."""
    cases = sorted({fact.case for fact in facts if is_for_catalogue(fact)})
    if not cases:
        return {}
    rows = connection.execute(
        "SELECT DISTINCT ON (case_id) case_id, stream_id FROM finding WHERE case_id = ANY(%s) AND kind = 'off_catalogue'"
        " ORDER BY case_id, recorded_at",
        (cases,),
    ).fetchall()
    return dict(rows)


def is_open(head: Head, facts: Iterable[Fact]) -> bool:
    """Whether the case is known, or becomes so by one of these facts: the first one names its item."""
    return head.version > 0 or any(fact.item is not None for fact in facts)


def dockets(connection: Connection, facts: Sequence[Fact]) -> dict[str, list[str]]:
    """The dockets in which proceedings of these facts' cases are kept, by case."""
    if not facts:
        return {}
    rows = connection.execute(
        "SELECT case_id, array_agg(DISTINCT stream_id) FROM proceeding WHERE case_id = ANY(%s) GROUP BY case_id",
        (sorted({fact.case for fact in facts}),),
    ).fetchall()
    return dict(rows)


def dockets_of(fact: Fact, by_case: Mapping[str, Sequence[str]], is_known: bool) -> list[str]:
    """The streams a fact about proceedings is decided in: of the person it names, else of all of the case's proceedings.

    A referral needs no proceeding: without one it concerns the case itself. Empty: it must wait.
    """
    found = dockets_among(fact, by_case.get(fact.case, ()))
    if not found and fact.type == "case.referred" and is_known:
        return [f"case:{fact.case}"]
    return found
