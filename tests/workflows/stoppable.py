"""A Temporal server that a test may kill and start again on the same data."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.embedded import ports, temporal
from engine.embedded.datadir import DataFolder
from engine.embedded.process import spawn, stop_group, wait_until
from tests.support import servers


class Server:
    def __init__(self, data: DataFolder, program: Path, *options: str) -> None:
        self._data, self._port = data, ports.any_free()
        self._argv = [*temporal.argv(program, data.temporal_db, self._port, ports.any_free(), "default"), *options]
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"{ports.LOOPBACK}:{self._port}"

    def start(self) -> None:
        self._process = spawn(self._argv, log=self._data.log("temporal"))
        assert wait_until(lambda: temporal.is_ready(self._port), 30.0), self._data.log("temporal").read_text()

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            stop_group(self._process, temporal.STOP_STEPS)


@contextmanager
def temporal_to_stop(*options: str) -> Iterator[Server]:
    program = temporal.present(temporal.cache_folder())
    assert program is not None, "the session's Temporal has been obtained before"
    with servers.data_folder() as data:
        data.prepare(None)
        server = Server(data, program, *options)
        server.start()
        try:
            yield server
        finally:
            server.stop()
