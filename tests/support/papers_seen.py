"""What stands on a page, seen from outside: its text and its pixels, by poppler."""

import subprocess
from collections.abc import Iterator

import pytest


def text_of(pdf: bytes) -> str:
    return _run("pdftotext", "-layout", "-", "-", pdf=pdf).decode()


def pictures(pdf: bytes, dpi: int = 150, pages: int = 99) -> list[memoryview]:
    """The first pages, each as a grey picture (rows of pixels, 255 is white)."""
    return list(_pages(_run("pdftoppm", "-gray", "-r", str(dpi), "-l", str(pages), "-", pdf=pdf)))


def cells(page: memoryview, dpi: int, size: float, columns: int) -> Iterator[bytes]:
    """The pixels of squares of `size` millimetres from the page's upper left corner on, row by row."""
    pixels, (height, width) = size / 25.4 * dpi, page.shape
    flat = page.cast("B")
    for row in range(int(height / pixels)):
        for column in range(columns):
            left, right = round(column * pixels), round((column + 1) * pixels)
            lines = range(round(row * pixels), round((row + 1) * pixels))
            yield b"".join(bytes(flat[line * width + left : line * width + right]) for line in lines)


def _run(program: str, *said: str, pdf: bytes) -> bytes:
    try:
        return subprocess.run([program, *said], input=pdf, capture_output=True, check=True).stdout
    except FileNotFoundError:
        pytest.skip(f"no {program}. Install it: apt-get install poppler-utils")


def _pages(shown: bytes) -> Iterator[memoryview]:
    """Pictures in the form PGM, one behind the other."""
    place = 0
    while place < len(shown):
        _, width, height, _ = shown[place : place + 40].split(maxsplit=4)[:4]
        start = place + len(b"P5\n%s %s\n255\n" % (width, height))
        place = start + int(width) * int(height)
        yield memoryview(shown[start:place]).cast("B", shape=[int(height), int(width)])
