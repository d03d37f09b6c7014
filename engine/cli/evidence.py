"""`jiannuo evidence`: the sealed package for the body a matter is referred to, and whether a package is what was sealed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from engine.cli.deciding import Actor
from engine.cli.texts import pick
from engine.errors import OperatorError

if TYPE_CHECKING:
    from engine.certificates.signing import PublicKey

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Output = Annotated[Literal["table", "json"], typer.Option("-o", "--output")]
_SAYS = {
    "valid": ("签名有效", "signature valid"),
    "altered": ("签名无效：内容被改动过", "signature invalid: the content was altered"),
    "unknown_key": ("签名密钥未知或不可信", "signed with a key that is unknown or no longer trusted"),
}


@app.callback()
def evidence() -> None:
    """移送证据包 · sealed evidence packages."""


@app.command()
def seal(
    case: Annotated[str, typer.Argument(help="办件编号 · case number")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="写入的文件（ZIP） · where to write it")],
    actor: Actor,
    to: Annotated[str | None, typer.Option(help="受移送机关，缺省取移送事实 · to whom, else as referred")] = None,
) -> None:
    """封存一个办件的证据 · seal the evidence of a case; the sealing goes on the ledger."""
    from engine.cli.database import opened
    from engine.cli.deciding import told
    from engine.evidence.sealing import sealed

    with opened() as (pool, clock), pool.connection() as connection, told():
        made = sealed(connection, case, to, actor, clock)
    file.write_bytes(made.content)
    file.chmod(0o600)
    print(f"{file}: sha256 {made.sha256}")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="证据包 · the package")],
    key_file: Annotated[
        Path | None, typer.Option("--key", help="公钥文件，离线核验 · public keys, for offline")
    ] = None,
    output: Output = "table",
) -> None:
    """核验证据包 · exit 1 unless signature and every byte hold."""
    from engine.evidence.verify import verify as verified

    try:
        content = file.read_bytes()
    except OSError as error:
        raise OperatorError(f"{file}: {error.strerror}") from error
    verdict = verified(content, _keys(key_file))
    if output == "json":
        found = {"signature": verdict.signature, "faults": verdict.faults, "about": verdict.about}
        print(msgspec.json.encode(found).decode())
    else:
        print(pick(*_SAYS[verdict.signature]))
        for fault in verdict.faults:
            print(pick(f"  与清单不符：{fault}", f"  does not agree with the manifest: {fault}"))
    raise typer.Exit(0 if verdict.holds else 1)


def _keys(key_file: Path | None) -> list[PublicKey]:
    from engine.certificates.keys import all_keys
    from engine.certificates.signing import read_keys
    from engine.cli.database import opened

    if key_file is not None:
        return read_keys(key_file.read_bytes(), str(key_file))
    with opened() as (pool, _), pool.connection() as connection:
        return all_keys(connection)
