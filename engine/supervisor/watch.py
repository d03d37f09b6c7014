"""The watch over the parts: start, restart with back-off, stop. One thread, woken by signals (SIGCHLD among them)."""

import contextlib
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

import msgspec

from engine.embedded.datadir import DataFolder, Runtime, this_process
from engine.embedded.process import Account, Identity, identify, signal_group, spawn
from engine.errors import OperatorError
from engine.supervisor import logs

_DELAYS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
_STABLE_SECONDS = 60.0
_LOG_CHECK_SECONDS = 60.0
_END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StartError(OperatorError):
    """A part did not become ready."""


class Stopped(BaseException):
    """We were told to end while still starting."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One supervised process. `stage`: parts of a higher stage depend on those of a lower one and are stopped first."""

    name: str
    stage: int
    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    account: Account | None = None
    stop_steps: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 8.0),)
    # The engine's own parts lose nothing by kill -9, and an orphan must not linger.
    last_signal: signal.Signals = signal.SIGKILL
    ready: Callable[[int], bool] | None = None
    ready_seconds: float = 60.0
    nice: int = 0


class _Child:
    def __init__(self, part: Part) -> None:
        self.part = part
        self.process: subprocess.Popen[bytes] | None = None
        self.identity: Identity | None = None
        self.failures = 0
        self.started = 0.0
        self.due = 0.0  # monotonic instant of the next start while there is no process


class Watch:
    """Holds the children of one supervisor. `say` prints a line for people."""

    def __init__(self, data: DataFolder, say: Callable[[str], None]) -> None:
        self._data, self._say = data, say
        self._children: dict[str, _Child] = {}
        self._told_to_end = 0
        self._runtime, self._last_ports = Runtime(), data.runtime().ports
        self._logs_checked = time.monotonic()
        self._bell, self._bell_in = socket.socketpair()
        self._bell.setblocking(False)
        self._bell_in.setblocking(False)
        self._listens = False

    def install_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal end us in order; a child's end wakes us."""
        signal.set_wakeup_fd(self._bell_in.fileno(), warn_on_full_buffer=False)
        self._listens = True
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in _END_SIGNALS:
            signal.signal(number, self._end)

    def _end(self, *_: object) -> None:
        self._told_to_end += 1

    def announce(self, address: str, ports: Mapping[str, int]) -> None:
        """Record who runs here and where, for other commands and for the next start."""
        self._runtime = Runtime(supervisor=this_process(), address=address, ports=ports)
        self._record()

    def start(self, *parts: Part) -> None:
        """Start these parts together and wait until each says it is ready. Raises StartError with the end of its log."""
        for part in parts:
            self._children[part.name] = _Child(part)
            self._spawn(self._children[part.name])
        for part in parts:
            self._await_ready(self._children[part.name])

    def run_once(self, part: Part) -> None:
        """Run a part that ends by itself, and wait for its end. Raises StartError unless it ends well."""
        child = _Child(part)
        self._children[part.name] = child
        self._spawn(child)
        process = _running(child)
        self._wait_for(lambda: process.poll() is not None, part.ready_seconds)
        del self._children[part.name]
        if process.poll() is None:
            self._stop_children([child])
        if process.returncode:
            raise self._failed(part, f"结束码 exit {process.returncode}")

    def _await_ready(self, child: _Child) -> None:
        process, ready = _running(child), child.part.ready
        if ready is None:
            return
        self._wait_for(lambda: ready(process.pid) or process.poll() is not None, child.part.ready_seconds)
        if process.poll() is not None:
            raise self._failed(child.part, f"结束码 exit {process.returncode}")
        if not ready(process.pid):
            raise self._failed(
                child.part, f"{child.part.ready_seconds:.0f} 秒内未就绪 not ready in {child.part.ready_seconds:.0f} s"
            )

    def _failed(self, part: Part, why: str) -> StartError:
        log = self._data.log(part.name)
        return StartError(f"{part.name}: {why}\n{logs.tail(log)}\n日志 log: {log}")

    def _wait_for(self, condition: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            self._sleep(0.03)
            if self._told_to_end:
                raise Stopped

    def watch(self) -> None:
        """Until told to end: whatever dies is started again, at once the first time, then with growing pauses."""
        while not self._told_to_end:
            self.turn()

    def turn(self) -> None:
        """One look at every part, then sleep until something ends or is due, a second at most."""
        now = time.monotonic()
        for child in self._children.values():
            self._look_after(child, now)
        self._look_after_logs(now)
        self._sleep(self._until_next(now))

    def _look_after(self, child: _Child, now: float) -> None:
        if child.process is None:
            if now >= child.due:
                self._spawn(child)
        elif child.process.poll() is not None:
            self._note_death(child, now)

    def _note_death(self, child: _Child, now: float) -> None:
        process = _running(child)
        signal_group(process.pid, signal.SIGKILL)  # whatever it left behind in its group
        child.failures = 0 if now - child.started > _STABLE_SECONDS else child.failures
        delay = _DELAYS[min(child.failures, len(_DELAYS) - 1)]
        child.failures, child.due, child.process = child.failures + 1, now + delay, None
        self._say(
            f"⚠ {child.part.name} 已结束（{process.returncode}），{delay:g} 秒后重启 · "
            f"ended ({process.returncode}), starts again in {delay:g} s"
        )

    def _until_next(self, now: float) -> float:
        dues = [child.due - now for child in self._children.values() if child.process is None]
        return max(0.0, min([*dues, 1.0]))

    def _look_after_logs(self, now: float) -> None:
        if now - self._logs_checked > _LOG_CHECK_SECONDS:
            self._logs_checked = now
            for name in self._children:
                logs.keep_small(self._data.log(name))

    def _spawn(self, child: _Child) -> None:
        part, log = child.part, self._data.log(child.part.name)
        child.process = spawn(
            part.argv, log=log, env=part.env, account=part.account, last_signal=part.last_signal, nice=part.nice
        )
        child.started = time.monotonic()
        child.identity = identify(child.process.pid)
        self._record()

    def _record(self) -> None:
        known = {name: child.identity for name, child in self._children.items() if child.identity}
        self._data.record(msgspec.structs.replace(self._runtime, children=known))

    def stop(self) -> None:
        """Stop everything within bounds, the dependents first; a second Ctrl-C takes away the patience."""
        self._told_to_end = max(self._told_to_end, 1)
        for stage in sorted({child.part.stage for child in self._children.values()}, reverse=True):
            self._stop_children([child for child in self._children.values() if child.part.stage == stage])
        self._data.record(Runtime(ports=self._runtime.ports or self._last_ports))
        self._children.clear()
        self._hang_up()

    def _hang_up(self) -> None:
        if self._listens:
            signal.set_wakeup_fd(-1)
        self._bell.close()
        self._bell_in.close()

    def _stop_children(self, children: list[_Child]) -> None:
        living = [(child.part, child.process) for child in children if child.process]
        for step in range(max((len(part.stop_steps) for part, _ in living), default=0)):
            waiting = [
                (part, process) for part, process in living if len(part.stop_steps) > step and process.poll() is None
            ]
            for part, process in waiting:
                signal_group(process.pid, part.stop_steps[step][0])
            self._patience(waiting, step)
        for _, process in living:
            signal_group(process.pid, signal.SIGKILL)
            process.wait()

    def _patience(self, waiting: Sequence[tuple[Part, subprocess.Popen[bytes]]], step: int) -> None:
        end = time.monotonic() + max((part.stop_steps[step][1] for part, _ in waiting), default=0.0)
        told = self._told_to_end
        while (
            any(process.poll() is None for _, process in waiting)
            and time.monotonic() < end
            and self._told_to_end == told
        ):
            self._sleep(0.1)

    def _sleep(self, seconds: float) -> None:
        select.select([self._bell], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            self._bell.recv(4096)


def _running(child: _Child) -> subprocess.Popen[bytes]:
    assert child.process is not None
    return child.process
