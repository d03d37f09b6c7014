"""The search attributes of every workflow, in one list. The worker registers them when it starts.

Keywords all: ISO dates sort and compare as text, and a date of the law has no zone to be converted by.
"""

from __future__ import annotations

from dataclasses import asdict

from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from workflows.contracts import Face

KEYS = {
    "case": SearchAttributeKey.for_keyword("JiannuoCase"),
    "item": SearchAttributeKey.for_keyword("JiannuoItem"),
    "unit": SearchAttributeKey.for_keyword("JiannuoUnit"),
    "stage": SearchAttributeKey.for_keyword("JiannuoStage"),
    "due_on": SearchAttributeKey.for_keyword("JiannuoDueOn"),
}


def attributes(face: Face) -> TypedSearchAttributes:
    """The attributes a workflow starts with. What is empty is left out."""
    return TypedSearchAttributes([SearchAttributePair(KEYS[name], text) for name, text in asdict(face).items() if text])


def changes(old: Face, new: Face) -> list[SearchAttributeUpdate[str]]:
    """The updates that turn one face into the other."""
    before, after = asdict(old), asdict(new)
    return [
        KEYS[name].value_set(text) if text else KEYS[name].value_unset()
        for name, text in after.items()
        if text != before[name]
    ]
