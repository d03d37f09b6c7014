"""The table of papers: kind → the values its template may name. The words are templates, ours or an agency's."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from notifications.fields import Count, Day, Instant, Text, Texts

Kind = Literal[
    "proceeding_notice",  # 追究程序告知书
    "proposed_decision",  # 拟处理告知书
    "decision",  # 违诺责任追究决定书
    "review_decision",  # 复核决定书
    "supervision_proposal",  # 监察建议书
    "red_card",  # 红牌督办单
]
KINDS: tuple[Kind, ...] = get_args(Kind)
OF_PROCEEDINGS: tuple[Kind, ...] = KINDS[:4]
Result = Literal["upheld", "reversed"]
Fields = dict[str, object]

# `year` and `serial` number a kind's papers of one year; `made_on` dates it.
_PAPER: Fields = {"year": Text, "serial": Count, "made_on": Day, "unit_name": Text, "office_name": Text}
_MATTER: Fields = {
    "case_number": Text, "item_name": Text, "item_code": Text | None, "cause": Text, "legal_at": Instant,
    "clause": Text | None,
}  # fmt: skip
# `addressee`: the person concerned, or the unit where the proceeding is against it (`of_unit`).
_CONCERNED: Fields = {
    "addressee": Text, "of_unit": bool, "proceeding_number": Text, "rules_clause": Text | None, "opened_on": Day,
}  # fmt: skip
_WEIGHED: Fields = {"grade": Text, "count": Count, "term": Text | None, "stated": bool}

FIELDS: dict[Kind, Fields] = {
    "proceeding_notice": {**_PAPER, **_MATTER, **_CONCERNED, "statement_until": Day, "statement_to": Text},
    "proposed_decision": {
        **_PAPER, **_MATTER, **_CONCERNED, **_WEIGHED, "measure": Text, "decider": Text, "statement_until": Day,
    },
    "decision": {
        **_PAPER, **_MATTER, **_CONCERNED, **_WEIGHED, "measure": Text, "proposed": Text | None, "otherwise": bool,
        "reason": Text | None, "decided_by": Text, "decided_on": Day, "review_until": Day, "review_body": Text,
        "stays_execution": bool,
    },
    "review_decision": {
        **_PAPER, **_MATTER, **_CONCERNED, "measure": Text, "decided_on": Day, "requested_on": Day | None,
        "result": Result, "reason": Text | None, "reviewer": Text, "reviewed_on": Day,
    },
    "supervision_proposal": {
        **_PAPER, "case_number": Text, "item_name": Text, "proposal": Text | None, "answer_by": Day, "proposer": Text,
        "proposed_on": Day,
    },
    "red_card": {
        **_PAPER, **_MATTER, "addressees": Texts, "due_on": Day | None, "fired_at": Instant, "answer_by": Day | None,
        "late_by_system": bool,
    },
}  # fmt: skip


class About(msgspec.Struct, frozen=True):
    """What a paper is about: a proceeding, an alert, or a fact of a case (`supervision.proposed`), by its id."""

    what: Literal["proceeding", "alert", "fact"]
    id: str
