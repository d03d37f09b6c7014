"""What an installation needs from its machine: one small check each, with the way to mend what is missing."""

import datetime as dt
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec
import psycopg

from engine.config import Loaded
from engine.embedded import account, ports, postgres, temporal, temporal_build
from engine.embedded.datadir import DataFolder
from engine.errors import OperatorError

Level = Literal["ok", "warning", "error"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_COMMAND = "apt-get install chromium fonts-noto-cjk"
_DATA_BYTES = 2_000_000_000


class Diagnosis(msgspec.Struct, frozen=True):
    """`mend` is empty when there is nothing to do. A warning does not keep the installation from running."""

    check: str
    level: Level
    found: str
    mend: str = ""


def examine(loaded: Loaded) -> list[Diagnosis]:
    """Every check in turn; a check that cannot be made is an error with its reason."""
    return [_guarded(check, loaded) for check in CHECKS]


def _guarded(check: Callable[[Loaded], Diagnosis], loaded: Loaded) -> Diagnosis:
    try:
        return check(loaded)
    except (OperatorError, OSError) as error:
        return Diagnosis(check.__name__, "error", str(error), "见左 as said")


def python(_: Loaded) -> Diagnosis:
    found = f"Python {sys.version.split()[0]}"
    if sys.version_info < (3, 11):  # noqa: UP036  doctor is what people run when the version is wrong
        return Diagnosis("python", "error", found, "需要 3.11 或以上 · 3.11 or newer is needed")
    return Diagnosis("python", "ok", found)


def data_folder(loaded: Loaded) -> Diagnosis:
    folder = loaded.settings.data
    free = shutil.disk_usage(_existing(folder)).free
    found = f"{folder}, {free / 1e9:.1f} GB free"
    if free < _DATA_BYTES:
        return Diagnosis(
            "data_folder",
            "error",
            found,
            f"需要 {_DATA_BYTES / 1e9:.0f} GB；用 JIANNUO_DATA 另选目录 · choose a larger disk with JIANNUO_DATA",
        )
    return Diagnosis("data_folder", "ok", found)


def _existing(folder: Path) -> Path:
    return next(parent for parent in [folder, *folder.parents] if parent.exists())


def database(loaded: Loaded) -> Diagnosis:
    if url := loaded.settings.database_url:
        parts = urlsplit(url)
        return _reachable("database", parts.hostname or "localhost", parts.port or 5432, "DATABASE_URL")
    programs = postgres.installed_programs()
    shown = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=False)
    if shown.returncode:
        return Diagnosis(
            "database",
            "error",
            shown.stderr.strip(),
            "内置 PostgreSQL 不能在本系统运行；请设置 DATABASE_URL · set DATABASE_URL to a server of yours",
        )
    return Diagnosis("database", "ok", f"embedded {shown.stdout.strip()}")


def service_account(loaded: Loaded) -> Diagnosis:
    chosen = None if loaded.settings.database_url else account.prospective_account()
    if chosen is None:
        return Diagnosis("service_account", "ok", "not needed")
    existing = _existing(loaded.settings.data)
    if not account.can_pass(existing, chosen):
        found = f"you are root; the account PostgreSQL runs under cannot enter {existing}"
        return Diagnosis(
            "service_account", "error", found, "用 JIANNUO_DATA 另选目录，如 /var/lib/jiannuo · choose another folder"
        )
    return Diagnosis("service_account", "ok", "you are root; PostgreSQL runs under an account of its own")


def temporal_server(loaded: Loaded) -> Diagnosis:
    if address := loaded.settings.temporal_address:
        host, _, port = address.rpartition(":")
        return _reachable("temporal", host, int(port), "TEMPORAL_ADDRESS")
    cache = temporal.cache_folder()
    if program := temporal.present(cache):
        return Diagnosis("temporal", "ok", f"embedded {program}")
    return Diagnosis(
        "temporal",
        "warning",
        f"no program yet; {temporal_build.prospect(cache)}",
        "首次启动时自动取得 · got by itself at the first start",
    )


def _reachable(check: str, host: str, port: int, setting: str) -> Diagnosis:
    if ports.is_open(host, port, timeout=2):
        return Diagnosis(check, "ok", f"{host}:{port} answers")
    return Diagnosis(
        check,
        "error",
        f"{host}:{port} does not answer",
        f"启动该服务或改 {setting} · start that server or change {setting}",
    )


def listening_ports(loaded: Loaded) -> Diagnosis:
    if DataFolder(loaded.settings.data).runtime().is_live():
        return Diagnosis("ports", "ok", "the installation runs")
    wanted = ("http_port", "postgres_port", "temporal_port", "temporal_ui_port")
    taken = {
        name: getattr(loaded.settings, name) for name in wanted if not ports.is_free(getattr(loaded.settings, name))
    }
    asked = [name for name in taken if loaded.asked(name)]
    found = ", ".join(f"{name} {port} in use" for name, port in taken.items()) or "free"
    if asked:
        return Diagnosis("ports", "error", found, f"释放端口或改 {asked[0]} · free the port or change {asked[0]}")
    return Diagnosis("ports", "ok", found + ("; the next free one will be taken" if taken else ""))


def calendar(_: Loaded) -> Diagnosis:
    from rules.calendar import shipped

    year = dt.datetime.now(dt.UTC).year
    if shipped("CN").provisional(dt.date(year, 1, 1), dt.date(year, 12, 31)):
        return Diagnosis(
            "calendar",
            "warning",
            f"no official calendar of {year}",
            "日期为暂定；导入：jiannuo calendar import · dates are provisional until one is imported",
        )
    return Diagnosis("calendar", "ok", f"official through {year}")


def channels(loaded: Loaded) -> Diagnosis:
    """Looks at a database that answers; an installation that does not run is no problem of its channels."""
    from engine.channels.states import states
    from engine.embedded.running import complete
    from engine.storage.connect import open_owner

    settings = complete(loaded).settings
    if not settings.database_url:
        return Diagnosis("channels", "ok", "the installation does not run; not looked at")
    try:
        with open_owner(settings.database_url) as connection:
            found = states(connection, mail=bool(settings.smtp_host))
    except psycopg.Error as error:
        return Diagnosis("channels", "warning", f"not looked at: {type(error).__name__}", "jiannuo migrate")
    bad = [one for one in found if one.state in {"incomplete", "failing"}]
    said = ", ".join(f"{one.id}: {one.problem or one.last_answer}" for one in bad)
    if bad:
        return Diagnosis("channels", "warning", said, "jiannuo channel list; jiannuo channel test " + bad[0].id)
    return Diagnosis("channels", "ok", ", ".join(one.id for one in found))


def paper_fonts(loaded: Loaded) -> Diagnosis:
    """A folder of the operator's own for rare characters; ours are in the package."""
    from engine.certificates.fonts import of_folder

    if loaded.settings.fonts == Path():
        return Diagnosis("paper_fonts", "ok", "ours alone; JIANNUO_FONTS adds a folder for rarer characters")
    own = of_folder(loaded.settings.fonts)
    drawn = len(frozenset[int]().union(*(face.characters for face in own)))
    if not own:
        return Diagnosis(
            "paper_fonts",
            "warning",
            f"{loaded.settings.fonts}: no .otf, .ttf, .otc or .ttc in it",
            "放入字体 · put fonts there",
        )
    return Diagnosis("paper_fonts", "ok", f"{loaded.settings.fonts}: {len(own)} with {drawn} characters")


def browser(_: Loaded) -> Diagnosis:
    if program := find_browser():
        return Diagnosis("browser (tests)", "ok", program)
    return Diagnosis("browser (tests)", "warning", "no Chromium; only browser tests need it", BROWSER_COMMAND)


def fonts(_: Loaded) -> Diagnosis:
    lister = shutil.which("fc-list")
    shown = (
        subprocess.run([lister, ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout
        if lister
        else ""
    )
    if shown.strip():
        return Diagnosis("fonts (tests)", "ok", shown.splitlines()[0])
    return Diagnosis("fonts (tests)", "warning", "no Chinese font known to fontconfig", BROWSER_COMMAND)


def find_browser() -> str | None:
    """The Chromium that browser tests use."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def tools(_: Loaded) -> Diagnosis:
    missing = [name for name in ("git", "make") if shutil.which(name) is None]
    if missing:
        return Diagnosis("tools", "warning", f"missing: {', '.join(missing)}", f"apt-get install {' '.join(missing)}")
    return Diagnosis("tools", "ok", "git, make")


CHECKS: tuple[Callable[[Loaded], Diagnosis], ...] = (
    python,
    data_folder,
    database,
    service_account,
    temporal_server,
    listening_ports,
    calendar,
    channels,
    paper_fonts,
    tools,
    browser,
    fonts,
)
