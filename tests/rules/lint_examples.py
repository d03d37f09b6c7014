"""For every check, and every ground of it, an item that fails and one that passes. `change` is laid over a clean item; None takes a field away."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.rules.worlds import days

HOURS = "working_hours"
CONDITION = {"when": "attributes.listed == true", "basis": "第七条"}
SILENT = {"effect": "approve", "clock": "committed", "basis": "《行政许可法》第五十条", "exclusions": [CONDITION]}
CLEAN: dict[str, Any] = {
    "code": "P", "name": "测试事项", "unit": "planning", "version": 1, "effective_from": "2026-01-01",
    "statutory_limit": days(20), "committed_limit": days(13), "holder": "zhang",
    "steps": [{"id": "check", "holder": "zhang", "limit": days(5)}, {"id": "sign", "holder": "post:first_responsible", "limit": days(8)}],
    "warnings": [{"before": days(1)}],
    "suspensions": [{"reason": "completion", "max": 1, "term": days(10), "basis": "本县规程第九条"}],
    "extension": {"max": days(10), "max_times": 1},
    "silence": SILENT, "attributes": {"listed": "boolean", "area": "integer", "kind": ["new", "old"], "valid_to": "date", "note": "text"},
}  # fmt: skip


def flip(when: str) -> dict[str, Any]:
    return {"silence": SILENT | {"flips": [{"when": when, "effect": "none"}]}}


def table(*rows: tuple[str | None, str]) -> dict[str, Any]:
    """A decision table of (condition, effect); a row without a condition is the default."""
    made = [{"effect": effect, "basis": "第三条", **({"when": when} if when else {})} for when, effect in rows]
    return {"silence": {"clock": "committed", "table": made, "exclusions_checked": "第三条"}}


class Example(NamedTuple):
    code: str
    severity: str
    field: str
    fails: dict[str, Any]
    passes: dict[str, Any]
    because: str = ""


E, W = "error", "warning"
COMMITTED, STATUTORY = "committed_limit", "statutory_limit"
NO_STEPS: dict[str, Any] = {"steps": None, "warnings": None, "extension": None}
EXCEPTION = [{"check": "two_thirds_rule", "basis": "县政府第3号文", "approver": "li"}]
UNTIL = {"unit": "until_date", "attribute": "valid_to"}

CHART = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><startEvent id="s"/><task id="check"/>'
    '<task id="sign"/><endEvent id="e"/><sequenceFlow sourceRef="s" targetRef="check"/>'
    '<sequenceFlow sourceRef="check" targetRef="sign"/><sequenceFlow sourceRef="sign" targetRef="e"/></process></definitions>'
)
CIRCLE: list[dict[str, Any]] = [
    {"id": "check", "limit": days(5), "after": ["sign"]},
    {"id": "sign", "limit": days(8), "after": ["check"]},
]

EXAMPLES = (
    Example("two_thirds_rule", E, COMMITTED, {COMMITTED: days(14)}, {COMMITTED: days(13)}),
    Example("two_thirds_rule", E, COMMITTED, NO_STEPS | {STATUTORY: days(30, "calendar_days"), COMMITTED: days(14)},
            NO_STEPS | {STATUTORY: days(30, "calendar_days"), COMMITTED: days(12)}),
    Example("two_thirds_rule", E, COMMITTED, NO_STEPS | {STATUTORY: days(1), COMMITTED: days(1)},
            NO_STEPS | {STATUTORY: days(1), COMMITTED: days(5, HOURS)}),
    Example("two_thirds_rule", W, COMMITTED, {COMMITTED: days(14), "exceptions": EXCEPTION}, {"exceptions": EXCEPTION}, "filed"),
    Example("limit_missing", E, COMMITTED, {COMMITTED: None, STATUTORY: None}, {STATUTORY: None}),
    Example("limit_missing", E, COMMITTED, {COMMITTED: None}, {}, "not_promised"),
    Example("limit_missing", E, "silence.clock", {STATUTORY: None, "silence": SILENT | {"clock": "statutory"}}, {"silence": SILENT | {"clock": "statutory"}}, "silence"),
    Example("limit_missing", W, "offices[0].limit", {"offices": [{"id": "fire"}]}, {"offices": [{"id": "fire", "limit": days(3)}]}, "office"),
    Example("step_sum", E, "steps", {COMMITTED: days(12)}, {COMMITTED: days(13)}),
    Example("step_sum", E, "steps", {"steps": [{"id": "a", "limit": days(5)}, {"id": "b", "limit": days(13, "calendar_days")}]},
            {"steps": [{"id": "a", "limit": days(5)}, {"id": "b", "limit": days(11, "calendar_days")}]}, "mixed"),
    Example("warning_before_start", E, "warnings[0].before", {"warnings": [{"before": days(14)}]}, {"warnings": [{"before": days(12)}]}),
    Example("warning_before_start", W, "warnings[0].before", {"warnings": [{"before": days(13)}]}, {"warnings": [{"before": days(12)}]}, "first_day"),
    Example("unit_trap", W, STATUTORY, {STATUTORY: days(40, "calendar_days")}, {STATUTORY: days(40)}, "mixed"),
    Example("unit_trap", W, "steps[0].limit", {"steps": [{"id": "a", "limit": days(3, "calendar_days")}]}, {"steps": [{"id": "a", "limit": days(3)}]}, "mixed"),
    Example("unit_trap", E, "warnings[0].before", {"warnings": [{"before": UNTIL}]}, {"warnings": []}, "date"),
    Example("unit_trap", E, "extension.max", {"extension": {"max": days(-1)}}, {"extension": {"max": days(1)}}, "negative"),
    Example("unit_trap", E, STATUTORY, {STATUTORY: days(500_000)}, {STATUTORY: days(500)}, "out_of_range"),
    Example("unit_trap", E, "extension.max", {"extension": {"max": days(8, HOURS)}}, {"extension": {"max": days(1)}}, "extension"),
    Example("unit_trap", E, "effective_from", {"effective_from": "9999-01-01"}, {}, "day"),
    Example("calendar_horizon", W, COMMITTED, {"effective_from": "2026-12-25"}, {"effective_from": "2026-11-01"}),
    Example("suspension_without_basis", E, "suspensions[0].basis", {"suspensions": [{"reason": "hearing", "term": days(20)}]},
            {"suspensions": [{"reason": "hearing", "term": days(20), "basis": "第四十五条"}]}),
    Example("suspension_without_term", W, "suspensions[0].term", {"suspensions": [{"reason": "other", "basis": "规程第九条"}]},
            {"suspensions": [{"reason": "other", "basis": "规程第九条", "term": days(5)}]}),
    Example("silence_without_basis", E, "silence.basis", {"silence": {"effect": "refuse"}}, {"silence": {"effect": "refuse", "basis": "第三条"}}),
    Example("silence_without_basis", E, "offices[0].silence.basis", {"offices": [{"id": "fire", "limit": days(3), "silence": {"effect": "consent_of_office"}}]},
            {"offices": [{"id": "fire", "limit": days(3), "silence": {"effect": "consent_of_office", "basis": "第三条"}}]}),
    Example("silence_without_basis", E, "silence.flips[0].basis", {"silence": {"flips": [{"when": "attributes.listed == true", "effect": "refuse"}]}},
            {"silence": {"flips": [{"when": "attributes.listed == true", "effect": "refuse", "basis": "第三条"}]}}),
    Example("silence_without_basis", W, "silence.basis", {"category": "licensing", "silence": SILENT | {"basis": "本县办法第五条"}}, {"category": "licensing"}, "licence"),
    Example("silence_without_exclusion_check", E, "silence.exclusions", {"silence": SILENT | {"exclusions": []}},
            {"silence": SILENT | {"exclusions": [], "exclusions_checked": "《劳动合同法》第五十四条没有除外情形"}}),
    Example("wrong_condition", E, "silence.flips[0].when", flip("attributes.listed = true"), flip("attributes.listed == true")),
    Example("wrong_condition", E, "silence.flips[0].when", flip(" or ".join(["attributes.area > 1000"] * 30)), flip("attributes.area > 1000"), "too_long"),
    Example("wrong_condition", E, "silence.preconditions[0].fact", {"silence": SILENT | {"preconditions": [{"fact": "public_notice"}]}},
            {"silence": SILENT | {"preconditions": [{"fact": "public_notice.published"}]}}, "fact"),
    Example("wrong_condition", E, "silence.answered_by[0]", {"silence": SILENT | {"answered_by": ["a word"]}}, {"silence": SILENT | {"answered_by": ["decision"]}}, "fact"),
    Example("wrong_condition", E, "offices[0].silence", {"offices": [{"id": "fire", "limit": days(3), "silence": SILENT}]},
            {"offices": [{"id": "fire", "limit": days(3), "silence": {"effect": "consent_of_office", "basis": "第三条"}}]}, "not_evaluated"),
    Example("unknown_attribute", E, "silence.flips[0].when", flip("attributes.lister == true"), flip("not attributes.listed == false")),
    Example("unknown_attribute", E, "statutory_limit.attribute", {STATUTORY: {"unit": "until_date", "attribute": "ends"}}, {STATUTORY: UNTIL}),
    Example("wrong_type", E, "silence.flips[0].when", flip('attributes.listed == "yes"'), flip("attributes.listed == true")),
    Example("wrong_type", E, "silence.flips[0].when", flip("attributes.listed > false"), flip("attributes.area > 5 and attributes.area in [1, 6]")),
    Example("wrong_type", E, "silence.flips[0].when", flip('attributes.kind == "used"'), flip('attributes.kind in ["new", "old"]')),
    Example("wrong_type", E, "silence.flips[0].when", flip('attributes.valid_to < "soon"'), flip('attributes.valid_to < "2027-01-01"')),
    Example("wrong_type", E, "attributes.area", {"attributes": CLEAN["attributes"] | {"area": "number"}}, {}, "declaration"),
    Example("wrong_type", E, "statutory_limit.attribute", {STATUTORY: UNTIL | {"attribute": "area"}}, {STATUTORY: UNTIL}, "date"),
    Example("table_without_default", E, "silence.table", table(("attributes.listed == true", "none")), table(("attributes.listed == true", "none"), (None, "approve"))),
    Example("table_overlap", E, "silence.table[1].when", table(("attributes.area > 5", "none"), ("attributes.area >= 5", "refuse"), (None, "approve")),
            table(("attributes.area > 5", "none"), ("attributes.area == 5", "refuse"), (None, "approve"))),
    Example("table_overlap", W, "silence.flips[1].when",
            {"silence": SILENT | {"flips": [{"when": "attributes.listed == true", "effect": "none"}, {"when": "attributes.area > 5", "effect": "refuse"}]}},
            {"silence": SILENT | {"flips": [{"when": "attributes.listed == true", "effect": "none"}, {"when": "attributes.area > 5", "effect": "none"}]}}, "first_counts"),
    Example("table_overlap", W, "silence.flips",
            {"attributes": {f"n{n}": "integer" for n in range(12)}, "silence": {"flips": [{"when": f"attributes.n{n} > {n}", "effect": "none"} for n in range(12)]}},
            {}, "too_many"),
    Example("table_gap", W, "silence.table", table(('attributes.kind == "new"', "none"), (None, "approve")),
            table(('attributes.kind == "new"', "none"), ('attributes.kind == "old"', "approve"), (None, "none"))),
    Example("table_row_idle", W, "silence.table[0].when", table(("attributes.area > 5 and attributes.area < 6", "none"), (None, "approve")),
            table(("attributes.area > 5 and attributes.area < 7", "none"), (None, "approve"))),
    Example("wrong_profile", E, "profile", {"profile": "nowhere"}, {"profile": "nl-awb"}),
    Example("wrong_profile", E, "profile.day_zero", {"profile": {"extends": "cn-mainland", "day_zero": "maybe"}}, {"profile": {"day_zero": "included"}}),
    Example("holder_without_post", E, "holder", {"holder": "nobody"}, {"holder": "liu"}),
    Example("holder_without_post", W, "steps[0].holder", {"steps": [{"id": "a", "holder": "new", "limit": days(1)}]}, {}, "begins"),
    Example("holder_without_post", W, "holder", {"holder": "leaving"}, {"holder": "zhang"}, "leaves"),
    Example("holder_without_post", E, "holder", {"holder": "post:boss"}, {"holder": "post:officer"}, "no_such_post"),
    Example("holder_without_post", E, "holder", {"unit": "alone", "holder": "post:window", "steps": None}, {}, "vacant"),
    Example("holder_without_post", W, "holder", {"holder": "post:window"}, {"holder": "post:deputy_in_charge"}, "superior"),
    Example("competence_gap", E, "unit", {"unit": "nowhere"}, {}, "unit"),
    Example("competence_gap", W, "extension.approver", {"unit": "water", "steps": None}, {"unit": "water", "steps": None, "extension": None}, "extension"),
    Example("repeated_id", E, "steps", {"steps": [{"id": "a", "limit": days(1)}, {"id": "a", "limit": days(2)}]}, {}),
    Example("carrier_differs", E, "carriers[0].committed_limit", {"carriers": [{"kind": "web_page", "committed_limit": days(10)}]},
            {"carriers": [{"kind": "web_page", "committed_limit": days(13)}]}),
    Example("carrier_differs", W, "carriers[0].committed_limit", {"carriers": [{"kind": "bulletin", "committed_limit": days(15)}]}, {}),
    Example("carrier_differs", W, "carriers[0].version", {"carriers": [{"kind": "guide", "version": 3}]}, {"carriers": [{"kind": "guide", "version": 1}]}, "version"),
    Example("chart_not_understood", E, "flow_chart", {"flow_chart": "<x/>"}, {"flow_chart": CHART}),
    Example("chart_not_understood", E, "steps", {"steps": CIRCLE}, {"steps": [CIRCLE[0] | {"after": []}, CIRCLE[1]]}, "order"),
    Example("unprintable_character", E, "name", {"name": "\ue123某许可"}, {"name": "䶮某许可"}),
    Example("unprintable_character", E, "materials[1].name", {"materials": ["申请表", {"name": "刘\ue863的证明"}]}, {"materials": ["申请表", {"name": "刘䶮的证明"}]}, "old_code"),
    Example("unprintable_character", E, "name_en", {"name_en": "permit \u202egnitnalp"}, {"name_en": "permit\tfor planting\n"}, "unseen"),
    Example("step_off_chart", E, "steps[1].id", {"flow_chart": CHART.replace("sign", "seal")}, {"flow_chart": CHART}),
)  # fmt: skip


def an_item(change: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**CLEAN, **change}.items() if value is not None}
