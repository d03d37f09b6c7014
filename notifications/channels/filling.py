"""Request templates of a configurable service: `${name}` in a text stands for a value, anything else is a mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

# Decoded JSON: texts, numbers, lists and objects of them.
Template = Any
_PLACE = re.compile(r"\$\{([^}]*)\}")


def names(template: Template) -> frozenset[str]:
    """Every name the template asks for."""
    return frozenset(name for text in _texts(template) for name in _PLACE.findall(text))


def filled(template: Template, values: Mapping[str, str]) -> Template:
    """KeyError for a name that has no value."""
    if isinstance(template, str):
        return _PLACE.sub(lambda found: values[found[1]], template)
    if isinstance(template, dict):
        return {name: filled(part, values) for name, part in template.items()}
    if isinstance(template, list):
        return [filled(part, values) for part in template]
    return template


def _texts(template: Template) -> Iterator[str]:
    if isinstance(template, str):
        yield template
    elif isinstance(template, dict | list):
        parts = template.values() if isinstance(template, dict) else template
        for part in parts:
            yield from _texts(part)
