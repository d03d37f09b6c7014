"""The few marks a template may use, and the blocks they become: page and PDF are set from the same ones.

`# ` the title, `## ` a heading, `: name | value` a line of facts, `- ` an item, `> ` a line to the right (signature, date), `~ ` a small note;
everything else is a paragraph. Marks count where the template wrote them: a value that begins with `# ` is no title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from notifications.render import clean

BlockKind = Literal["title", "heading", "fact", "item", "right", "note", "paragraph"]
_MARKS: tuple[tuple[str, BlockKind], ...] = (
    ("# ", "title"), ("## ", "heading"), (": ", "fact"), ("- ", "item"), ("> ", "right"), ("~ ", "note"),
)  # fmt: skip
# Private characters, which no text holds: where a value begins, and a line end within one.
_VALUE, _LINE_END = "\ue000", "\ue001"


class Block(msgspec.Struct, frozen=True, omit_defaults=True):
    """`label` is a fact's name."""

    kind: BlockKind
    text: str
    label: str = ""


def guarded(value: object) -> str:
    """A value as it goes into a template's text: it stays on its line and is no mark; a paper has no tabs."""
    text = clean(str(value)).replace("\t", " ").replace(_VALUE, "").replace(_LINE_END, "")
    return _VALUE + text.replace("\n", _LINE_END)


def blocks(text: str) -> tuple[Block, ...]:
    return tuple(_finished(block) for block in _joined(_marked(line.strip()) for line in text.splitlines()))


def _marked(line: str) -> Block:
    for mark, kind in _MARKS:
        if line.startswith(mark):
            words = line.removeprefix(mark).strip()
            label, _, value = words.partition(" | ") if kind == "fact" else ("", "", words)
            return Block(kind, value, label)
    return Block("paragraph", line)


def _joined(lines: Iterable[Block]) -> Iterator[Block]:
    """Lines that follow each other are one paragraph; an empty one ends it."""
    open_lines: list[str] = []
    for line in lines:
        if line.kind == "paragraph" and line.text:
            open_lines.append(line.text)
            continue
        if open_lines:
            yield Block("paragraph", _LINE_END.join(open_lines))
            open_lines = []
        if line.kind != "paragraph":
            yield line
    if open_lines:
        yield Block("paragraph", _LINE_END.join(open_lines))


def _finished(block: Block) -> Block:
    return Block(block.kind, _plain(block.text), _plain(block.label))


def _plain(text: str) -> str:
    return text.replace(_VALUE, "").replace(_LINE_END, "\n")
