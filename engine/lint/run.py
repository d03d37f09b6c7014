"""Lint of what was read, in words."""

from __future__ import annotations

from engine.console.i18n import Locale
from engine.lint.reading import Asked
from engine.lint.telling import Told, told
from rules.lint_accountability import lint_accountability
from rules.lint_catalogue import lint_item


def lint_asked(asked: Asked, locale: Locale) -> list[Told]:
    """Unreadable records first, then every item in its order, then the accountability rules of the file."""
    found = [
        told(one, locale) for item in asked.items for one in lint_item(item, asked.world, described=asked.described)
    ]
    rules = lint_accountability(asked.world.accountability, asked.world) if asked.described else ()
    return [*asked.unread, *found, *(told(one, locale) for one in rules)]
