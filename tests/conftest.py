"""Fixtures every part of the tests shares, and how long each part took.

Servers start only when a test asks for one, once per run.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import settings

from engine.doctor import BROWSER_COMMAND, find_browser
from tests.support import servers

# Continuous integration says the same twice of the same tree; at a desk every run draws anew.
if os.environ.get("CI") == "true":
    settings.register_profile("ci", derandomize=True)
    settings.load_profile("ci")

_seconds: defaultdict[str, float] = defaultdict(float)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of the run's PostgreSQL (its owner role); for databases of one's own see `postgres_url`."""
    with servers.embedded_postgres() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database for this test alone."""
    with servers.fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def temporal_address() -> Iterator[str]:
    """host:port of the run's Temporal, namespace `default`; use ids and task queues of your own."""
    with servers.embedded_temporal() as address:
        yield address


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    in_browser = [item for item in items if item.get_closest_marker("browser")]
    if not in_browser or find_browser():
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(f"no Chromium, and CI insists on the browser tests. Install it: {BROWSER_COMMAND}")
    for item in in_browser:
        item.add_marker(pytest.mark.skip(reason=f"no Chromium. Install it: {BROWSER_COMMAND}"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """On a machine that has no Temporal program yet, building it takes minutes: before the first test, not inside one that has a bound."""
    if session.config.option.collectonly or not any(item.get_closest_marker("temporal") for item in session.items):
        return
    captured = session.config.pluginmanager.getplugin("capturemanager")
    with captured.global_and_fixture_disabled() if captured else nullcontext():
        servers.temporal_program()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[_part(report.nodeid)] += report.duration


def _part(nodeid: str) -> str:
    path = Path(nodeid.partition("::")[0])
    return "/".join(path.parts[:2]) if len(path.parts) > 2 else path.parts[0]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("time of each part")
    for part, seconds in sorted(_seconds.items(), key=lambda pair: -pair[1]):
        terminalreporter.write_line(f"{seconds:8.1f} s  {part}")
