"""Every file is short, whole and what it says it is; the texts speak of the product alone."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files, texts

LONGEST = 350
WRITTEN = frozenset({".py", ".html", ".j2", ".css", ".js", ".sh", ".sql", ".md"})
# A schema as it was on one day: read from top to bottom once, never changed again.
FROZEN = "engine/storage/migrations/versions/"


def _whole(text: str) -> str:
    """Words to look for carry a bar, so that this file does not hold them itself."""
    return text.replace("¦", "")


UNWANTED = {
    "leftover": r"\bTO¦DO\b|\bFIX¦ME\b|\bXX¦X\b",
    "package registry": r"pypi\.¦org|python¦hosted\.org|registry\.np¦mjs|proxy\.go¦lang|index\.crates\.¦io",
    "path of one machine": r"(?<![\w.~-])/(?:wor¦k|roo¦t)/\w|/Use¦rs/\w|/hom¦e/[a-z]",
    "other than the product": r"(?i)\bclau¦de\b|\banthro¦pic\b|\bopen¦ai\b|\bchat¦gpt\b|\bcopi¦lot\b|\bLL¦M\b|language mo¦dels?\b"
    r"|\bA¦I[- ](?:tool|assist|agent|generat)|\biss¦ue #?[0-9]",
}
PATTERNS = {what: re.compile(_whole(pattern)) for what, pattern in UNWANTED.items()}


@pytest.mark.parametrize("what", UNWANTED)
def test_no_file_says_what_does_not_belong_in_the_product(what: str):
    found = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if PATTERNS[what].search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("leftover", "# TO¦DO: later"),
        ("leftover", "FIX¦ME"),
        ("package registry", "https://files.python¦hosted.org/x"),
        ("path of one machine", 'open("/roo¦t/key")'),
        ("path of one machine", "see /wor¦k/main"),
        ("other than the product", "made with Clau¦de"),
        ("other than the product", "see iss¦ue #3"),
    ],
)
def test_the_unwanted_is_recognised(what: str, line: str):
    assert PATTERNS[what].search(_whole(line))


def test_no_file_is_longer_than_a_person_reads():
    long = [
        f"{path}: {lines} lines"
        for path, text in texts()
        if path.suffix in WRITTEN and not str(path).startswith(FROZEN) and (lines := len(text.splitlines())) > LONGEST
    ]
    assert not long, f"above {LONGEST} lines: {', '.join(long)}"


# -- what others made ---------------------------------------------------------------------------------------------------


def _vendored() -> list[Path]:
    return [path for path in files() if "vendor" in path.parts]


def _recorded(readme: Path) -> dict[str, str]:
    """File name to SHA-256, as the table of a vendor folder's README has them."""
    rows = re.findall(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", (ROOT / readme).read_text("utf-8"), re.MULTILINE)
    return dict(rows)


def test_vendored_files_are_the_ones_that_were_recorded():
    readmes = [path for path in _vendored() if path.name == "README.md"]
    assert readmes
    for readme in readmes:
        for name, digest in _recorded(readme).items():
            assert hashlib.sha256((ROOT / readme.parent / name).read_bytes()).hexdigest() == digest, (
                f"{readme.parent / name}"
            )


def test_every_vendored_file_is_recorded_with_its_licence():
    for path in _vendored():
        if path.name == "README.md":
            continue
        readme = (ROOT / path.parent / "README.md").read_text("utf-8")
        assert path.suffix == ".LICENSE" or path.name in _recorded(path.parent / "README.md"), f"{path} is not recorded"
        assert f"`{path.name}`" in readme, f"{path} is not named in its README"


# -- dependencies -------------------------------------------------------------------------------------------------------


def _requirements() -> dict[str, str]:
    """Name to the rest of its block in requirements.lock (continuation lines joined)."""
    text = (ROOT / "requirements.lock").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {_name(line): line for line in lines}


def _name(requirement: str) -> str:
    return re.split(r"[\s=<>~!\[;@]", requirement.strip(), maxsplit=1)[0].lower().replace("_", "-")


def test_every_requirement_is_pinned_with_a_hash():
    requirements = _requirements()
    assert len(requirements) > 50
    loose = [name for name, line in requirements.items() if "==" not in line or "--hash=sha256:" not in line]
    assert not loose, f"not pinned by hash: {loose}"


def test_every_dependency_of_the_project_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = {_name(one) for one in (*project["project"]["dependencies"], *project["dependency-groups"]["dev"])}
    assert not wanted - _requirements().keys()


def test_the_licence_is_the_whole_apache_licence():
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
