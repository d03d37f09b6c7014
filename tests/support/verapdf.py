"""veraPDF, the reference checker of PDF/A and PDF/UA: got once through Maven, kept in the user's cache, checked by hash, run once for many files."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

_VERSION = "1.28.2"
_SHA256 = "687d4d8bcfec48c9f7e931cf78ed061f1eeccfba55d4cdc000ba9b4d8aa46ce6"
_MAIN = "org.verapdf.apps.GreenfieldCliWrapper"
_ARTIFACT = "org.verapdf.apps:greenfield-apps:" + _VERSION
_VERDICT = re.compile(r"^(PASS|FAIL) (?:.*/)?([^/]+)\.pdf (\w+)$", re.MULTILINE)


def verdicts(files: Mapping[str, bytes], folder: Path) -> tuple[dict[str, dict[str, str]], str]:
    """Of each file (name without ending) PASS or FAIL for each flavour it declares, and all that was said."""
    program = _program()
    for name, content in files.items():
        (folder / f"{name}.pdf").write_bytes(content)
    command = [
        "java",
        "-cp",
        str(program),
        _MAIN,
        "--format",
        "text",
        "-v",
        *(str(folder / f"{name}.pdf") for name in files),
    ]
    said = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False).stdout
    found: dict[str, dict[str, str]] = {name: {} for name in files}
    for verdict, name, flavour in _VERDICT.findall(said):
        found[name][flavour] = verdict
    return found, said


def _program() -> Path:
    """The checker; the test is skipped where there is no Java, or nothing to get it with."""
    for needed in ("java", "mvn"):
        if shutil.which(needed) is None:
            pytest.skip(f"no {needed}: veraPDF not run. Install it: apt-get install default-jre-headless maven")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    file = Path(base) / "jiannuo" / "verapdf" / f"greenfield-apps-{_VERSION}.jar"
    if not file.exists():
        _fetch(file.parent)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert digest == _SHA256, f"{file} is not the one that was pinned: {digest}; remove it"
    return file


def _fetch(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={folder}"]
    got = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    if got.returncode:
        pytest.skip(f"Maven could not get veraPDF: {got.stdout.strip()[:300]}")
