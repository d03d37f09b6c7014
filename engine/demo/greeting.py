"""What `jiannuo demo` prints when everything runs: the address, who may sign in, three things to try."""

from __future__ import annotations

from engine.config import Settings
from engine.demo.logins import PASSWORD, logins
from engine.embedded.datadir import DataFolder
from engine.provisioning.folder import Catalogue


def greeting(settings: Settings, data: DataFolder, county: Catalogue) -> list[str]:
    """Lines for the terminal, Chinese before English."""
    address = settings.public_url or f"http://{settings.http_host}:{settings.http_port}"
    return [
        "",
        f"  打开 Open       {address}",
        f"  工作流 Temporal {settings.temporal_ui_url}",
        "",
        f"  登录名(密码都是 {PASSWORD})· logins (password: {PASSWORD})",
        *(f"    {login.login:<10} {login.zh} · {login.en}" for login in logins(county)),
        "",
        *_three_things(data),
        "",
        f"  数据 data: {data.root} · 日志 logs: {data.logs}",
        f"  其他命令 other commands: JIANNUO_DATA={data.root} jiannuo case list",
        "  Ctrl-C 停止,再次运行接着走 · stops; the next start goes on from there",
    ]


def _three_things(data: DataFolder) -> list[str]:
    worker = data.runtime().children.get("worker")
    return [
        "  试三件事 · Three things to try",
        "  1 约一分钟后看办件 AL-…-00:受理 → 预警 → 超时 → 默许证明 → 违诺 → 红牌 → 追究程序(用 inspector 登录)",
        "    In about a minute case AL-…-00 has gone all the way; sign in as inspector and read its day strip and its ledger",
        "  2 杀掉工作流进程,看什么都不丢:数秒内自动重启,期限一个不漏、一个不重",
        f"    Kill the worker and watch nothing get lost: kill -9 {worker.pid if worker else '<worker>'}",
        "  3 用 operator 登录,暂停时钟、快进一天、加快到四倍",
        "    Sign in as operator: pause the clock, step a day, run four times as fast",
    ]
