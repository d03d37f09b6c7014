"""PostgreSQL refuses to run as root: the account it runs under instead, and binaries that account can read."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from engine.embedded.process import Account

_NAME = "jiannuo"
_FALLBACK = "nobody"
_SYSTEM_CACHE = Path("/var/cache/jiannuo")


def service_account() -> Account | None:
    """None when we are not root. As root `jiannuo`, created if need be, otherwise `nobody`."""
    if os.geteuid() != 0:
        return None
    return _lookup(_NAME) or _create() or _lookup(_FALLBACK)


def prospective_account() -> Account | None:
    """Whom `service_account` would give, as far as that can be told without creating one: a stranger stands for a stranger."""
    return None if os.geteuid() != 0 else _lookup(_NAME) or _lookup(_FALLBACK)


def _lookup(name: str) -> Account | None:
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(found.pw_name, found.pw_uid, found.pw_gid)


def _create() -> Account | None:
    command = shutil.which("useradd")
    if command is None:
        return None
    options = [
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        "/usr/sbin/nologin",
    ]
    subprocess.run([command, *options, _NAME], capture_output=True, check=False)
    return _lookup(_NAME)  # also when another start created it at the same moment


def can_pass(folder: Path, account: Account) -> bool:
    return _as_account(["/bin/sh", "-c", 'cd "$0"', str(folder)], account)


def can_enter(folder: Path, account: Account) -> bool:
    """Whether the account can work in the folder: asked of the system itself, which alone knows ACLs and mounts."""
    return _as_account(["/bin/sh", "-c", 'cd "$0" && test -w .', str(folder)], account)


def can_execute(program: Path, account: Account) -> bool:
    return _as_account([str(program), "--version"], account)


def _as_account(argv: list[str], account: Account) -> bool:
    try:
        done = subprocess.run(
            argv, user=account.uid, group=account.gid, extra_groups=[], cwd="/", capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def readable_copy(install: Path, version: str, cache: Path = _SYSTEM_CACHE) -> Path:
    """A copy of the installation that every account can read, owned by root; made once, whole or not at all.

    The wheel keeps libraries beside its package (`PACKAGE.libs`), where the programs look for them: they go along, in the same place.
    """
    package = install.parent
    target, libraries = cache / f"wheel-{version}", package.with_name(f"{package.name}.libs")
    copy = target / package.name / install.name
    if target.exists():
        return copy
    cache.mkdir(parents=True, exist_ok=True)
    cache.chmod(0o755)
    staging = Path(tempfile.mkdtemp(prefix=".copy-", dir=cache))
    try:
        shutil.copytree(install, staging / "tree" / package.name / install.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, staging / "tree" / libraries.name, symlinks=True)
        _open_for_reading(staging / "tree")
        _rename_unless_there(staging / "tree", target)
    finally:
        shutil.rmtree(staging)
    return copy


def _open_for_reading(tree: Path) -> None:
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod((path.stat().st_mode | 0o444 | (0o111 if path.is_dir() else 0)) & ~0o022)


def _rename_unless_there(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError:
        if not target.exists():
            raise
