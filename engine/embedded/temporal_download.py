"""The Temporal program by the SDK's own downloader, in a child of its own so that a dead network cannot hold us up.

Run as a program it downloads into the folder given: `python -m engine.embedded.temporal_download FOLDER`.
"""

import asyncio
import shutil
import subprocess
import sys
import time
from pathlib import Path

from engine.embedded.progress import Step

_STALL_SECONDS = 20.0  # without a new byte


class DownloadError(Exception):
    """The downloader could not get the program."""


def target(cache: Path) -> Path:
    return cache / "downloaded" / "temporal"


def download(cache: Path, step: Step) -> Path:
    """Fetch the program into the cache; whole or not at all."""
    program = target(cache)
    draft = cache / "download"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        _run(draft, step)
        program.parent.mkdir(parents=True, exist_ok=True)
        _largest(draft).replace(program)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return program


def _run(draft: Path, step: Step) -> None:
    command = [sys.executable, "-m", "engine.embedded.temporal_download", str(draft)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _watch(child, draft, step)
    finally:
        child.kill()
        _, errors = child.communicate()
    if child.returncode:
        last = (errors.decode(errors="replace").strip().splitlines() or ["it did not answer in time"])[-1]
        raise DownloadError(f"the SDK's downloader: {last.split(' for url')[0]}")


def _watch(child: subprocess.Popen[bytes], draft: Path, step: Step) -> None:
    size, moved = 0, time.monotonic()
    while child.poll() is None and time.monotonic() - moved < _STALL_SECONDS:
        now = sum(path.stat().st_size for path in draft.rglob("*") if path.is_file())
        if now != size:
            size, moved = now, time.monotonic()
        step.detail(f"下载 downloading, {size // 1_000_000} MB")
        time.sleep(0.2)


def _largest(folder: Path) -> Path:
    files = [path for path in folder.rglob("*") if path.is_file()]
    if not files:
        raise DownloadError("the SDK's downloader ended without a file")
    return max(files, key=lambda path: path.stat().st_size)


async def _fetch(folder: str) -> None:
    from temporalio.testing import WorkflowEnvironment

    async with await WorkflowEnvironment.start_local(download_dest_dir=folder):
        pass


if __name__ == "__main__":
    asyncio.run(_fetch(sys.argv[1]))
