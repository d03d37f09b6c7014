"""The fonts that papers are set in: ours, then those of the operator's folder (setting `fonts`) for characters that ours lack."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.certificates.font_file import Face, FontFileError, faces
from engine.config import load

if TYPE_CHECKING:
    import typst

VENDOR = Path(__file__).parent / "vendor"
SETTING = "JIANNUO_FONTS"
_KINDS = frozenset({".otf", ".ttf", ".otc", ".ttc"})


@cache
def for_texts() -> tuple[Face, ...]:
    """Read once in a process: what is put into the folder later counts from the next start."""
    return (*faces(VENDOR / "NotoSansSC-Regular.otf"), *of_folder(load().settings.fonts))


@cache
def for_titles() -> tuple[Face, ...]:
    """The letters of a certificate's title; no word of an agency is set in it."""
    return faces(VENDOR / "NotoSerifSC-Title.otf")


@cache
def for_typst() -> typst.Fonts:
    """What the machine has installed must not change a paper; ours are asked first."""
    import typst  # loaded with the first page that is set

    for_texts()  # refuses a folder with a font that may not be used
    folders = [VENDOR, *_folders(load().settings.fonts)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))


def of_folder(folder: Path) -> tuple[Face, ...]:
    """The faces of all fonts in a folder and below. FontFileError names the first that cannot be read or may not be embedded."""
    files = sorted(
        file
        for root in _folders(folder)
        for file in root.rglob("*")
        if file.suffix.lower() in _KINDS and file.is_file()
    )
    return tuple(_usable(face) for file in files for face in faces(file))


def _usable(face: Face) -> Face:
    if not face.embeddable:
        raise FontFileError(
            f"{SETTING}: {face.file}: 权利人不许嵌入文件，公文不能用；请移出该文件夹 · its maker allows no embedding (OS/2 fsType), and PDF/A"
            " embeds every font; take it out of the folder"
        )
    return face


def _folders(folder: Path) -> tuple[Path, ...]:
    return () if folder == Path() else (folder,)
