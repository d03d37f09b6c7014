"""`jiannuo key`: the API keys of the systems that send facts."""

from __future__ import annotations

from typing import Annotated

import typer

from engine.cli.texts import pick
from engine.errors import OperatorError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def key() -> None:
    """接口密钥 · API keys."""


@app.command()
def issue(
    source: Annotated[str, typer.Argument(help="数据来源 · source")],
    label: Annotated[str, typer.Option(help="备注 · a note")] = "",
) -> None:
    """签发密钥，只显示一次 · a new key, shown once."""
    from engine.api import keys
    from engine.api.signatures import secret_of
    from engine.cli.database import opened
    from engine.storage.world import load_world

    with opened() as (pool, clock), pool.connection() as connection:
        if source not in load_world(connection).sources:
            raise OperatorError(
                pick(
                    f"数据来源 {source!r} 未登记",
                    f"the source {source!r} is not registered; record it first (jiannuo provision)",
                )
            )
        made = keys.issue(connection, source, clock.now(), label)
        print(f"{pick('密钥', 'key')}: {made}")
        print(f"{pick('签名密钥', 'webhook secret')}: {secret_of(connection.vault, keys.digest(made))}")


@app.command("list")
def list_() -> None:
    """列出密钥的指纹，不含密钥本身 · fingerprints of the keys, never the keys."""
    from engine.cli.database import opened

    query = (
        "SELECT encode(key_hash, 'hex'), source, label, created_at, revoked_at FROM api_key ORDER BY source, created_at"
    )
    with opened() as (pool, _), pool.connection() as connection:
        for fingerprint, source, label, created_at, revoked_at in connection.execute(query):
            ended = f"  {pick('已吊销', 'revoked')} {revoked_at:%Y-%m-%d}" if revoked_at else ""
            print(f"{fingerprint[:16]}  {source:<20} {created_at:%Y-%m-%d}  {label}{ended}".rstrip())


@app.command()
def revoke(
    fingerprint: Annotated[str, typer.Argument(help="指纹（前 16 位） · fingerprint, its first 16 digits")],
) -> None:
    """吊销密钥，数秒内生效 · end a key; takes effect within seconds."""
    from engine.api import keys
    from engine.cli.database import opened

    with opened() as (pool, clock), pool.connection() as connection:
        rows = connection.execute(
            "SELECT key_hash FROM api_key WHERE encode(key_hash, 'hex') LIKE %s || '%%'", (fingerprint,)
        ).fetchall()
        if len(rows) != 1 or not keys.revoke(connection, bytes(rows[0][0]), clock.now()):
            raise OperatorError(
                pick(
                    f"没有有效的密钥 {fingerprint}",
                    f"no key in force has the fingerprint {fingerprint}; see jiannuo key list",
                )
            )
