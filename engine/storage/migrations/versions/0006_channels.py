"""Channels: their pace and health across all workers, how each person wants to be told, messages that wait or travel together."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_state",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column(
            "sent", postgresql.ARRAY(sa.DateTime(timezone=True)), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("quiet_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_answer", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON channel_state TO jiannuo_app")
    op.add_column("app_user", sa.Column("phone", sa.String(), nullable=True))
    op.add_column(
        "app_user",
        sa.Column(
            "preferences",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
    )
    op.add_column("delivery", sa.Column("level", sa.String(), server_default="none", nullable=False))
    op.add_column("delivery", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("waits", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("delivery", sa.Column("carried_by", sa.String(), nullable=True))
    op.add_column("delivery", sa.Column("again_of", sa.String(), nullable=True))
    op.create_index(
        "delivery_waits", "delivery", ["channel", "created_at"], postgresql_where=sa.text("waits AND status = 'sending'")
    )


def downgrade() -> None:
    raise NotImplementedError("the ledger is never migrated down; restore a backup instead")
