"""`jiannuo certificate`: is it genuine, is it in force; the document itself; the keys that sign."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from engine.cli.texts import language, pick
from engine.errors import OperatorError

if TYPE_CHECKING:
    from engine.certificates.verify import Verdict

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
key = typer.Typer(help="签名密钥 · signing keys", no_args_is_help=True)
app.add_typer(key, name="key")
Output = Annotated[Literal["table", "json"], typer.Option("-o", "--output")]
Number = Annotated[str, typer.Argument(help="证明编号 · certificate number")]

_GENUINE = {
    "valid": ("签名有效：内容与签发时一字不差", "signature valid: the content is what was signed"),
    "altered": ("签名无效：内容被改动过", "signature invalid: the content was altered"),
    "unknown_key": ("签名密钥未知或不可信", "signed with a key that is unknown or no longer trusted"),
}
_FORCE = {
    "valid": ("现行有效", "in force"),
    "superseded": ("已被取代", "superseded"),
    "revoked": ("已撤销", "revoked"),
    "under_review": ("复核中", "under review"),
    "unknown": ("状态未知", "status unknown"),
}


@app.callback()
def certificate() -> None:
    """默许证明 · certificates of implied consent."""


@app.command()
def verify(
    what: Annotated[str, typer.Argument(metavar="FILE|NUMBER", help="文件（JSON、PDF）或编号 · a file or a number")],
    *,
    offline: Annotated[bool, typer.Option("--offline", help="不查现状，只验签名 · the signature alone")] = False,
    key_file: Annotated[Path | None, typer.Option("--key", help="公钥文件（JWK、JWK Set、PEM） · public keys")] = None,
    output: Output = "table",
) -> None:
    """核验真伪与现状 · exit 1 unless genuine and in force (offline: unless genuine)."""
    if offline != (key_file is not None):
        raise typer.BadParameter(pick("--offline 与 --key 须一并给出", "--offline and --key go together"))
    verdict = _offline(what, key_file) if key_file else _online(what)
    _say(verdict, output)
    genuine = verdict.signature == "valid" if offline else verdict.in_force
    raise typer.Exit(0 if genuine else 1)


@app.command()
def show(
    number: Number,
    *,
    applicant: Annotated[bool, typer.Option("--applicant", help="申请人留存件，含全名 · with the full name")] = False,
    pdf: Annotated[Path | None, typer.Option(help="另存为 PDF · write it as a page")] = None,
    lang: Annotated[Literal["zh", "en"] | None, typer.Option(help="PDF 的语言 · language of the page")] = None,
) -> None:
    """证明文件（JSON；或 PDF） · the signed document."""
    from engine.certificates.issue import applicants_copy, document_of, site_of
    from engine.certificates.pdf import pdf_of
    from engine.cli.database import installation, opened

    with opened() as (pool, clock), pool.connection() as connection:
        find = applicants_copy if applicant else document_of
        document = find(connection, number, clock.now(), site_of(installation()))
        if document is None:
            raise _unknown(number)
        if applicant:
            _log_access(number)
        if pdf is not None:
            pdf.write_bytes(pdf_of(connection, document, lang or _language(), clock.now()))
            return
    sys.stdout.write(document.decode())


@key.command("list")
def list_(output: Output = "table") -> None:
    """全部密钥及其指纹 · every key by its fingerprint."""
    from engine.certificates.keys import all_keys
    from engine.certificates.signing import as_jwk
    from engine.cli.database import opened

    with opened() as (pool, _), pool.connection() as connection:
        keys = all_keys(connection)
    if output == "json":
        print(msgspec.json.encode([as_jwk(key) for key in keys]).decode())
        return
    for found in keys:
        ended = found.compromised_at or found.retired_at
        word = pick("已泄露", "compromised") if found.compromised_at else pick("已停用", "retired")
        state = f"{word} {ended:%Y-%m-%d}" if ended else pick("使用中", "in force")
        print(f"{found.kid}  {found.alg}  {found.created_at:%Y-%m-%d}  {state}")


@key.command()
def rotate(
    compromised: Annotated[str | None, typer.Option(help="不再可信的密钥指纹 · a key not to be trusted")] = None,
) -> None:
    """换用新密钥；旧密钥只能验证 · a new key signs from now on, the old one only verifies."""
    from engine.certificates import keys
    from engine.cli.database import opened

    with opened() as (pool, clock), pool.connection() as connection:
        print(keys.rotate(connection, clock.now(), getpass.getuser(), compromised))


@key.command()
def export() -> None:
    """全部公钥（JWK Set），供脱机核验 · all public keys, for checks offline."""
    from engine.certificates.keys import all_keys, signer
    from engine.certificates.signing import as_jwk
    from engine.cli.database import opened

    with opened() as (pool, clock), pool.connection() as connection:
        signer(connection, clock.now())
        print(msgspec.json.encode({"keys": [as_jwk(key) for key in all_keys(connection)]}).decode())


def _offline(what: str, key_file: Path) -> Verdict:
    from engine.certificates.signing import read_keys
    from engine.certificates.verify import verify_offline

    if not Path(what).is_file():
        raise OperatorError(pick(f"没有文件 {what}：脱机只能核验文件", f"{what}: no such file; offline needs a file"))
    return verify_offline(Path(what).read_bytes(), read_keys(_content(key_file), str(key_file)))


def _online(what: str) -> Verdict:
    from engine.certificates.issue import document_of, site_of
    from engine.certificates.verify import verify_online
    from engine.cli.database import installation, opened

    with opened() as (pool, clock), pool.connection() as connection:
        if Path(what).is_file():
            return verify_online(connection, Path(what).read_bytes())
        document = document_of(connection, what, clock.now(), site_of(installation()))
        if document is None:
            raise _unknown(what)
        return verify_online(connection, document)


def _say(verdict: Verdict, output: str) -> None:
    since = verdict.since.isoformat() if verdict.since else None
    if output == "json":
        found = {"signature": verdict.signature, "status": verdict.status, "since": since, "number": verdict.number}
        print(msgspec.json.encode(found).decode())
        return
    print(verdict.number or "—")
    print(pick(*_GENUINE[verdict.signature]))
    if verdict.signature == "altered":
        print(
            pick(
                "重新排版、另存也算改动；请重新下载原件。",
                "Formatting it anew is altering it; fetch the original again.",
            )
        )
    print(pick(*_FORCE[verdict.status]) + (pick(f"，自 {since} 起", f" since {since}") if since else ""))


def _unknown(what: str) -> OperatorError:
    return OperatorError(
        pick(f"没有文件或证明 {what!r}", f"no file and no certificate {what!r}; check path and number")
    )


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise OperatorError(f"{file}: {error.strerror}") from error


def _language() -> Literal["zh", "en"]:
    return "en" if language() == "en" else "zh"


def _log_access(number: str) -> None:
    """Who was given an applicant's full name; the name itself is in no log."""
    import structlog

    structlog.get_logger(__name__).info("applicant_disclosed", certificate=number, by=getpass.getuser())
