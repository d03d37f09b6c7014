"""What ends a page early. Each becomes a page that says what happened, what is safe and what to do."""

from __future__ import annotations


class SignInNeeded(Exception):  # noqa: N818 - not an error, a turn to another page
    """Nobody is signed in."""


class Forbidden(Exception):  # noqa: N818 - named after the HTTP status
    """`what`: the action that no role of the person allows here, or `csrf` for a form of another session."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class NotFound(Exception):  # noqa: N818 - named after the HTTP status
    """No such thing, or not one that the person may see: the two look alike."""
