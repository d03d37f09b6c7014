"""A `jiannuo up` of its own for a test: a real supervisor with real servers, on ports the system chooses."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from engine.embedded.datadir import DataFolder, Runtime
from engine.embedded.process import Identity, is_running, wait_until

_BOUND = 60.0
ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = {"PYTHONPATH": os.pathsep.join([str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))])}


class Installation:
    """One data folder and the `up` that runs on it, if one does."""

    def __init__(self, data: DataFolder, account: int | None = None) -> None:
        self.data, self._account = data, account
        self._python = interpreter_for(account) or sys.executable
        self._groups: list[int] | None = None if account is None else []
        self._process: subprocess.Popen[str] | None = None

    def command(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run another command on the same data folder."""
        argv = [self._python, "-m", "engine.cli.main", *arguments]
        return subprocess.run(
            argv,
            env=self._environment(environ),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=_BOUND,
            user=self._account,
            extra_groups=self._groups,
        )

    def start(self, *arguments: str, **environ: str) -> "Installation":
        """Start `up` and wait until it has greeted."""
        argv = [self._python, "-m", "engine.cli.main", "up", *arguments]
        log = (self.data.root / "up.log").open("w")
        self._process = subprocess.Popen(
            argv,
            env=self._environment(environ),
            cwd=ROOT,
            stdout=log,
            stderr=log,
            text=True,
            user=self._account,
            extra_groups=self._groups,
        )
        log.close()
        assert wait_until(lambda: "Ctrl-C" in self.output() or self._ended(), _BOUND), self.output()
        assert not self._ended(), self.output()
        return self

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JIANNUO_", "DATABASE_", "TEMPORAL_"))
        }
        system_chooses = dict.fromkeys(
            ["JIANNUO_HTTP_PORT", "JIANNUO_POSTGRES_PORT", "JIANNUO_TEMPORAL_PORT", "JIANNUO_TEMPORAL_UI_PORT"], "0"
        )
        ours = {} if self._account is None else {**_PACKAGES, "HOME": str(self.data.root)}
        return {**kept, **ours, **system_chooses, "JIANNUO_DATA": str(self.data.root), **more}

    def _ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def output(self) -> str:
        return (self.data.root / "up.log").read_text()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def runtime(self) -> Runtime:
        return self.data.runtime()

    def child(self, part: str) -> Identity:
        return self.runtime().children[part]

    def wait_for_new(self, part: str, old: Identity) -> Identity:
        """The process that took the place of `old`."""
        assert wait_until(lambda: self.child(part) != old and is_running(self.child(part)), _BOUND), self.output()
        return self.child(part)

    def tell(self, number: signal.Signals) -> int:
        """Send the supervisor a signal and wait for its end; its exit status."""
        os.kill(self.pid, number)
        assert self._process is not None
        return self._process.wait(_BOUND)

    def kill_all(self) -> None:
        """kill -9 of every child and of the supervisor, in one go."""
        for known in self.runtime().children.values():
            os.kill(known.pid, signal.SIGKILL)
        self.tell(signal.SIGKILL)

    def close(self) -> None:
        children = self.runtime().children.values()
        if self._process and not self._ended():
            self.tell(signal.SIGTERM)
        assert wait_until(lambda: not any(is_running(known) for known in children), _BOUND), "orphans"


def interpreter_for(account: int | None) -> str | None:
    """An interpreter of our version that the account can run and that finds our packages; None where a closed home hides all of them."""
    if account is None:
        return sys.executable
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    candidates = (sys.executable, f"/usr/bin/python{version}", f"/usr/local/bin/python{version}")
    return next((candidate for candidate in candidates if _finds_us(candidate, account)), None)


def _finds_us(python: str, account: int) -> bool:
    argv = [python, "-c", "import engine.config, psycopg"]
    try:
        return (
            subprocess.run(argv, user=account, extra_groups=[], cwd="/", env=_PACKAGES, capture_output=True).returncode
            == 0
        )
    except OSError:
        return False


@contextmanager
def installation(data: DataFolder, account: int | None = None) -> Iterator[Installation]:
    made = Installation(data, account)
    try:
        yield made
    finally:
        made.close()
