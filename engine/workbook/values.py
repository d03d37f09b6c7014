"""A cell to a value and back: whole numbers, dates, words for codes, lists."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from functools import cache
from typing import Any, get_args

from engine.console.i18n import LOCALES, Texts
from engine.workbook.columns import Kind
from rules.items import Effect
from rules.limit import Unit
from rules.payloads import PAYLOADS
from rules.world import PostName

TRUE, FALSE = frozenset({"是", "yes", "true", "1"}), frozenset({"否", "no", "false", "0"})
# Where the words of a code stand, and which codes there are.
_GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "unit": ("unit_word", get_args(Unit)),
    "effect": ("effect", get_args(Effect)),
    "clock": ("clock", ("committed", "statutory")),
    "level": ("level", ("warning", "yellow", "red")),
    "post": ("post", get_args(PostName)),
    "kind": ("filing_kind", ("committed", "immediate")),
    "reason": ("reason", ()),
    "stop": ("filing_stop", ("pause", "restart")),
    "after": ("filing_after", ("not_pursued", "resume")),
    "check": ("filing_check", ("two_thirds_rule",)),
    "fact": ("fact", tuple(PAYLOADS)),
}
_USUAL = {
    "unit": {
        "工作日": "working_days",
        "自然日": "calendar_days",
        "日": "calendar_days",
        "天": "calendar_days",
        "月": "months",
        "年": "years",
        "小时": "working_hours",
        "工作小时": "working_hours",
    }
}


class CellError(ValueError):
    """A cell that cannot be read; says what is needed."""


def value_of(cell: Any, kind: Kind) -> Any:
    """None for an empty cell. Raises CellError."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if kind in _GROUPS:
        return _code(str(cell).strip(), kind)
    return _READ[kind](cell)


def cell_of(value: Any, kind: Kind) -> Any:
    """What is written into a cell."""
    if value in (None, "", [], (), {}):
        return None
    match kind:
        case "lines":
            return "\n".join(value)
        case "names":
            return ", ".join(value)
        case "types":
            return "\n".join(f"{name}: {_type_text(declared)}" for name, declared in value.items())
        case "json":
            return json.dumps(value, ensure_ascii=False, sort_keys=True)
        case "yes":
            return "是" if value else None
        case "date":
            return date.fromisoformat(value)
    return value


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell).strip()


def _integer(cell: Any) -> int:
    text = _text(cell)
    if isinstance(cell, bool) or not re.fullmatch(r"-?\d+", text):
        raise CellError(f"{text!r} 不是整数 · is no whole number")
    return int(text)


def _amount(cell: Any) -> int | str:
    """A whole number of fen, or how it is reckoned in words."""
    text = _text(cell)
    return int(text) if re.fullmatch(r"\d+", text) else text


def _date(cell: Any) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    text = re.sub(r"[年月/.]", "-", str(cell).strip()).rstrip("日")
    try:
        year, month, day = text.split("-")
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError as error:
        raise CellError(f"{str(cell)!r} 不是日期，应如 2026-01-05 · is no date such as 2026-01-05") from error


def _yes(cell: Any) -> bool:
    text = str(cell).strip().lower()
    if text not in TRUE | FALSE:
        raise CellError(f"{text!r}：请填 是 或 否 · use yes or no")
    return text in TRUE


def _lines(cell: Any) -> list[str]:
    return [line.strip() for line in _text(cell).splitlines() if line.strip()]


def _names(cell: Any) -> list[str]:
    return [name.strip() for name in re.split(r"[,，、\n]", _text(cell)) if name.strip()]


def _types(cell: Any) -> dict[str, Any]:
    """`name: type`, one a line; a list of texts has bars between."""
    found: dict[str, Any] = {}
    for line in _lines(cell):
        name, colon, declared = (
            (part.strip() for part in re.split(r"([:：])", line, maxsplit=1))
            if re.search("[:：]", line)
            else (line, "", "")
        )
        if not colon or not name or not declared:
            raise CellError(f"{line!r}：应写 名称: 类型 · write name: type")
        parts = [part.strip() for part in declared.split("|")]
        found[name] = parts if len(parts) > 1 else parts[0]
    return found


def _json(cell: Any) -> Any:
    try:
        return json.loads(str(cell))
    except ValueError as error:
        raise CellError(f"不是 JSON · is no JSON: {error}") from error


_READ: dict[str, Any] = {
    "text": _text, "integer": _integer, "amount": _amount, "date": _date, "yes": _yes, "lines": _lines, "names": _names, "types": _types, "json": _json,
}  # fmt: skip


def _code(text: str, kind: str) -> str:
    words = _words(kind)
    if text in words:
        return words[text]
    codes = _GROUPS[kind][1]
    if not codes or text in codes:
        return text
    raise CellError(f"{text!r}：可用 · use one of {', '.join(dict.fromkeys(words))}")


@cache
def _words(kind: str) -> dict[str, str]:
    group, codes = _GROUPS[kind]
    known = codes or tuple(key.partition(".")[2] for key in _catalogue() if key.startswith(f"{group}."))
    words = {Texts(locale).code(group, code).removeprefix("个"): code for locale in LOCALES for code in known}
    return {**words, **_USUAL.get(kind, {})}


def _catalogue() -> dict[str, str]:
    from engine.console.i18n import catalogue

    return catalogue("zh")


def _type_text(declared: Any) -> str:
    return " | ".join(declared) if isinstance(declared, list | tuple) else str(declared)
