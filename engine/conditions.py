"""Conditions over case attributes as people write them, parsed with lark into the typed tree of `rules.conditions`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput

from rules.conditions import LONGEST, And, Compare, Condition, Not, Or
from rules.errors import RuleError
from rules.items import Item

GRAMMAR = r"""
?start: either
?either: both ("or" both)*
?both: negated ("and" negated)*
?negated: "not" negated -> negate | "(" either ")" | comparison
comparison: "attributes" "." NAME OPERATOR value | "attributes" "." NAME "in" "[" value ("," value)* "]" -> within
?value: TRUE | FALSE | INTEGER | TEXT
OPERATOR: "==" | "!=" | "<=" | ">=" | "<" | ">"
TRUE: "true"
FALSE: "false"
INTEGER: /-?\d+/
TEXT: /"[^"]*"/ | /'[^']*'/
NAME: /[^\W\d]\w*/
%import common.WS
%ignore WS
"""


class _Tree(Transformer[Token, Condition]):
    def either(self, parts: list[Condition]) -> Condition:
        return Or(tuple(parts))

    def both(self, parts: list[Condition]) -> Condition:
        return And(tuple(parts))

    def negate(self, parts: list[Condition]) -> Condition:
        return Not(parts[0])

    def comparison(self, parts: list[Any]) -> Condition:
        name, operator, value = parts
        return Compare(str(name), str(operator), value)  # type: ignore[arg-type]

    def within(self, parts: list[Any]) -> Condition:
        return Compare(str(parts[0]), "in", tuple(parts[1:]))

    def TRUE(self, _: Token) -> bool:  # noqa: N802 - named by the grammar
        return True

    def FALSE(self, _: Token) -> bool:  # noqa: N802 - named by the grammar
        return False

    def INTEGER(self, token: Token) -> int:  # noqa: N802 - named by the grammar
        return int(token)

    def TEXT(self, token: Token) -> str:  # noqa: N802 - named by the grammar
        return str(token)[1:-1]


_PARSER = Lark(GRAMMAR, parser="lalr", transformer=_Tree())


@lru_cache(maxsize=4096)
def parse(text: str) -> Condition:
    """The typed tree of a condition. RuleError names the column at which it stops making sense."""
    if len(text) > LONGEST:
        raise RuleError("too_long", f"a condition has at most {LONGEST} characters; this one has {len(text)}")
    try:
        return _PARSER.parse(text)  # type: ignore[return-value]
    except UnexpectedInput as error:
        raise RuleError("wrong_condition", f"not understood at column {error.column}: {text!r}") from error


def texts_of(item: Item) -> Iterable[tuple[str, str]]:
    """Every condition of an item with the place it stands at."""
    for silence, where in [
        (item.silence, "silence"),
        *((o.silence, f"offices[{n}].silence") for n, o in enumerate(item.offices)),
        *((s.silence, f"steps[{n}].silence") for n, s in enumerate(item.steps)),
    ]:
        if silence is None:
            continue
        yield from ((flip.when, f"{where}.flips[{n}].when") for n, flip in enumerate(silence.flips))
        yield from ((c.when, f"{where}.preconditions[{n}].when") for n, c in enumerate(silence.preconditions) if c.when)
        yield from ((row.when, f"{where}.table[{n}].when") for n, row in enumerate(silence.table) if row.when)
        for n, exclusion in enumerate(silence.exclusions):
            yield exclusion if isinstance(exclusion, str) else exclusion.when, f"{where}.exclusions[{n}].when"


def conditions_of(items: Iterable[Item]) -> dict[str, Condition]:
    """The trees of all conditions of these items, by their text.

    What cannot be parsed is left out: at run time that is an unmet precondition and a hold, never "false"; publication refuses it.
    """
    found = {}
    for item in items:
        for text, _ in texts_of(item):
            try:
                found[text] = parse(text)
            except RuleError:
                continue
    return found
