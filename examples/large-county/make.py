"""Makes the workbook of an invented county: units, people in posts, items with limits and steps. The same every time."""

from __future__ import annotations

import sys
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from engine.provisioning.folder import Catalogue, read_parts
from engine.workbook.writing import write

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
DEPARTMENTS = [
    "发展和改革局",
    "教育局",
    "科学技术局",
    "工业和信息化局",
    "民族宗教事务局",
    "公安局",
    "民政局",
    "司法局",
    "财政局",
    "人力资源和社会保障局",
    "自然资源局",
    "生态环境局",
    "住房和城乡建设局",
    "城市管理局",
    "交通运输局",
    "水利局",
    "农业农村局",
    "林业局",
    "商务局",
    "文化和旅游局",
    "卫生健康局",
    "退役军人事务局",
    "应急管理局",
    "审计局",
    "市场监督管理局",
    "统计局",
    "医疗保障局",
    "税务局",
    "信访局",
    "档案局",
    "气象局",
    "消防救援大队",
    "公积金管理部",
    "不动产登记中心",
    "公共资源交易中心",
    "残疾人联合会",
    "供销合作社",
    "烟草专卖局",
    "邮政管理局",
    "地震局",
]
TOWNSHIPS = [
    "石门",
    "柳树",
    "东坡",
    "南岸",
    "西湾",
    "北岭",
    "青竹",
    "白沙",
    "黄泥",
    "红岩",
    "金鸡",
    "银杏",
    "双河",
    "三岔",
    "五里",
    "七星",
    "九曲",
]
# Category → what is done, its limit in law (working days; None: the law sets none), and the articles it rests on.
POWERS: dict[str, tuple[str, ...]] = {
    "licensing": ("设立许可", "变更许可", "延续许可", "经营许可", "施工许可", "占用许可"),
    "non_licensing_approval": ("资格认定（历史类别）",),
    "penalty": ("一般行政处罚案件", "简易程序行政处罚案件"),
    "tax": ("减免核准", "退抵办理"),
    "fees": ("行政事业性收费征收",),
    "personnel": ("岗位招录", "职称申报审核"),
    "public_resources": ("采购项目审核", "招标文件备案", "专项资金拨付"),
    "other": ("备案", "信息公开申请答复", "奖励审核"),
}
LAW = {
    "licensing": (20, "《中华人民共和国行政许可法》第四十二条"),
    "penalty": (60, "《中华人民共和国行政处罚法》第六十条"),
}
NAMES = {
    "licensing": "行政许可", "non_licensing_approval": "非行政许可审批（历史类别）", "penalty": "行政处罚", "tax": "税收征管", "fees": "行政收费",
    "personnel": "人事管理", "public_resources": "采购招投标与土地矿产产权及公共资金", "other": "其他",
}  # fmt: skip
ITEMS = 304
POSTS = ("first_responsible", "deputy_in_charge", "section_head", "discipline_group", "officer", "officer", "window")


def county() -> Catalogue:
    units = list(_units())
    people = [person for n, unit in enumerate(units) for person in _people(unit["id"], unit["name"], n)]
    people.append(
        {"id": "inspection-8", "name": "监察人员·曹某", "unit": "inspection", "post": "inspector", "from": "2023-01-01"}
    )
    parts: dict[str, Any] = {
        "units": units,
        "people": people,
        "categories": [{"id": id_, "name": name, "historical": "历史" in name} for id_, name in NAMES.items()],
        "sources": [{"id": "hall", "name": "政务服务中心"}, {"id": "township", "name": "乡镇站所"}],
        "items": list(_items([unit["id"] for unit in units if unit["id"].startswith(("dep", "town"))])),
        "leading_group_office": "office",
        "inspectors": ["inspection-8"],
    }
    return read_parts(parts, "county")


def _units() -> list[dict[str, Any]]:
    top = [
        ("county", "云岭县人民政府"),
        ("office", "云岭县领导小组办公室"),
        ("inspection", "云岭县纪委监委"),
        ("hall", "云岭县政务服务中心"),
    ]
    departments = [(f"dep{n:02d}", f"云岭县{name}") for n, name in enumerate(DEPARTMENTS, 1)]
    townships = [(f"town{n:02d}", f"云岭县{name}镇人民政府") for n, name in enumerate(TOWNSHIPS, 1)]
    stations = [(f"town{n:02d}-st", f"{name}镇便民服务站") for n, name in enumerate(TOWNSHIPS[:3], 1)]
    found = []
    for id_, name in (*top, *departments, *townships, *stations):
        parent = None if id_ == "county" else id_.removesuffix("-st") if id_.endswith("-st") else "county"
        found.append(
            {
                "id": id_,
                "name": name,
                **({"parent": parent} if parent else {}),
                **{post: f"{id_}-{n}" for n, post in enumerate(POSTS[:4], 1)},
            }
        )
    return found


def _people(unit: str, name: str, n: int) -> list[dict[str, Any]]:
    surnames = islice(cycle(SURNAMES), n * 7 % len(SURNAMES), None)
    short = name.removeprefix("云岭县").removesuffix("人民政府")
    return [
        {"id": f"{unit}-{place}", "name": f"{short}·{surname}某", "unit": unit, "post": post, "from": "2023-01-01"}
        for place, (post, surname) in enumerate(zip(POSTS, surnames, strict=False), 1)
    ]


def _items(units: list[str]) -> list[dict[str, Any]]:
    kinds = cycle([(category, power) for category, powers in POWERS.items() for power in powers])
    return [
        _item(n, unit, *kind) for n, (unit, kind) in enumerate(zip(islice(cycle(units), ITEMS), kinds, strict=False), 1)
    ]


def _item(n: int, unit: str, category: str, power: str) -> dict[str, Any]:
    lawful, basis = LAW.get(category, (None, ""))
    promised = lawful * 2 // 3 - n % 4 if lawful else 5 + n % 6
    check = promised // 3
    parts = [
        ("受理审查", f"{unit}-5", check),
        ("业务审核", f"{unit}-6", promised - check - 1),
        ("负责人审批", "post:first_responsible", 1),
    ]
    return {
        "code": f"YL-{n:03d}", "unit": unit, "version": 1, "effective_from": "2026-01-01", "category": category, "name": f"第{n:03d}项{power}",
        "committed_limit": _days(promised), **({"statutory_limit": _days(lawful)} if lawful else {}),
        "basis": {**({"statutory": basis} if basis else {}), "committed": f"《云岭县权力公开透明运行目录》第{n}项"},
        "holder": f"{unit}-5", "section_in_charge": "综合科", "leader_in_charge": f"{unit}-2",
        "steps": [{"id": f"s{place}", "name": name, "holder": holder, "limit": _days(amount)} for place, (name, holder, amount) in enumerate(parts, 1)],
        "warnings": [{"before": _days(1)}], "materials": [{"name": "申请表"}, {"name": "身份证明或营业执照"}],
        "service_commitment": "一次告知、限时办结", "accountability": "《云岭县违诺责任追究办法》",
        "suspensions": [{"reason": "completion", "max": 1, "term": _days(10), "basis": "《云岭县办理规程》第九条"}],
        **_silence(n, category),
    }  # fmt: skip


def _silence(n: int, category: str) -> dict[str, Any]:
    """Every fifth filing counts as made where nobody objects in time."""
    if category != "other" or n % 5:
        return {}
    exclusion = {"when": "attributes.third_party_interest == true", "basis": "《云岭县超时默许办法》第七条"}
    rule = {
        "effect": "approve",
        "clock": "committed",
        "basis": "《云岭县超时默许办法》第五条",
        "grants": "视为已备案",
        "exclusions": [exclusion],
    }
    return {"attributes": {"third_party_interest": "boolean"}, "silence": rule}


def _days(n: int) -> dict[str, Any]:
    return {"amount": n, "unit": "working_days"}


if __name__ == "__main__":
    write(county(), Path(sys.argv[1] if len(sys.argv) > 1 else "county.xlsx"))
