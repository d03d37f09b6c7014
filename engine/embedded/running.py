"""The installation that runs in a data folder, as seen by other commands of the same user."""

import msgspec

from engine.config import DEFAULT, Loaded, Settings
from engine.embedded.datadir import DataFolder, Runtime
from engine.embedded.ports import LOOPBACK
from engine.embedded.postgres import connection_url
from engine.errors import OperatorError


class NothingRunsError(OperatorError):
    """A command needs servers and there are none."""


def complete(loaded: Loaded) -> Loaded:
    """The settings with the addresses of the running installation where none were given; unchanged when nothing runs."""
    data = DataFolder(loaded.settings.data)
    runtime = data.runtime()
    if not runtime.is_live():
        return loaded
    found = {name: value for name, value in _addresses(data, runtime).items() if loaded.origins[name] == DEFAULT}
    origin = f"running instance {data.runtime_file}"
    return Loaded(msgspec.structs.replace(loaded.settings, **found), {**loaded.origins, **dict.fromkeys(found, origin)})


def _addresses(data: DataFolder, runtime: Runtime) -> dict[str, str | int]:
    ports = runtime.ports
    found: dict[str, str | int] = {"http_port": ports["http"]} if "http" in ports else {}
    if "postgres" in ports:
        found["database_url"] = connection_url(data, ports["postgres"])
    if "temporal" in ports:
        found["temporal_address"] = f"{LOOPBACK}:{ports['temporal']}"
        found["temporal_ui_url"] = f"http://{LOOPBACK}:{ports['temporal_ui']}"
    return found


def demand_servers(loaded: Loaded, *, temporal: bool = True) -> Settings:
    """Settings with a database and (unless not needed) a Temporal address, or an error that says how to get them."""
    settings = complete(loaded).settings
    if not settings.database_url or (temporal and not settings.temporal_address):
        raise NothingRunsError(
            f"没有正在运行的服务（数据目录 {settings.data}）：先运行 jiannuo up，或设置 DATABASE_URL 与 TEMPORAL_ADDRESS。\n"
            f"Nothing runs on data folder {settings.data}: start `jiannuo up` first, or set DATABASE_URL and TEMPORAL_ADDRESS."
        )
    return settings
