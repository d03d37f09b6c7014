"""The data folder of an installation on one machine: its layout, its lock, and the record of what runs in it."""

import fcntl
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import msgspec

from engine.embedded.process import Account, Identity, identify, is_running
from engine.errors import OperatorError


class AlreadyRunningError(OperatorError):
    """Another `jiannuo up` holds the data folder."""


class DataFolderError(OperatorError):
    """The data folder cannot be used."""


class Runtime(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What runs, or ran last, in a data folder; read by commands that look for the running instance.

    `ports` by part (`http`, `postgres`, `temporal`, `temporal_ui`), `children` by part. After an orderly stop `supervisor` is null.
    """

    supervisor: Identity | None = None
    address: str = ""
    ports: Mapping[str, int] = {}
    children: Mapping[str, Identity] = {}

    def is_live(self) -> bool:
        return self.supervisor is not None and is_running(self.supervisor)


class DataFolder(msgspec.Struct, frozen=True):
    """Paths below `root`; nothing is written anywhere else."""

    root: Path

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def postgres(self) -> Path:
        """The database cluster lies one level down, so that a cluster made half is never taken for a whole one."""
        return self.root / "postgres"

    @property
    def temporal_db(self) -> Path:
        return self.root / "temporal.db"

    @property
    def password_file(self) -> Path:
        return self.root / "postgres.password"

    @property
    def lock_file(self) -> Path:
        return self.root / "lock"

    @property
    def runtime_file(self) -> Path:
        return self.root / "runtime.json"

    def prepare(self, account: Account | None) -> None:
        """Make the folders. As root the service account may pass through the data folder, and owns `postgres` alone."""
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            self.root.chmod(0o711 if account else 0o700)
            self.logs.chmod(0o700)
            self.postgres.mkdir(mode=0o700, exist_ok=True)
            if account:
                os.chown(self.postgres, account.uid, account.gid)
        except OSError as error:
            raise self._unusable(error) from error

    def log(self, part: str) -> Path:
        return self.logs / f"{part}.log"

    def password(self) -> str:
        """The database password, made at the first call."""
        if not self.password_file.exists():
            write_private(self.password_file, secrets.token_urlsafe(24))
        return self.password_file.read_text().strip()

    def runtime(self) -> Runtime:
        try:
            return msgspec.json.decode(self.runtime_file.read_bytes(), type=Runtime)
        except (FileNotFoundError, PermissionError):
            return Runtime()
        except msgspec.DecodeError as error:
            raise DataFolderError(
                f"{self.runtime_file}: {error}. Delete the file; it is written again at the next start."
            ) from error

    def record(self, runtime: Runtime) -> None:
        write_private(self.runtime_file, msgspec.json.format(msgspec.json.encode(runtime)).decode())

    def lock(self) -> IO[bytes]:
        """Hold the folder until the returned file is closed or the process ends, however it ends."""
        held = self._open_lock()
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            held.close()
            raise AlreadyRunningError(self._who()) from error
        return held

    def _open_lock(self) -> IO[bytes]:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            return self.lock_file.open("ab")
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> DataFolderError:
        return DataFolderError(
            f"data folder {self.root}: {error.strerror}. Choose a folder you may write to with JIANNUO_DATA."
        )

    def _who(self) -> str:
        running = self.runtime()
        pid = running.supervisor.pid if running.supervisor else 0
        return (
            f"践诺已在运行：数据目录 {self.root}，进程 {pid}，地址 {running.address or '—'}。\n"
            f"Already running on data folder {self.root}: pid {pid}, address {running.address or '—'}. "
            "Stop it first, or choose another folder with JIANNUO_DATA."
        )


def this_process() -> Identity:
    found = identify(os.getpid())
    if found is None:
        raise DataFolderError("cannot identify this process: neither /proc nor ps is available")
    return found


def write_private(path: Path, text: str) -> None:
    """Replace the file as a whole; readable by its owner alone from the first byte."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
