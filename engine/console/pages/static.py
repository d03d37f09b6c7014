"""Style sheets, the script, the icon: ours and vendored, named by their content, so a browser may keep them."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from engine.console.errors import NotFound
from engine.console.rendering import STATIC

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def _files() -> dict[str, str]:
    """Path by name, of what may be asked for."""
    return {str(f.relative_to(STATIC)): str(f) for f in STATIC.rglob("*") if f.suffix in _TYPES}


def add(router: APIRouter) -> None:
    @router.get("/static/{name:path}")
    def file(name: str) -> Response:
        if name not in _files():
            raise NotFound
        type_ = _TYPES["." + name.rpartition(".")[2]]
        return FileResponse(
            _files()[name], media_type=type_, headers={"Cache-Control": "public, max-age=31536000, immutable"}
        )
