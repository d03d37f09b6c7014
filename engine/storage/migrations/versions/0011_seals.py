"""Seals of the ledger. They ask no transaction number of an entry, so that column goes."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("stamp", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "seal_leaf",
        sa.Column("stream_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("stream_id", "version"),
    )
    op.create_index("seal_leaf_seal", "seal_leaf", ["seal"])
    op.drop_column("entry", "tx")
    op.execute("GRANT SELECT, INSERT ON seal, seal_leaf TO jiannuo_app")
    op.execute("GRANT UPDATE (stamp) ON seal TO jiannuo_app")


def downgrade() -> None:
    raise NotImplementedError("the ledger is never migrated down; restore a backup instead")
