"""Signed documents of certificates: the application may add and read them, nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate_document",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("number", "version"),
    )
    op.execute("GRANT SELECT, INSERT ON certificate_document TO jiannuo_app")


def downgrade() -> None:
    raise NotImplementedError("the ledger is never migrated down; restore a backup instead")
