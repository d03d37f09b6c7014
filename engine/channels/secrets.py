"""Secrets of channels: out of the environment or a file at the moment they are needed, and never shown."""

from __future__ import annotations

import os
from pathlib import Path

from engine.errors import OperatorError


class SecretError(OperatorError):
    """A secret that is not where the configuration says."""


def secret(place: str) -> str:
    """The value at `env:NAME` or `file:/path`. SecretError names the place, never the value."""
    kind, _, where = place.partition(":")
    found = os.environ.get(where, "") if kind == "env" else _from_file(place, where)
    if not found:
        raise SecretError(f"{place}: 没有值 · no value there; set it for the worker and the API")
    return found


def _from_file(place: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretError(f"{place}: 无法读取 · cannot be read: {type(error).__name__}") from error
