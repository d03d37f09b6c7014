"""Each rule, parameter and code of the law of the clock → the tests that prove it.

Generated from the tests themselves: a test proves a code or a parameter that it names, and a rule whose words the table gives.
`python -m tests.rules.rule_table` prints it.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from rules.profile import Completion, ExtensionRules, Profile, Suspension

FOLDER = Path(__file__).parent
GOLDEN = FOLDER.parent / "decisions" / "ledgers"

CODES = {
    "refusal": (
        "extension_after_expiry suspension_after_expiry extension_not_served_before_expiry extension_already_used "
        "extension_over_maximum second_completion_notice completion_notice_too_late completion_notice_without_term "
        "refusal_after_implied_consent unknown_item case_closed not_allowed_for_item not_competent proceeding_frozen no_statement_window_yet "
        "reason_missing already_decided not_decided_yet not_executed_yet proceeding_closed review_too_late execution_stayed "
        "legal_ground_missing unknown_exemption"
    ),
    "finding": (
        "limit_expired step_overdue office_silent acceptance_declined_without_reason second_completion_notice off_catalogue "
        "double_acceptance off_system late_report back_dating bulk_back_entry last_hour_extension pause_abuse "
        "transfer_before_expiry special_procedure_overrun certificate_late alert_unanswered hold_open suspected_offence "
        "delivery_late late_correction harm_after_consent joint_approval_missing off_procedure wrong_fee unlisted_material "
        "window_not_authorised refusal_without_reason receive_only"
    ),
    "hold": (
        "agency_data_failed precondition_unmet provisional_date calendar_corrected under_review source_behind reason_claimed backfilled"
    ),
    "outcome": (
        "approved approved_in_part refused not_needed implied_consent implied_refusal withdrawn not_pursued declined returned forwarded "
        "terminated voided in_force confirmed superseded under_review revoked"
    ),
    "suspension reason": (
        "completion hearing tender auction inspection testing quarantine appraisal expert_review public_notice applicant_cause "
        "joint_office other"
    ),
    "silence effect": "approve next_step consent_of_office refuse none",
    "entry": (
        "limit_set limit_moved clock_suspended clock_resumed deemed_accepted fact_refused refusal_reversed warning_raised yellow_card "
        "red_card alert_escalated step_expired office_consented limit_expired consent_implied refusal_implied hold_opened hold_closed "
        "certificate_issued certificate_status_changed outcome_recorded outcome_confirmed outcome_superseded finding_opened finding_closed "
        "breach_found breach_withdrawn breach_excused case_closed case_reopened"
    ),
}  # fmt: skip
# Not a way of counting: the profile's name, its date, its clauses, and the groups whose fields are named one by one.
NO_PARAMETER = {"name", "effective_from", "clauses", "suspension", "completion", "extension"}
RULES = {
    "Two clocks on one case": "two_clocks_are_two_breaches",
    "As known on": "as_known_on",
    "Earlier end: warnings follow it, effects wait": "an_earlier_end_warns_earlier",
    "The applicant is told once of a moved date": "the_applicant_is_told_once",
    "Effects in doubt are reviewed": "corrected_calendar_would_not_have_produced",
    "Provisional: warnings only": "on_a_provisional_date_nothing_irreversible",
    "Half-open days": "the_instant_of_expiry",
    "until_date": "until_date_ends_with_the_attribute",
    "Overlapping suspensions count once": "overlapping_suspensions_count_once",
    "Suspension on the last day": "begins_on_the_last_day",
    "Suspension before the start": "one_asked_before_the_start",
    "Restart of the whole limit": "a_restart_runs_the_whole_limit_again",
    "Declared length and over-run": "restarts_after_the_declared_end",
    "Supply means acceptance": "full_supply_means_acceptance",
    "Silence on completeness": "silence_on_completeness",
    "The applicant's silence": "lets_the_term_pass",
    "One-time notice": "a_second_notice",
    "Extension: the final end alone is rolled": "only_the_final_end_is_rolled",
    "Acceptance with deficits": "deficits_are_the_agencys_time",
    "Undertaking: verification has its own clock": "undertaking_has_a_clock",
    "Steps move with the clock": "a_suspension_moves_the_current_and_later_steps",
    "Silent office": "a_silent_office_consents",
    "Absent office": "an_absent_office",
    "Custody": "the_day_of_a_hand_over",
    "Proper reason claimed and rejected": "if_it_is_rejected_the_effect_stands",
    "Facts within the publication delay": "within_the_publication_delay",
    "Outage of intake": "after_an_outage",
    "Watermarks": "watermark_has_passed",
    "Silence fires once, with a breach": "silence_fires_once",
    "Late fact sets the effect aside": "sets_it_aside_by_a_new_entry",
    "Set aside at once, published later": "an_effect_set_aside_falls_at_once",
    "A hold settles only what was open": "closed_before_it_was_opened_waits",
    "Uncertain date settled without effect": "can_be_closed_without_effect",
    "Consent of an office under another calendar": "an_office_consent_the_corrected_calendar",
    "Earlier end of a step or an office": "an_earlier_end_of_a_step_or_an_office",
    "What was told is remembered": "an_end_once_told_is_remembered",
    "Conditions are typed": "what_cannot_be_compared_is_unknown",
    "Every way to end": "an_end_without_a_decision",
    "Approval confirms": "an_approval_after_the_effect_confirms",
    "Withdrawal in time": "withdrawal_before_expiry",
    "Pre-mortem": "the_pre_mortem",
    "Reopening": "reopening_puts_the_certificate_under_review",
    "Revocation": "only_formal_revocation",
    "Order of arrival": "the_order_of_arrival",
    "Repeats": "repeats_change_nothing",
    "Parked": "are_taken_up_when_it_comes",
    "Dates alone": "a_date_alone_counts",
    "Decision dated before acceptance": "dated_before_acceptance",
    "Refusal reversed": "whose_ground_fell_away",
    "Corrections": "a_correction_re_derives",
    "Voiding": "a_voided_case",
    "Bulk": "twenty_late_endings",
    "Back-fill": "found_by_back_fill",
    "Late by the system": "missed_rungs_come_in_order",
    "Alert ladder": "climbs_to_the_leading_group_office",
    "Inquiry first": "an_inquiry_asks_the_units_head",
    "Supervision proposal": "supervision_proposal_has_a_clock",
    "Receipt of a referral": "receipt_of_a_referral_is_tracked",
    "Alerts close by somebody entitled": "closed_by_somebody_entitled",
    "Each phase has an owner and a clock": "a_decider_who_does_not_decide_is_told",
    "Recusal and the next competent person": "who_is_concerned_does_not_decide",
    "Stand-in": "a_stand_in_decides",
    "Window": "the_same_date_last_year",
    "29 February": "29_february",
    "Once verified": "once_verified_is_off_the_post",
    "Tolerance": "tolerance_is_a_coded_reason",
    "accountable_from": "before_a_unit_answers",
    "Reversal re-derives": "a_reversal_derives_every_later_proposal",
    "Restoration": "a_restoration_is_a_task",
    "Against a unit": "breaches_over_the_threshold_open",
    "Leaders": "leaders_share",
    "The eight rules as properties": "test_rule_",
    "Remedies": "told_of_the_remedies",
    "Oracle": "slow_day_by_day_counter",
    "Calculator, answered twice": "when_a_limit_ends",
    "Snapshot": "from_a_snapshot",
    "Invariants of implied consent": "invariants_of_implied_consent",
}


@cache
def sources() -> dict[str, str]:
    """Test name → its source, with what the helpers of its module name."""
    found = {}
    for path in sorted(FOLDER.glob("test_*.py")):
        text = path.read_text("utf-8")
        nodes = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
        plain = {
            n.name: "".join(ast.get_source_segment(text, part) or "" for part in (*n.decorator_list, n)) for n in nodes
        }
        shared = {name: body for name, body in plain.items() if not name.startswith("test_")}
        for name, body in plain.items():
            if name.startswith("test_"):
                used = "".join(other for helper, other in shared.items() if f"{helper}(" in body)
                found[f"{path.stem}::{name}"] = body + used
    return found


def parameters() -> list[str]:
    own = [name for name in Profile.__struct_fields__ if name not in NO_PARAMETER]
    nested = {"suspension": Suspension, "completion": Completion, "extension": ExtensionRules}
    return own + [f"{group}.{name}" for group, shape in nested.items() for name in shape.__struct_fields__]


def naming(word: str) -> list[str]:
    return [name for name, body in sources().items() if word in body]


def table() -> dict[str, list[str]]:
    """Row → tests. Entries of the ledger may be proved by a stored ledger too."""
    rows = {f"parameter {name}": naming(name.rpartition(".")[2]) for name in parameters()}
    stored = {path.stem: path.read_text("utf-8") for path in GOLDEN.glob("*.json")}
    for group, codes in CODES.items():
        for code in codes.split():
            golden = (
                [f"ledgers/{name}.json" for name, text in stored.items() if f'"{code}"' in text]
                if group == "entry"
                else []
            )
            rows[f"{group} {code}"] = [*naming(code), *golden]
    rows |= {f"rule: {rule}": [name for name in sources() if words in name] for rule, words in RULES.items()}
    return rows


if __name__ == "__main__":
    import sys

    for row, tests in table().items():
        sys.stdout.write(f"| {row} | {' · '.join(tests) or '—'} |\n")
