"""The machine a run was made on, the versions of what ran, and how it stores."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
from pathlib import Path

from bench.usage import busy_share
from engine.embedded import temporal
from engine.embedded.postgres import installed_programs


def machine(folder: Path) -> dict[str, str]:
    """`folder` is where the data lie."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{_memory_kb('MemTotal') / 2**20:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "file system of the data": f"{_file_system(folder)}, {shutil.disk_usage(folder).free / 2**30:.0f} GiB free",
        "busy with other work just before": f"{busy_share(1.0):.0%} of all cores",
    }


def versions() -> dict[str, str]:
    packages = ("temporalio", "psycopg", "uvicorn", "uvloop", "holidays")
    found = {"python": platform.python_version(), "jiannuo": importlib.metadata.version("jiannuo")}
    return {**found, **{name: importlib.metadata.version(name) for name in packages}, **_servers()}


def _servers() -> dict[str, str]:
    program = temporal.present(temporal.cache_folder())
    return {
        "PostgreSQL": _first_line([str(installed_programs() / "postgres"), "--version"]),
        "Temporal": _first_line([str(program), "--version"]) if program else "fetched by the first start",
    }


def _first_line(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().splitlines()[0]


def _processor() -> str:
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_kb(field: str) -> int:
    return next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith(field)), 0)


def _file_system(folder: Path) -> str:
    mounts = [line.split()[:3] for line in _lines("/proc/mounts")]
    holding = [(place, kind) for _, place, kind in mounts if folder.resolve().is_relative_to(place)]
    return max(holding, key=lambda one: len(one[0]))[1] if holding else "unknown"


def _lines(file: str) -> list[str]:
    path = Path(file)
    return path.read_text().splitlines() if path.exists() else []
