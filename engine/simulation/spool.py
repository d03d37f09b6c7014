"""What dockets would hear, brought together by docket on disk: cases come in any order, memory stays flat."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.simulation.looking import Message

_TABLE = "CREATE TABLE said (docket TEXT, n INTEGER, world TEXT, fact BLOB, PRIMARY KEY (docket, n)) WITHOUT ROWID"


class Spool:
    """`names` adds dockets that nobody has anything to say to: they are looked at all the same."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="jiannuo-simulation-")
        self._table = sqlite3.connect(Path(self._folder.name) / "said")
        self._table.execute("PRAGMA journal_mode = OFF")
        self._table.execute("PRAGMA synchronous = OFF")
        self._table.execute(_TABLE)
        self._number = 0

    def add(self, messages: Iterable[Message]) -> None:
        rows = []
        for one in messages:
            self._number += 1
            rows.append((one.docket, self._number, one.world, one.fact))
        self._table.executemany("INSERT INTO said VALUES (?, ?, ?, ?)", rows)

    def dockets(self, names: Iterable[str], size: int) -> Iterator[dict[str, list[Message]]]:
        """All dockets, some at a time: together about `size` messages, a docket always whole."""
        silent = set(names)
        work: dict[str, list[Message]] = {}
        found = self._table.execute("SELECT docket, world, fact FROM said ORDER BY docket, n")
        for docket, said in groupby(found, key=itemgetter(0)):
            silent.discard(docket)
            work[docket] = [Message(*row) for row in said]
            if sum(map(len, work.values())) >= size:
                yield work
                work = {}
        for docket in sorted(silent):
            work[docket] = []
            if len(work) >= size:
                yield work
                work = {}
        if work:
            yield work

    def close(self) -> None:
        self._table.close()
        self._folder.cleanup()
