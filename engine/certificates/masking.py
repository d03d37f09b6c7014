"""A name as anybody may see it: enough for its bearer to recognise, too little for others to learn."""

from __future__ import annotations

_STAR = "*"
_LONGEST_PERSON = 4  # Chinese names of persons have two to four characters; what is longer names a body


def person_of(applicant: str) -> str:
    """The name within what a source sent as applicant, without the addresses that may stand beside it."""
    return " ".join(part for part in applicant.split() if "@" not in part)


def masked(name: str) -> str:
    """赵某某 → 赵**, 安澜县某某商店 → 安澜***商店, Jane Doe → J*** D***."""
    if name.isascii():
        return " ".join(part[0] + _STAR * 3 for part in name.split()) or _STAR
    if len(name) <= _LONGEST_PERSON:
        return name[0] + _STAR * max(len(name) - 1, 1)
    return name[:2] + _STAR * 3 + name[-2:]
