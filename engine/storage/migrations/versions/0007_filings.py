"""Filings of catalogue entries: a read table beside those of the supervision."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "filing",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("stream_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("legal_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("filing_unit", "filing", ["unit", "phase", "changed_at"])
    op.create_index("filing_phase", "filing", ["phase", "changed_at"])
    op.create_index("filing_code", "filing", ["code", "recorded_at"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON filing TO jiannuo_app")


def downgrade() -> None:
    raise NotImplementedError("the ledger is never migrated down; restore a backup instead")
