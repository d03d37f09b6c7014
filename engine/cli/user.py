"""`jiannuo user`: who may sign in to the console."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Annotated

import typer

from engine.cli.texts import pick
from engine.errors import OperatorError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
SHORTEST = 10
Login = Annotated[str, typer.Argument(help="用户名 · user name")]


@app.callback()
def user() -> None:
    """控制台用户 · users of the console."""


@app.command()
def add(
    login: Login,
    role: Annotated[list[str], typer.Option(help="角色，可重复 · role, may be repeated")],
    person: Annotated[str | None, typer.Option(help="人员编号 · id of the person who acts")] = None,
    name: Annotated[str, typer.Option(help="显示姓名 · name shown")] = "",
    unit: Annotated[
        list[str] | None, typer.Option(help="单位，含下级，可重复；不写为全部 · unit and all below; none: everywhere")
    ] = None,
    locale: Annotated[str, typer.Option(help="zh | en")] = "zh",
    email: Annotated[str | None, typer.Option(help="电子邮件 · e-mail")] = None,
    phone: Annotated[str | None, typer.Option(help="手机号，用于短信 · telephone number, for text messages")] = None,
) -> None:
    """新增用户，密码从键盘或标准输入读取 · a new user; the password is read from the keyboard or standard input."""
    from engine.cli.database import opened
    from engine.console.auth import hash_password
    from engine.storage.world import load_world

    units = unit or []
    with opened() as (pool, clock), pool.connection() as connection:
        world = load_world(connection)
        _check(role, locale)
        for id_ in units:
            _known(
                id_ in world.units, pick(f"没有单位 {id_!r}", f"there is no unit {id_!r}; see the units page for ids")
            )
        if person:
            found = world.post_of(person, clock.now().date()) is not None
            _known(found, pick(f"没有人员 {person!r}", f"there is no person {person!r}; record the post first"))
        made = connection.execute(
            "INSERT INTO app_user (login, person, name, roles, units, password_hash, locale, email, phone, active, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, true, %s) ON CONFLICT (login) DO NOTHING",
            (login, person, name, role, units, hash_password(read_password()), locale, email, phone, clock.now()),
        )
        _known(
            made.rowcount == 1,
            pick(f"用户 {login!r} 已存在", f"the user {login!r} exists; jiannuo user passwd sets a new password"),
        )
        print(pick(f"已建立用户 {login}", f"user {login} made"))


@app.command("list")
def list_() -> None:
    """列出用户、角色和单位 · users with their roles and units."""
    from engine.cli.database import opened

    query = "SELECT login, coalesce(person, ''), roles, units, active FROM app_user ORDER BY login"
    with opened() as (pool, _), pool.connection() as connection:
        for login, person, roles, units, active in connection.execute(query):
            ended = "" if active else pick("  已停用", "  inactive")
            print(f"{login:<16} {person:<20} {','.join(roles):<24} {','.join(units) or '*'}{ended}")


@app.command()
def passwd(login: Login) -> None:
    """设置新密码并结束其全部登录 · sets a new password and ends all sessions of the user."""
    from engine.cli.database import opened
    from engine.console.auth import hash_password

    with opened() as (pool, _), pool.connection() as connection:
        changed = connection.execute(
            "UPDATE app_user SET password_hash = %s WHERE login = %s", (hash_password(read_password()), login)
        )
        _known(changed.rowcount == 1, pick(f"没有用户 {login!r}", f"there is no user {login!r}; see jiannuo user list"))
        connection.execute("DELETE FROM login_session WHERE login = %s", (login,))
        print(pick(f"已更新 {login} 的密码", f"password of {login} changed"))


def read_password() -> str:
    """From the keyboard without echo, else the first line of standard input."""
    typed = getpass(pick("密码: ", "password: ")) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(typed) < SHORTEST:
        raise OperatorError(
            pick(
                f"密码至少 {SHORTEST} 个字符", f"the password has fewer than {SHORTEST} characters; choose a longer one"
            )
        )
    return typed


def _check(roles: list[str], locale: str) -> None:
    from engine.console.i18n import LOCALES
    from engine.rights import ROLES

    for role in roles:
        _known(role in ROLES, pick(f"没有角色 {role!r}", f"there is no role {role!r}; choose from {', '.join(ROLES)}"))
    _known(locale in LOCALES, pick(f"没有语言 {locale!r}", f"no locale {locale!r}; choose zh or en"))


def _known(holds: bool, words: str) -> None:
    if not holds:
        raise OperatorError(words)
