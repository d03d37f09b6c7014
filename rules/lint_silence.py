"""Checks of what stops the clock and of what silence means: nothing without its clause."""

from __future__ import annotations

from collections.abc import Iterator

from rules.items import Silence
from rules.lint import Ground, Lint

GRANTING = frozenset({"approve"})
# Licensing Law art. 50: an application to renew a licence that is not decided before it expires counts as renewed.
_RENEWAL = ("第五十条", "第50条", "art. 50", "article 50")


def suspension_without_basis(at: Ground) -> Iterator[Lint]:
    """time-limits.md 4: a reason stops the clock only with the clause that allows it."""
    for place, rule in enumerate(at.item.suspensions):
        if not rule.basis:
            yield at.error("suspension_without_basis", f"suspensions[{place}].basis", reason=rule.reason)


def suspension_without_term(at: Ground) -> Iterator[Lint]:
    """A stop that names no longest time can last for ever; the notice of each case has to name one at least."""
    for place, rule in enumerate(at.item.suspensions):
        if rule.term is None:
            yield at.warning("suspension_without_term", f"suspensions[{place}].term", reason=rule.reason)


def silence_without_basis(at: Ground) -> Iterator[Lint]:
    """time-limits.md 6: without its basis no silence is published; consent to a licence has one in art. 50 alone."""
    for field, silence in silences_of(at):
        if silence.effect != "none" and not silence.basis:
            yield at.error("silence_without_basis", f"{field}.basis", effect=silence.effect)
        for name in ("flips", "table"):
            for place, row in enumerate(getattr(silence, name)):
                if row.effect != "none" and not (row.basis or silence.basis):
                    yield at.error("silence_without_basis", f"{field}.{name}[{place}].basis", effect=row.effect)
    silence = at.item.silence
    licence = at.item.category == "licensing" and silence.effect == "approve" and silence.basis
    if licence and not any(clause in f"{silence.basis}".lower() for clause in _RENEWAL):
        yield at.warning("silence_without_basis", "silence.basis", "licence", basis=f"{silence.basis}")


def silence_without_exclusion_check(at: Ground) -> Iterator[Lint]:
    """Nobody may be granted by silence what the law excludes: exclusions are listed, or it is stated that none apply."""
    silence = at.item.silence
    effects = {*(flip.effect for flip in silence.flips), *(row.effect for row in silence.table)}
    granting = GRANTING & {silence.effect, *effects}
    guarded = silence.exclusions or "none" in effects or silence.exclusions_checked
    if granting and not guarded:
        yield at.error("silence_without_exclusion_check", "silence.exclusions")


def silences_of(at: Ground) -> Iterator[tuple[str, Silence]]:
    yield "silence", at.item.silence
    yield from ((f"offices[{n}].silence", office.silence) for n, office in enumerate(at.item.offices) if office.silence)
    yield from ((f"steps[{n}].silence", step.silence) for n, step in enumerate(at.item.steps) if step.silence)
