"""XES event logs (IEEE 1849) as a stream: memory holds one trace at a time.

Expat is used directly because a tree per element is several times slower. A document type declaration is refused, so no entity can
expand or reach outside the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from engine.imports.records import Broken, CaseRecord, Row, Values

_CHUNK = 1 << 16
_TYPED: dict[str, Callable[[str], object]] = {
    "string": str,
    "date": str,
    "id": str,
    "int": int,
    "float": float,
    "boolean": lambda text: text.strip().lower() == "true",
}


class UnsafeLogError(ValueError):
    """The file declares a document type. Logs need none; remove the declaration."""


class _Traces:
    """Collects finished traces from expat's callbacks."""

    def __init__(self) -> None:
        self.done: list[CaseRecord | Broken] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._number = self._line = 0
        self._attributes: Values = {}
        self._events: list[Row] = []
        self._values: Values | None = None
        self._nested = 0

    def feed(self, chunk: bytes) -> None:
        self._parser.Parse(chunk, not chunk)

    def _refuse(self, *_: object) -> None:
        raise UnsafeLogError(
            f"line {self._parser.CurrentLineNumber}: document type declarations are refused; remove it"
        )

    def _start(self, tag: str, attrs: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "trace":
            self._begin_trace()
        elif name == "event" and self._number and self._values is not None:
            self._values = {}
        elif self._values is not None:
            self._nested += 1
            if self._nested == 1 and name in _TYPED:
                self._take(name, attrs)

    def _begin_trace(self) -> None:
        self._number += 1
        self._line = self._parser.CurrentLineNumber
        self._attributes = self._values = {}
        self._events = []

    def _take(self, name: str, attrs: dict[str, str]) -> None:
        key, text = attrs.get("key"), attrs.get("value")
        if key is not None and text is not None and self._values is not None:
            self._values[key] = _typed(name, text)

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if self._nested:
            self._nested -= 1
        elif name == "event" and self._values is not None:
            place = f"trace {self._number}, event {len(self._events) + 1} (line {self._parser.CurrentLineNumber})"
            self._events.append(Row(place, self._values))
            self._values = self._attributes
        elif name == "trace":
            self._finish()

    def _finish(self) -> None:
        place = f"trace {self._number} (line {self._line})"
        self.done.append(CaseRecord(place, self._attributes, tuple(self._events)))
        self._values = None


def _typed(name: str, text: str) -> object:
    """A value of the wrong type stays text: only the mapping knows whether anybody needs it."""
    try:
        return _TYPED[name](text)
    except ValueError:
        return text


def read(stream: BinaryIO) -> Iterator[CaseRecord | Broken]:
    """The traces of a log, in order. A file that stops being XML yields `Broken` for what follows; UnsafeLogError for a document type."""
    traces = _Traces()
    while True:
        chunk = stream.read(_CHUNK)
        try:
            traces.feed(chunk)
        except expat.ExpatError as error:
            yield from traces.done
            yield Broken(
                f"line {error.lineno}", f"the rest of the file cannot be read: {expat.errors.messages[error.code]}"
            )
            return
        yield from traces.done
        traces.done.clear()
        if not chunk:
            return
