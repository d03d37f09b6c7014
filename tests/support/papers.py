"""A paper with made-up values, for what needs one without a database."""

from engine.documents.check import samples
from engine.documents.kinds import FIELDS, About, Kind
from engine.documents.making import FORMAT, Paper
from engine.documents.template import Template, shipped
from engine.documents.writing import write
from notifications.fields import LOCALES
from tests.support.county import ZONE

NAMES = {
    "addressee": "任某", "addressees": ("任某", "城管局市容科科长"), "unit_name": "安澜县城市管理局", "office_name": "安澜县优化营商环境领导小组办公室",
    "item_name": "城市建筑垃圾处置核准", "item_code": "UR-02", "case_number": "AL-2026-0007", "cause": "超过承诺时限未办结",
    "clause": "《安澜县城市管理局服务承诺》第三条", "rules_clause": "《安澜县违诺责任追究办法》第六条", "year": "2026", "serial": 3,
    "statement_to": "高某", "measure": "效能告诫", "proposed": "通报批评", "grade": "一般", "count": 2, "decider": "高某",
    "reason": "逾期五日，申请人两次来电催办未予答复。\n已当面听取陈述申辩，所述设备故障未见报修记录。", "decided_by": "高某", "review_body": "安澜县优化营商环境领导小组办公室",
    "proceeding_number": "AL-2026-0007/limit:committed/urban-ren", "proposer": "孙某", "reviewer": "安澜县优化营商环境领导小组办公室",
    "proposal": "一、对本月超时的三件办件逐件说明原因。\n二、窗口与科室之间的流转改为当日交接。", "term": "扣发当季绩效 20%；3 个月",
}  # fmt: skip


def a_paper(kind: Kind, template: Template | None = None, **changes: object) -> Paper:
    used = template or shipped(kind)
    named = {name: value for name, value in NAMES.items() if name in FIELDS[kind]}
    person = {"of_unit": False} if "of_unit" in FIELDS[kind] else {}
    values = {**next(samples(FIELDS[kind])), **named, **person, **changes}
    return Paper(
        format=FORMAT, id="a" * 24, kind=kind, about=About("proceeding", "p"), year=2026, serial=3, unit="urban",
        made_at="2026-11-24T10:00:00+08:00", template={"id": used.id, "version": used.version, "sha256": used.sha256},
        texts={locale: write(used, values, locale, ZONE) for locale in LOCALES},
    )  # fmt: skip
