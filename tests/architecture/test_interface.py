"""Interface and implementation name the same things."""

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from engine.vault.sealing import REASON_CODES
from rules.accountability import MEASURES, SHIPPED_MATRIX
from rules.payloads import INTERNAL_TYPES, PAYLOADS
from rules.records import TYPES
from tests.architecture.interface import INTERFACE
from tests.architecture.tree import ROOT, literals, modules

# Where each list is decided; a code that no code of ours can say is not implemented.
DECIDED_IN = {
    "refusal": ("rules", "engine/intake"),
    "finding": ("rules",),
    "hold": ("rules", "engine/intake"),
    "reason": ("rules", "engine/vault"),
    "lint": ("rules",),
}
# function -> the place of the code among its arguments
GIVES_OUT = {"refusal": {"refuse": 1, "_refuse": 1}, "finding": {"find": 0, "_finding": 1}}
WORDED = ("fact", "entry", *(kind for kind in DECIDED_IN if kind != "lint"))


def _given_out(kind: str) -> Iterator[str]:
    """Codes that stand as constants where a refusal or a finding is made."""
    for _, module in modules("rules"):
        for node in ast.walk(module):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = GIVES_OUT[kind].get(name)
            if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
                yield node.args[place].value


def test_every_fact_type_has_a_payload_and_no_payload_is_unknown():
    assert set(PAYLOADS) - INTERNAL_TYPES == INTERFACE["fact"].all


def test_every_ledger_entry_type_is_published_or_marked_as_added():
    assert set(TYPES) == INTERFACE["entry"].all


def test_the_measures_keep_their_numbers():
    assert INTERFACE["measure"].now == MEASURES
    assert {level for row in SHIPPED_MATRIX.values() for level in row} <= set(range(1, len(MEASURES) + 1))


def test_the_reasons_of_a_suspension_are_the_published_ones():
    assert INTERFACE["reason"].all == REASON_CODES


@pytest.mark.parametrize("kind", INTERFACE)
def test_no_code_stands_twice_in_a_list(kind: str):
    codes = INTERFACE[kind]
    assert not [code for code, times in Counter((*codes.now, *codes.to_come, *codes.added)).items() if times > 1]


@pytest.mark.parametrize("kind", DECIDED_IN)
def test_every_code_in_force_can_be_said(kind: str):
    missing = {*INTERFACE[kind].now, *INTERFACE[kind].added} - literals(*DECIDED_IN[kind])
    assert not missing, f"published as {kind} and nowhere in {DECIDED_IN[kind]}: {sorted(missing)}"


@pytest.mark.parametrize("kind", DECIDED_IN)
def test_a_code_to_come_moves_to_those_in_force_once_it_can_be_said(kind: str):
    here = literals(*DECIDED_IN[kind]).intersection(INTERFACE[kind].to_come)
    here -= (
        INTERFACE["lint"].all if kind == "finding" else set()
    )  # a check of lint by the name of a finding is not the finding
    assert not here, f"now in the code: move them from to_come to now: {sorted(here)}"


@pytest.mark.parametrize("kind", GIVES_OUT)
def test_no_code_is_given_out_that_nobody_wrote_down(kind: str):
    given = set(_given_out(kind))
    assert given, "the functions that give codes out have other names now: mend GIVES_OUT"
    unknown = given.difference(INTERFACE[kind].now, INTERFACE[kind].added)
    assert not unknown, f"add to the list of {kind} codes: {sorted(unknown)}"


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("kind", WORDED)
def test_every_code_has_its_words_in_the_console(kind: str, locale: str):
    words = tomllib.loads((ROOT / f"engine/console/locales/{locale}/codes.toml").read_text("utf-8"))
    missing = [code for code in INTERFACE[kind].all if not _word(words[kind], code)]
    assert not missing, f"no words in {locale} for {kind}: {sorted(missing)}"


def _word(words: dict[str, Any], code: str) -> str | None:
    """The word for a code; a dot leads into a table of its own."""
    first, _, rest = code.partition(".")
    return _word(words.get(first, {}), rest) if rest else words.get(first)
