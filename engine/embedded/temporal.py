"""The embedded Temporal server: where its program comes from, how it is started, when it is ready."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from engine.embedded import temporal_build, temporal_download
from engine.embedded.ports import LOOPBACK, is_open
from engine.embedded.progress import Step
from engine.errors import OperatorError

STOP_STEPS = ((signal.SIGTERM, 5.0),)  # its store is a write-ahead log: what is cut off is recovered at the next start
# One machine, one user of this server: its limits against noisy neighbours would only slow down a wave of due cases.
_DYNAMIC: Mapping[str, str] = {
    "frontend.rps": "30000",
    "frontend.namespaceRPS": "30000",
    "frontend.namespaceRPS.visibility": "200",
    "frontend.persistenceMaxQPS": "30000",
    "history.rps": "30000",
    "history.persistenceMaxQPS": "60000",
    "matching.rps": "30000",
    "matching.persistenceMaxQPS": "30000",
}


class TemporalError(OperatorError):
    """No Temporal program can be had, or the server does not start."""


def cache_folder() -> Path:
    """The user's cache: the program is shared between data folders, and kept by CI between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "jiannuo" / "temporal"


def present(cache: Path) -> Path | None:
    """A program that is already here: on PATH, built earlier, downloaded earlier."""
    on_path = shutil.which("temporal")
    candidates = [Path(on_path)] if on_path else []
    candidates += [temporal_build.target(cache), temporal_download.target(cache)]
    return next((program for program in candidates if works(program)), None)


def works(program: Path) -> bool:
    """Whether it runs and knows `server start-dev`."""
    try:
        command = [str(program), "server", "start-dev", "--help"]
        return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def obtain(cache: Path, step: Step) -> Path:
    """The program, from PATH, the cache, the SDK's downloader or our own build, in this order."""
    if program := present(cache):
        return program
    refusals = []
    ways: Sequence[Callable[[Path, Step], Path]] = (temporal_download.download, temporal_build.build)
    for way in ways:
        try:
            return way(cache, step)
        except (temporal_download.DownloadError, temporal_build.BuildError) as error:
            refusals.append(str(error))
    reasons = "\n".join(f"- {refusal}" for refusal in refusals)
    raise TemporalError(
        f"no Temporal server program:\n{reasons}\n"
        "Put the `temporal` command on PATH, or set TEMPORAL_ADDRESS to a server of yours."
    )


def argv(program: Path, database: Path, port: int, ui_port: int, namespace: str) -> list[str]:
    """The server, loopback only, with its UI; a store that survives kill -9."""
    return [
        *(str(program), "server", "start-dev", "--ip", LOOPBACK, "--port", str(port), "--ui-port", str(ui_port)),
        *("--headless=false", "--namespace", namespace, "--db-filename", str(database)),
        *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"),
        *_pairs("--search-attribute", search_attributes()),
        *_pairs("--dynamic-config-value", _DYNAMIC),
        *("--log-level", "warn", "--log-format", "json", "--disable-config-file", "--disable-config-env"),
    ]


def search_attributes() -> Mapping[str, str]:
    """Name and type of each attribute, as the command line wants them: registered before the first client can connect."""
    from workflows.search_attributes import KEYS

    return {key.name: key.indexed_value_type.name.title().replace("_", "") for key in KEYS.values()}


def _pairs(option: str, values: Mapping[str, str]) -> list[str]:
    return [part for name, value in values.items() for part in (option, f"{name}={value}")]


def is_ready(port: int) -> bool:
    """The front end listens only after the namespace and its search attributes are registered."""
    return is_open(LOOPBACK, port)
