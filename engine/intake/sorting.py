"""Sorts new messages to the streams they move; what cannot be placed is set aside with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from engine.intake import inbox, placing
from engine.intake.inbox import Name, Why
from engine.intake.transaction import Taken, Transaction, Work
from rules.catalogue_stream import is_for_catalogue
from rules.facts import Fact


class Sorted(msgspec.Struct):
    """`homes`: the streams each new fact goes to, where its answer is found. `waits`: new facts that wait, and why. `astray`: facts about
    proceedings nobody knows yet, new ones and those that waited before.
    """

    work: Work
    homes: dict[Name, list[str]] = {}
    waits: dict[Name, Why] = {}
    astray: list[Fact] = []


def sort(tx: Transaction, facts: Sequence[Fact], touched: Iterable[str] = ()) -> Sorted:
    """`touched`: streams that move though nothing new is said of them."""
    found = Sorted(work={stream_id: [] for stream_id in touched})
    by_home = _by_home(facts, tx)
    waiting = _waiting(tx, {*by_home, *found.work})
    about = [fact for group in (*by_home.values(), *waiting.values()) for fact in group if placing.is_for_docket(fact)]
    by_case = placing.dockets(tx.connection, about)
    for home in sorted({*by_home, *waiting}):
        _place(found, tx, home, by_home.get(home, ()), waiting.get(home, ()), by_case)
    return found


def find_astray(tx: Transaction, found: Sorted) -> Work:
    """Facts about proceedings that were opened in this very transaction."""
    work: Work = {}
    by_case = _opened(tx)
    for fact in [fact for fact in found.astray if fact.case in by_case]:
        streams = placing.dockets_of(fact, by_case, is_known=True)
        if streams:
            found.astray.remove(fact)
            _send(work, found, tx, fact, streams, is_new=found.waits.pop(_name(fact), None) is not None)
    return work


def _name(fact: Fact) -> Name:
    return (fact.source, fact.id)


def _by_home(facts: Sequence[Fact], tx: Transaction) -> dict[str, list[Fact]]:
    by_home: dict[str, list[Fact]] = {}
    off_catalogue = placing.off_catalogue(tx.connection, facts)
    tx.lock_also(off_catalogue.values())
    for fact in facts:
        home = placing.home(fact)
        unknown = placing.catalogue(fact, tx.world)
        if unknown is not None and tx.heads[home].version == 0:
            home = unknown
        elif is_for_catalogue(fact):
            home = off_catalogue.get(fact.case, home)
        by_home.setdefault(home, []).append(fact)
    return by_home


def _waiting(tx: Transaction, stream_ids: Iterable[str]) -> dict[str, list[Fact]]:
    ids = [id_ for id_ in stream_ids if tx.heads[id_].waiting and not id_.startswith("docket:")]
    return inbox.waiting(tx.connection, sorted(ids))


def _place(
    found: Sorted, tx: Transaction, home: str, new: Sequence[Fact], waited: Sequence[Fact], by_case: Mapping[str, Sequence[str]]
) -> None:  # fmt: skip
    is_case = home.startswith("case:")
    is_known = placing.is_open(tx.heads[home], (f for f in (*new, *waited) if not placing.is_for_docket(f)))
    if is_case and not is_known:
        found.waits |= {_name(fact): "unknown_case" for fact in new}
        return
    for fact, is_new in [*((fact, False) for fact in waited), *((fact, True) for fact in new)]:
        for_docket = is_case and placing.is_for_docket(fact)
        streams = placing.dockets_of(fact, by_case, is_known) if for_docket else [home]
        if streams:
            _send(found.work, found, tx, fact, streams, is_new=is_new)
            continue
        found.astray.append(fact)
        if is_new:
            found.waits[_name(fact)] = "no_proceeding"


def _send(work: Work, found: Sorted, tx: Transaction, fact: Fact, streams: list[str], *, is_new: bool) -> None:
    for stream in streams:
        work.setdefault(stream, []).append(fact)
    if is_new:
        found.homes[_name(fact)] = streams
    else:
        tx.taken_up += [Taken(fact, stream) for stream in streams]


def _opened(tx: Transaction) -> dict[str, list[str]]:
    by_case: dict[str, list[str]] = {}
    for id_, moving in tx.moving.items():
        cases = {r.data["case"] for r in moving.changed.values() if r.kind == "proceeding"}
        for case in cases:
            by_case.setdefault(case, []).append(id_)
    return by_case
