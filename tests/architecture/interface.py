"""The lists of `interface.toml`."""

import tomllib
from pathlib import Path
from typing import NamedTuple


class Codes(NamedTuple):
    """One list: codes in force, codes published that cannot be said yet, codes added to what was published."""

    now: tuple[str, ...]
    to_come: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def all(self) -> frozenset[str]:
        return frozenset((*self.now, *self.to_come, *self.added))


def _read() -> dict[str, Codes]:
    lists = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {name: Codes(**{part: tuple(codes) for part, codes in body.items()}) for name, body in lists.items()}


INTERFACE = _read()
