"""All settings in one frozen value: environment before file before default, each with the place it came from."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from engine.errors import OperatorError

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
DEFAULT = "default"
FILE_VARIABLE = "JIANNUO_CONFIG"
SECRET = frozenset({"smtp_password"})


class SettingsError(OperatorError):
    """A setting that cannot be used; says which, where it stands and what it may be."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an installation is told. Ports of 0 leave the choice to the operating system.

    `database_url` and `temporal_address` empty: the embedded servers of `data` are meant. `key_file` empty: `data`/master.key.
    `seal_folder`: where copies of seals go; `seal_stamp_url`: an RFC 3161 authority; `seal_stamp_roots`: certificates it is trusted by. Empty: none.
    `fonts`: a folder of fonts for characters that ours lack; empty: none.
    """

    database_url: str = ""
    temporal_address: str = ""
    temporal_namespace: str = "default"
    temporal_ui_url: str = ""
    data: Path = Path()
    http_host: str = "127.0.0.1"
    http_port: Port = 8080
    public_url: str = ""
    postgres_port: Port = 5433
    temporal_port: Port = 7233
    temporal_ui_port: Port = 8233
    smtp_host: str = ""
    smtp_port: Port = 25
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_sender: str = "jiannuo@localhost"
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    locale: Literal["zh", "en"] = "zh"
    zone: str = "Asia/Shanghai"
    key_file: Path = Path()
    seal_folder: str = ""
    seal_stamp_url: str = ""
    seal_stamp_roots: str = ""
    fonts: Path = Path()
    demo: bool = False


class Loaded(msgspec.Struct, frozen=True):
    """The settings, and for each the place its value came from."""

    settings: Settings
    origins: Mapping[str, str]

    def asked(self, name: str) -> bool:
        """Whether somebody set it, rather than nobody."""
        return self.origins[name] != DEFAULT


_TYPES = get_type_hints(Settings, include_extras=True)
_VARIABLES = {
    name: name.upper()
    if name in {"database_url", "temporal_address", "temporal_namespace"}
    else f"JIANNUO_{name.upper()}"
    for name in _TYPES
}


def load(environ: Mapping[str, str] | None = None) -> Loaded:
    """Read the environment and the file JIANNUO_CONFIG names. Raises SettingsError. An empty variable counts as not set."""
    env = os.environ if environ is None else environ
    values, origins = _from_file(env.get(FILE_VARIABLE, ""))
    for name, variable in _VARIABLES.items():
        if text := env.get(variable, ""):
            values[name], origins[name] = text, f"environment {variable}"
    converted = {name: _convert(name, value, origins[name]) for name, value in values.items()}
    settings = _with_folders(Settings(**converted), env)
    return Loaded(settings, {name: origins.get(name, DEFAULT) for name in _TYPES})


def as_environment(settings: Settings) -> dict[str, str]:
    """The variables that give another process these very settings, file or no file."""
    texts = {_VARIABLES[name]: _text(getattr(settings, name)) for name in _TYPES}
    return {**texts, FILE_VARIABLE: ""}


def shown(settings: Settings, name: str) -> str:
    """A value for people: passwords are masked."""
    text = _text(getattr(settings, name))
    if name in SECRET:
        return "***" if text else ""
    password = urlsplit(text).password if name == "database_url" else None
    return text.replace(f":{password}@", ":***@") if password else text


def _text(value: object) -> str:
    if isinstance(value, Path) and value == Path():
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _from_file(name: str) -> tuple[dict[str, Any], dict[str, str]]:
    if not name:
        return {}, {}
    try:
        values = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{FILE_VARIABLE}={name}: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: not TOML: {error}") from error
    if unknown := sorted(values.keys() - _TYPES.keys()):
        raise SettingsError(f"{name}: unknown setting {unknown[0]!r}; known are {', '.join(_TYPES)}")
    return values, {key: f"file {name}: {key}" for key in values}


def _convert(name: str, value: Any, origin: str) -> Any:
    try:
        converted = msgspec.convert(value, _TYPES[name], strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        allowed = ", ".join(get_args(_TYPES[name])) if get_origin(_TYPES[name]) is Literal else ""
        raise SettingsError(f"{origin}: {error}{f'; one of {allowed}' if allowed else ''}") from error
    if problem := _problem(name, converted):
        raise SettingsError(f"{origin}: {problem}")
    return converted


def _path(kind: type, value: Any) -> Path:
    if kind is not Path or not isinstance(value, str):
        raise TypeError("Expected `str`")
    return Path(value).expanduser().absolute()


def _problem(name: str, value: Any) -> str:
    if name == "database_url" and urlsplit(value).scheme not in {"postgresql", "postgres"}:
        return "expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
    if name == "temporal_address" and not value.rpartition(":")[2].isdigit():
        return f"expected HOST:PORT, got {value!r}"
    if name in {"public_url", "temporal_ui_url", "seal_stamp_url"} and urlsplit(value).scheme not in {"http", "https"}:
        return f"expected http://… or https://…, got {value!r}"
    if name == "fonts" and not value.is_dir():
        return f"no such folder: {value}"
    if name == "zone":
        return _zone_problem(value)
    return ""


def _zone_problem(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return f"no such time zone: {zone!r}; an IANA name such as Asia/Shanghai is expected"
    return ""


def _with_folders(settings: Settings, env: Mapping[str, str]) -> Settings:
    data = settings.data if settings.data != Path() else _default_data(env, demo=settings.demo)
    key_file = settings.key_file if settings.key_file != Path() else data / "master.key"
    return msgspec.structs.replace(settings, data=data, key_file=key_file)


def _default_data(env: Mapping[str, str], *, demo: bool) -> Path:
    """The user's data folder; root's is a system folder, because the account PostgreSQL then runs under cannot enter root's home."""
    name = "jiannuo-demo" if demo else "jiannuo"
    if os.geteuid() == 0:
        return Path("/var/lib") / name
    base = env.get("XDG_DATA_HOME", "")
    return (Path(base) if base else Path.home() / ".local" / "share") / name
