"""What the demo adds to an ordinary installation: county, users, keys, clock, a post office, and the simulator."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psycopg

from engine.bootstrap import open_database
from engine.config import Settings
from engine.demo import clock_row, play
from engine.demo.clock import SimulatedClock
from engine.demo.course import Course
from engine.demo.greeting import greeting
from engine.demo.logins import make_keys, make_users
from engine.embedded import ports
from engine.embedded.datadir import DataFolder
from engine.embedded.progress import step
from engine.provisioning.folder import Catalogue, read_folder
from engine.provisioning.record import provision
from engine.supervisor.watch import Part
from rules.calendar import shipped

COUNTY = Path(__file__).parents[2] / "examples" / "county"
_LAST = 2  # the stage after the engine's: stopped first
MAIL, KEYS, PLACE = "mail", "demo-keys.json", "simulator.json"


class Demo:
    """The supervisor calls these in this order; each may be repeated at the next start of the same data folder."""

    def __init__(self, folder: Path, rate: int) -> None:
        self._folder, self._rate = folder, rate
        self._county: Catalogue = read_folder(folder)
        self._course: Course | None = None

    def furnished(self, settings: Settings) -> Settings:
        """The settings of every part: mail goes to the post office of the demo."""
        return msgspec.structs.replace(
            settings, demo=True, smtp_host=ports.LOOPBACK, smtp_port=ports.any_free(), smtp_tls="none", smtp_user=""
        )

    def prepare(self, settings: Settings) -> None:
        """After the migration and before the engine starts. The clock stands until everything runs."""
        pool = open_database(settings.database_url, settings.key_file, size=1)
        with pool, pool.connection() as connection:
            with step("拨好模拟时钟 · setting the clock", sys.stdout):
                self._course = course = clock_row.set_up(connection)
            at = SimulatedClock(lambda: course, shipped("CN")).now()
            with step("载入虚构的安澜县 · loading Anlan County", sys.stdout) as running:
                counts = provision(connection, self._county, at, "demo")
                running.detail(", ".join(f"{count.kind} {count.pieces}" for count in counts if count.pieces))
            with step("建立用户与接口密钥 · making users and keys", sys.stdout):
                make_users(connection, self._county, at)
                make_keys(connection, self._county, settings.data / KEYS, at)

    def parts(self, settings: Settings) -> Sequence[Part]:
        return [self._post_office(settings), self._simulator(settings)]

    def begin(self, settings: Settings) -> None:
        """Everything runs: let the clock go."""
        with psycopg.connect(settings.database_url) as connection:
            clock_row.start(connection)

    def greeting(self, settings: Settings, data: DataFolder) -> list[str]:
        return greeting(settings, data, self._county)

    def _post_office(self, settings: Settings) -> Part:
        folder = [
            "--folder",
            str(settings.data / MAIL),
            "--host",
            settings.smtp_host,
            "--port",
            str(settings.smtp_port),
        ]
        return Part(
            name="mail",
            stage=_LAST,
            argv=[sys.executable, "-m", "engine.embedded.mailcatcher", *folder],
            ready=lambda _pid: ports.is_open(settings.smtp_host, settings.smtp_port),
        )

    def _simulator(self, settings: Settings) -> Part:
        assert self._course is not None, "prepare comes first"
        address = f"http://{settings.http_host}:{settings.http_port}"
        place = settings.data
        return Part(
            name="simulator",
            stage=_LAST,
            argv=play.arguments(address, self._folder, place / KEYS, place / PLACE, self._course.first, self._rate),
            stop_steps=((signal.SIGTERM, 2.0),),
        )
