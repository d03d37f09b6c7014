"""JSON Schemas of the machine interfaces, generated from the types. `python -m engine.api.schema_files` writes `schemas/`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import GenericAlias
from typing import Any, Literal, get_args

import msgspec

from engine.api.answers import Refused, Taken
from engine.api.cloudevents import CloudEvent
from engine.api.problems import Problem
from engine.explanation.answer import CaseExplanation
from engine.imports.mapping import Mapping
from engine.lint.telling import Told
from engine.rehearsal.loading import Given, GivenFact
from engine.rehearsal.output import Output
from engine.simulation.answers import Simulation
from rules import calculator_forms
from rules.accountability import Accountability
from rules.calendar_form import CalendarForm
from rules.items import Item
from rules.payloads import INTERNAL_TYPES, PAYLOADS, Attributes
from rules.world import Person, Source, Unit

FOLDER = Path(__file__).parent / "schemas"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _of(shape: Any) -> Callable[[], dict[str, Any]]:
    return lambda: msgspec.json.schema(shape)


def _any_of(*shapes: Any) -> Callable[[], dict[str, Any]]:
    """One of several shapes that carry no tag."""

    def made() -> dict[str, Any]:
        found, components = msgspec.json.schema_components(shapes, ref_template="#/$defs/{name}")
        return {"anyOf": list(found), "$defs": components}

    return made


def _narrowed(shape: Any, **types: Any) -> Any:
    """The same struct with closer types for fields that are read in a step of their own."""
    fields = [(one.name, types.get(one.name, one.type), *_given(one)) for one in msgspec.structs.fields(shape)]
    names = {one.name: one.encode_name for one in msgspec.structs.fields(shape)}
    return msgspec.defstruct(
        shape.__name__,
        fields,
        rename=names,
        forbid_unknown_fields=True,
        kw_only=True,
        namespace={"__doc__": shape.__doc__},
    )


def _given(field: msgspec.structs.FieldInfo) -> tuple[Any, ...]:
    if field.required:
        return ()
    made = field.default_factory is not msgspec.NODEFAULT
    return (msgspec.field(default_factory=field.default_factory),) if made else (field.default,)


def _rehearsal() -> dict[str, Any]:
    """The file as it is read: its version, its facts by type, its calendars in their written form."""
    types = Literal[tuple(sorted(set(PAYLOADS) - set(INTERNAL_TYPES)))]  # type: ignore[valid-type]
    fact = _narrowed(GivenFact, type=types)
    return msgspec.json.schema(
        _narrowed(
            Given,
            jiannuo=Literal["rehearsal/1"],
            facts=GenericAlias(tuple, (fact, ...)),
            calendars=tuple[CalendarForm, ...],
        )
    )


def _plain(shape: Any) -> Any:
    """The same struct where what stays as written (`Raw`) may be any JSON: only such a type has a schema."""
    config = shape.__struct_config__
    fields = [
        (one.name, Any, None)
        if one.type is msgspec.Raw and not one.required
        else (one.name, Any if one.type is msgspec.Raw else one.type, *_default(one))
        for one in msgspec.structs.fields(shape)
    ]
    names = {one.name: one.encode_name for one in msgspec.structs.fields(shape)}
    return msgspec.defstruct(
        shape.__name__,
        fields,
        rename=names,
        tag=config.tag,
        tag_field=config.tag_field,
        forbid_unknown_fields=config.forbid_unknown_fields,
        kw_only=True,
        namespace={"__doc__": shape.__doc__},
    )


def _default(field: msgspec.structs.FieldInfo) -> tuple[Any, ...]:
    return () if field.required else (field.default,)


def _fact_types() -> dict[str, Any]:
    """`data` of every fact type, by type."""
    shapes = [shape for shape in dict.fromkeys(PAYLOADS.values()) if shape is not Attributes]
    found, components = msgspec.json.schema_components(shapes, ref_template="#/$defs/{name}")
    by_shape = dict(zip(shapes, found, strict=True))
    types = {name: by_shape.get(shape, {"type": "object"}) for name, shape in PAYLOADS.items()}
    return {"type": "object", "properties": types, "additionalProperties": False, "$defs": components}


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "accountability": _of(Accountability),
    "batch-answer-item": _any_of(Taken, Refused),
    "case-explanation": _of(CaseExplanation),
    "cloud-event": _of(CloudEvent),
    "event-answer": _of(Taken),
    "fact-types": _fact_types,
    "item": _of(Item),
    "item-lint": _of(list[Told]),
    "limit-answer": _any_of(*map(_plain, get_args(calculator_forms.Answer))),
    "limit-question": _any_of(*map(_plain, get_args(calculator_forms.Asked))),
    "mapping": _of(Mapping),
    "person": _of(Person),
    "problem": _of(Problem),
    "rehearsal": _rehearsal,
    "rehearsal-output": _of(Output),
    "simulation": _of(Simulation),
    "source": _of(Source),
    "unit": _of(Unit),
}


def schema(name: str) -> dict[str, Any]:
    """One schema by name; KeyError for a name that is not in SCHEMAS."""
    return {"$schema": _DIALECT, "title": name, **SCHEMAS[name]()}


def text(name: str) -> str:
    """The schema as it is committed."""
    return msgspec.json.format(msgspec.json.encode(schema(name), order="sorted"), indent=1).decode() + "\n"


def components() -> dict[str, Any]:
    """The schemas that the OpenAPI document refers to."""
    _, found = msgspec.json.schema_components(
        (CloudEvent, Taken, Refused, Problem), ref_template="#/components/schemas/{name}"
    )
    return found


def write(folder: Path = FOLDER) -> None:
    """Writes every schema."""
    folder.mkdir(exist_ok=True)
    for name in SCHEMAS:
        (folder / f"{name}.json").write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    write()
