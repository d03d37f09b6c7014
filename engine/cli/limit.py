"""`jiannuo limit`: the calculator on JSON Lines, one answer a line, in the same order."""

import sys
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import msgspec
import typer

from rules.calculator import NotJsonError, answer
from rules.calculator_forms import NULL, Answer, ErrorAnswer, Wrong

BLOCK = 1 << 16
NOT_JSON_LINES = 2
_encoder = msgspec.json.Encoder()


def limit(
    file: Annotated[
        str, typer.Argument(help="JSON Lines 文件，- 为标准输入 / a file of JSON Lines, - is standard input")
    ] = "-",
) -> None:
    """计算期限：每行一个问题，每行一个答案 / count time limits: a question a line, an answer a line."""
    try:
        raise typer.Exit(run_limit(_blocks(file), sys.stdout.buffer))
    except OSError as error:
        typer.echo(f"jiannuo limit: {file}: {error.strerror}", err=True)
        raise typer.Exit(NOT_JSON_LINES) from error


def run_limit(blocks: Iterable[bytes], out: BinaryIO) -> int:
    """Answer the lines of a stream cut anywhere into blocks, block by block; 0, or 2 if a line was not JSON.

    A line that is not JSON gets an error with its number, and the lines after it their answers.
    """
    status, number = 0, 0
    for lines in _lines(blocks):
        answers: list[Answer] = []
        for line in lines:
            number += 1
            try:
                if line and not line.isspace():
                    answers.append(answer(line))
            except NotJsonError as error:
                status = NOT_JSON_LINES
                answers.append(_not_json(number, error))
        if answers:
            out.write(_encoder.encode_lines(answers))
            out.flush()
    return status


def _blocks(file: str) -> Iterator[bytes]:
    if file == "-":
        yield from _read(sys.stdin.buffer)
        return
    with Path(file).open("rb") as source:
        yield from _read(source)


def _read(source: BinaryIO) -> Iterator[bytes]:
    """What has arrived so far, so that whoever asks line by line is answered line by line."""
    reader = cast("BufferedReader", source)
    while block := reader.read1(BLOCK):
        yield block


def _lines(blocks: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Whole lines of each block; what is left of the last line waits for the next block."""
    rest: list[bytes] = []
    for block in blocks:
        *lines, tail = block.split(b"\n")
        if lines:
            lines[0] = b"".join((*rest, lines[0]))
            rest = []
            yield lines
        rest.append(tail)
    yield [b"".join(rest)]


def _not_json(number: int, error: NotJsonError) -> ErrorAnswer:
    message = f"line {number} is not JSON ({error}); write one JSON object a line"
    typer.echo(f"jiannuo limit: {message}", err=True)
    return ErrorAnswer(NULL, Wrong("not_json", message, ""))
