"""The sheets of a workbook and their columns. A header is the Chinese word, the name, or both."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal[
    "text",
    "integer",
    "amount",
    "date",
    "yes",
    "lines",
    "names",
    "types",
    "json",
    "unit",
    "effect",
    "clock",
    "reason",
    "level",
    "post",
    "kind",
    "stop",
    "after",
    "fact",
    "check",
]


class Column(msgspec.Struct, frozen=True):
    """`path` is the place in the record, dotted; `kind` how a cell is read."""

    path: str
    zh: str
    kind: Kind = "text"

    @property
    def header(self) -> str:
        return f"{self.zh} {self.path}"


class Sheet(msgspec.Struct, frozen=True):
    """`key` is the list the rows go to; `within`: the field of an item that the rows are parts of."""

    key: str
    zh: str
    columns: tuple[Column, ...]
    within: str = ""


def limit(path: str, zh: str) -> tuple[Column, Column]:
    return Column(f"{path}.amount", zh, "integer"), Column(f"{path}.unit", f"{zh}单位", "unit")


OF_ITEM = (Column("item", "事项编码"), Column("version", "版本", "integer"))
MORE = Column("more", "其他", "json")
SHEETS = (
    Sheet("settings", "设置", (Column("name", "名称"), Column("value", "内容"))),
    Sheet("categories", "类别", (Column("id", "编号"), Column("name", "名称"), Column("name_en", "英文名称"), Column("historical", "历史类别", "yes"))),
    Sheet("units", "单位", (
        Column("id", "编号"), Column("name", "名称"), Column("name_en", "英文名称"), Column("parent", "上级"),
        Column("first_responsible", "第一责任人"), Column("deputy_in_charge", "分管领导"), Column("section_head", "科室负责人"),
        Column("discipline_group", "纪检组"),
    )),
    Sheet("people", "人员", (
        Column("id", "编号"), Column("name", "姓名"), Column("name_en", "英文姓名"), Column("unit", "单位"), Column("post", "岗位", "post"),
        Column("from", "任职自", "date"), Column("to", "任职至", "date"), Column("staff_category", "人员类别"), Column("stand_in", "AB角"),
    )),
    Sheet("sources", "数据来源", (
        Column("id", "编号"), Column("name", "名称"), Column("publication_delay", "公布等待"), Column("late_report_allowance", "填报宽限"), MORE,
    )),
    Sheet("items", "事项", (
        Column("code", "编码"), Column("version", "版本", "integer"), Column("unit", "单位"), Column("name", "名称"), Column("name_en", "英文名称"),
        Column("category", "类别"), Column("kind", "办件类型", "kind"), Column("effective_from", "生效日期", "date"), Column("published_on", "公布日期", "date"),
        *limit("statutory_limit", "法定时限"), Column("basis.statutory", "法定依据"), *limit("committed_limit", "承诺时限"),
        Column("basis.committed", "承诺依据"), Column("holder", "承办人"), Column("leader_in_charge", "主管领导"), Column("section_in_charge", "责任科室"),
        *limit("extension.max", "延期上限"), Column("extension.max_times", "延期次数", "integer"), Column("extension.basis", "延期依据"),
        Column("extension.approver", "延期批准人"), Column("attributes", "办件属性", "types"), Column("silence.effect", "默许效力", "effect"),
        Column("silence.clock", "默许时限", "clock"), Column("silence.basis", "默许依据"), Column("silence.grants", "默许内容"),
        Column("silence.exclusions_checked", "无除外情形依据"), Column("conditions", "办理条件", "lines"), Column("windows", "窗口", "names"),
        Column("service_commitment", "服务承诺"), Column("rules_of_exercise", "行使规则", "lines"), Column("work_discipline", "工作纪律", "lines"),
        Column("accountability", "违诺责任"), Column("statutory_duty", "法定职责", "yes"), Column("undertaking", "告知承诺", "yes"), *limit("verification_limit", "核查时限"), Column("deficits_pause", "补正停止计时", "yes"),
        Column("retired", "停止行使", "yes"), Column("extension.clock", "延长时限", "clock"), Column("statutory_limit.attribute", "法定时限属性"), MORE,
    )),
    Sheet("steps", "环节", (
        *OF_ITEM, Column("id", "编号"), Column("name", "名称"), Column("name_en", "英文名称"), Column("holder", "承办人"), *limit("limit", "时限"), Column("clause", "条款"),
        Column("silence.effect", "逾期效力", "effect"), Column("silence.basis", "逾期效力依据"), Column("after", "在哪些环节之后", "names"), MORE,
    ), "steps"),
    Sheet("warnings", "预警", (*OF_ITEM, *limit("before", "提前"), Column("level", "级别", "level")), "warnings"),
    Sheet("suspensions", "中止", (
        *OF_ITEM, Column("reason", "事由", "reason"), Column("max", "最多次数", "integer"), *limit("term", "最长期限"), Column("basis", "依据"),
        Column("kind", "恢复后", "stop"), Column("clock", "停止时限", "clock"), Column("after_term", "期满后", "after"), MORE,
    ), "suspensions"),
    Sheet("exclusions", "除外情形", (*OF_ITEM, Column("when", "条件"), Column("basis", "依据")), "silence.exclusions"),
    Sheet("flips", "默许例外", (*OF_ITEM, Column("when", "条件"), Column("effect", "效力", "effect"), Column("basis", "依据")), "silence.flips"),
    Sheet("table", "决策表", (*OF_ITEM, Column("when", "条件"), Column("effect", "效力", "effect"), Column("basis", "依据")), "silence.table"),
    Sheet("preconditions", "生效前提", (*OF_ITEM, Column("fact", "事实", "fact"), Column("when", "条件"), Column("basis", "依据")), "silence.preconditions"),
    Sheet("exceptions", "例外备案", (
        *OF_ITEM, Column("check", "检查", "check"), Column("basis", "依据"), Column("approver", "批准人"), Column("filed_on", "备案日期", "date"),
    ), "exceptions"),
    Sheet("materials", "材料", (*OF_ITEM, Column("code", "编号"), Column("name", "名称"), Column("name_en", "英文名称"), Column("copies", "份数", "integer")), "materials"),
    Sheet("fees", "收费", (*OF_ITEM, Column("code", "项目"), Column("name", "名称"), Column("amount", "金额", "amount"), Column("basis", "依据"), MORE), "fees"),
    Sheet("duties", "岗位职责", (*OF_ITEM, Column("holder", "承办人"), Column("duty", "职责")), "duties"),
    Sheet("offices", "会办", (
        *OF_ITEM, Column("id", "单位"), Column("name", "名称"), *limit("limit", "时限"), Column("silence.effect", "默许效力", "effect"), Column("silence.basis", "依据"), MORE,
    ), "offices"),
)  # fmt: skip
# Settings of one line; lists have commas between.
SETTINGS = ("leading_group_office", "inspectors", "profile")
