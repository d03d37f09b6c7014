"""The database and the clock of the installation, for commands that work on it directly."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback

from engine.bootstrap import opened as opened_for
from engine.clock import Clock
from engine.config import Settings, load
from engine.embedded.running import demand_servers
from engine.storage.connect import Pool

_CONNECTIONS = 2


def opened() -> AbstractContextManager[tuple[Pool, Clock]]:
    """A pool and the world's clock (in a demo the simulated one), for the length of a command."""
    _log_to_stderr()
    return opened_for(installation(), _CONNECTIONS)


def installation() -> Settings:
    """The settings of the installation this command works on."""
    return demand_servers(load(), temporal=False)


def _log_to_stderr() -> None:
    """Standard output is the command's answer. Tracebacks without local variables: these may hold personal data."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            ConsoleRenderer(colors=False, exception_formatter=plain_traceback),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
