"""Defects of notices and templates. They are found when the program starts, or name what the caller left out."""

from __future__ import annotations


class NoticeError(Exception):
    """A notice that cannot be written as asked; the text names kind, field and remedy."""


class TemplateError(Exception):
    """A template that is missing or names what its notice does not have: a start-up error, never a blank."""

    def __init__(self, kind: str, locale: str, part: str, problem: str) -> None:
        super().__init__(f"templates/{locale}/{kind}.{part}.j2: {problem}")
        self.kind, self.locale, self.part = kind, locale, part
