"""Complaints and ratings as they stand; what citizens said is no longer looked up in the ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("stream_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("legal_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("phase_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("voice_case", "voice", ["case_id"])
    op.create_index("voice_legal", "voice", ["legal_at"])
    op.create_index("voice_unit", "voice", ["unit", "what", "phase", "recorded_at"])
    op.create_index("voice_phase", "voice", ["what", "phase", "recorded_at"])
    op.create_index("voice_owner", "voice", ["owner", "phase_until"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON voice TO jiannuo_app")
    op.execute("DROP INDEX entry_voice")


def downgrade() -> None:
    raise NotImplementedError("the ledger is never migrated down; restore a backup instead")
