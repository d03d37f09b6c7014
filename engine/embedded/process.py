"""Children that cannot outlive their supervisor, and the recognition of those that did.

A process is known by pid *and* start time: pids are used again.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

_PR_SET_PDEATHSIG = 1


class Account(msgspec.Struct, frozen=True):
    """An account of the operating system that a child runs under."""

    name: str
    uid: int
    gid: int


class Identity(msgspec.Struct, frozen=True):
    """One run of one process."""

    pid: int
    started: str


def identify(pid: int) -> Identity | None:
    """The process running under `pid`, or None when there is none (a zombie is none)."""
    stat = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self/stat").exists():
        return _identify_by_ps(pid)
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else Identity(pid, fields[19])


def _identify_by_ps(pid: int) -> Identity | None:
    shown = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = shown.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else Identity(pid, started.strip())


def command_line(pid: int) -> str:
    """The arguments of a running process in one line, empty when it cannot be read."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    if Path("/proc/self").exists():
        return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


def working_in(folder: Path) -> list[int]:
    """The processes whose working directory this is (Linux; elsewhere none are found)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if entry.readlink() == folder:
                found.append(int(entry.parent.name))
    return found


def is_running(known: Identity) -> bool:
    return identify(known.pid) == known


def spawn(
    argv: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    account: Account | None = None,
    last_signal: signal.Signals = signal.SIGTERM,
    nice: int = 0,
) -> subprocess.Popen[bytes]:
    """Start a child in its own process group, its output appended to `log`.

    `last_signal` is what the kernel sends it when the supervisor dies without a word (Linux). Must be called from the
    main thread: the kernel watches the thread that forked. `nice`: how far it steps back when the cores are all busy.
    """
    before_exec = _tie_to_parent(last_signal, nice) if sys.platform == "linux" else None
    with log.open("ab") as output:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            process_group=0,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=before_exec,  # noqa: PLW1509  the supervisor has one thread; nothing else sets the death signal after the change of account
        )


def _tie_to_parent(last_signal: signal.Signals, nice: int) -> Callable[[], None]:
    libc, parent = ctypes.CDLL(None), os.getpid()

    def before_exec() -> None:
        os.nice(nice)
        libc.prctl(_PR_SET_PDEATHSIG, int(last_signal), 0, 0, 0)
        if os.getppid() != parent:  # died between fork and prctl
            os.kill(os.getpid(), signal.SIGKILL)

    return before_exec


def stop_group(process: subprocess.Popen[bytes], steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send each signal to the child's group and wait its seconds, until the child has ended; then end what is left of the group."""
    for number, seconds in steps:
        if process.poll() is not None:
            break
        signal_group(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    signal_group(process.pid, signal.SIGKILL)
    process.wait()


def stop_known(known: Identity, steps: Sequence[tuple[signal.Signals, float]]) -> bool:
    """The same for a process that is no child of ours (an orphan of an earlier run); whether it has ended."""
    for number, seconds in steps:
        if not is_running(known):
            return True
        signal_group(known.pid, number)
        wait_until(lambda: not is_running(known), seconds)
    return not is_running(known)


def signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Ask until the condition holds or the bound is reached; whether it holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(pause)
    return True
