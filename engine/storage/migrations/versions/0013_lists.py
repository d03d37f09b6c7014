"""Every list of the console and the API has its index, and what lists ask of alerts and findings stands in columns.

What it costs at intake: a case that runs well touches none of these tables; on `case_file`, `stream` and `inbox` the new indexes are
partial and hold next to nothing, so that a row outside them costs one comparison.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NEW = (
    # Cards by who looks at them: the county's and a unit's own by level, any by when they came, and by what they are about.
    ("alert_recorded", "alert (recorded_at, id)"),
    ("alert_unit", "alert (unit, status, level, fired_at)"),
    ("alert_cause", "alert (cause, recorded_at)"),
    # Newest first without a filter. Each is appended to at its end.
    ("finding_recorded", "finding (recorded_at, id)"),
    ("breach_recorded", "breach (recorded_at, id)"),
    ("proceeding_recorded", "proceeding (recorded_at, proceeding_id)"),
    ("hold_recorded", "hold (recorded_at, id)"),
    ("voice_recorded", "voice (recorded_at, id)"),
    ("certificate_recorded", "certificate (recorded_at, id)"),
    # The first screen counts what waits, by kind and unit, and tells how detectors do, from these alone.
    ("finding_waiting", "finding (kind, unit, recorded_at) WHERE status = 'open' AND NOT trial"),
    ("finding_rates", "finding (recorded_at) INCLUDE (kind, source, unit, status, trial, indication, code)"),
    # Red cards nobody answered are a figure of the evaluation.
    ("finding_unanswered", "finding (legal_at) WHERE kind = 'alert_unanswered'"),
    # What was decided in like cases, and closed proceedings whose measure has to be undone.
    ("proceeding_like", "proceeding (grade, count_in_window, decided_level) WHERE decided_level IS NOT NULL"),
    ("proceeding_restoration", "proceeding (opened_at) WHERE restoration_due"),
    ("voice_about", "voice (about, recorded_at)"),
    ("certificate_gone", "certificate (number, recorded_at) WHERE status <> 'valid'"),
    # The log of what was sent on a channel, and to whom about a case.
    ("delivery_channel", "delivery (channel, created_at, id)"),
    ("delivery_case", "delivery (case_id, created_at)"),
    ("filing_stream", "filing (stream_id)"),
    ("filing_changed", "filing (changed_at)"),
    ("quarantine_released", "quarantine (released_at)"),
    ("inbox_retracted", "inbox (received_at) WHERE source = 'console' AND type = 'fact.retracted'"),
    ("stream_carriers", "stream (stream_id) WHERE kind = 'carriers'"),
    ("case_file_provisional", "case_file (case_id) WHERE provisional AND closed_at IS NULL"),
)


def upgrade() -> None:
    op.add_column("alert", sa.Column("unit", sa.String(), nullable=True))
    op.add_column("finding", sa.Column("source", sa.String(), nullable=True))
    op.add_column("finding", sa.Column("code", sa.String(), nullable=True))
    for flag in ("trial", "indication"):
        op.add_column("finding", sa.Column(flag, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute(
        "UPDATE alert a SET unit = coalesce((SELECT c.unit FROM case_file c WHERE c.case_id = a.case_id), data->>'unit')"
    )
    op.execute(
        "UPDATE finding f SET code = data->>'code', trial = coalesce((data->>'trial')::boolean, false),"
        " indication = coalesce((data->>'indication')::boolean, false),"
        " source = (SELECT c.source FROM case_file c WHERE c.case_id = f.case_id)"
    )
    for name, what in NEW:
        op.execute(f"CREATE INDEX {name} ON {what}")


def downgrade() -> None:
    raise NotImplementedError("the ledger is never migrated down; restore a backup instead")
