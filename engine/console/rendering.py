"""Jinja2 as the console uses it: strict about missing names, escaping everything, one environment."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine.console.i18n import Texts
from engine.console.pictures import icon
from engine.money import yuan

if TYPE_CHECKING:
    from engine.console.visit import Visit

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
LEVEL_TAGS = {"none": "", "warning": "warn", "yellow": "yellow", "red": "red", "escalated": "redline"}


@cache
def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(icon=icon, static=static, level_tags=LEVEL_TAGS, yuan=yuan)
    return env


@cache
def static(name: str) -> str:
    """The address of a static file, with a mark of its content: it may be cached for ever."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"


def render(template: str, visit: Visit, **values: Any) -> str:
    return environment().get_template(template).render(v=visit, t=visit.t, d=visit.d, **values)


def render_alone(template: str, t: Texts, **values: Any) -> str:
    """A page that needs no database: errors."""
    return environment().get_template(template).render(t=t, **values)
