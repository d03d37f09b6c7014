"""`jiannuo detector`: how good the detectors are, on clerks whose cheats are known, and by what people made of the findings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from engine.cli.columns import Column, print_columns
from engine.cli.output import Output
from engine.errors import OperatorError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
_MEASURED = (
    Column("detector", "检测项", "detector", "finding"),
    Column("acts", "作弊", "cheats"),
    Column("found", "查出", "found"),
    Column("accused", "所指办件", "cases accused"),
    Column("innocent", "其中无辜", "innocent"),
    Column("precision", "查准率 %", "precision %"),
    Column("recall", "查全率 %", "recall %"),
)
_RATES = (
    Column("kind", "检测项", "detector", "finding"),
    Column("source", "数据来源", "source"),
    Column("trial", "试运行", "on trial"),
    Column("open", "待核实", "open"),
    Column("confirmed", "已确认", "confirmed"),
    Column("dismissed", "已排除", "dismissed"),
    Column("excused", "已免责", "excused"),
    Column("withdrawn", "已撤回", "withdrawn"),
    Column("dismissed_share", "排除率 %", "dismissed %"),
)


@app.callback()
def detector() -> None:
    """检测项 · detectors."""


@app.command("measure")
def measure_(
    rules: Annotated[
        Path | None,
        typer.Option(
            help="要试的参数：责任追究办法的 detectors（YAML 或 JSON） · thresholds to try: `detectors` of accountability rules",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="随机种子 · the seed of the town")] = 1,
    units: Annotated[int, typer.Option(min=1, max=200, help="单位数 · units")] = 12,
    output: Output = "table",
) -> None:
    """在作弊已知的虚拟县里试：查准率与查全率 · precision and recall among clerks whose cheats are known."""
    from engine.detection.measuring import measure
    from engine.detection.town import town
    from rules.errors import RuleError

    try:
        found = measure(town(seed, units), _thresholds(rules))
    except RuleError as error:
        raise OperatorError(f"{error} ({error.code})") from error
    print_columns([msgspec.to_builtins(one) for one in found], _MEASURED, output)


def _thresholds(file: Path | None) -> dict[str, Any] | None:
    """The `detectors` of the file, or the whole of it where it is these alone."""
    if file is None:
        return None
    import yaml

    try:
        raw = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise OperatorError(f"{file}: 不是 YAML · not YAML: {error}") from error
    if not isinstance(raw, dict):
        raise OperatorError(f"{file}: 应为检测项代码到参数的对应 · expected parameters by the code of the detector")
    found = raw.get("detectors", raw)
    return found if isinstance(found, dict) else {"detectors": found}


@app.command()
def rates(
    days: Annotated[int, typer.Option(min=1, max=3650, help="近多少天 · the last days")] = 91, output: Output = "table"
) -> None:
    """各检测项、各数据来源的排除率 · how often what each detector found proved empty, by source."""
    from datetime import timedelta

    from engine.cli.database import opened
    from engine.detection.rates import detectors

    with opened() as (pool, clock), pool.connection() as connection:
        found = detectors(connection, clock.now() - timedelta(days=days), None)
    rows = [{**msgspec.to_builtins(one), "dismissed_share": one.dismissed_share} for one in found]
    print_columns(rows, _RATES, output)
