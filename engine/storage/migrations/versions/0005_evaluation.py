"""Indexes that an evaluation finds the marks of a period by."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX case_file_concluded ON case_file (closed_at) WHERE status = 'concluded'")
    op.execute("CREATE INDEX alert_fired ON alert (fired_at)")
    op.execute("CREATE INDEX breach_legal ON breach (legal_at)")
    op.execute("CREATE INDEX entry_voice ON entry (type, occurred_at) WHERE type IN ('complaint.filed', 'rating.submitted')")


def downgrade() -> None:
    raise NotImplementedError("the ledger is never migrated down; restore a backup instead")
