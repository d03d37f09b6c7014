"""Papers of supervision: the application may add and read them, nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "supervision_document",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("about_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("template_hash", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "supervision_document_once", "supervision_document", ["about", "about_id", "kind", "cause"], unique=True
    )
    op.create_index("supervision_document_number", "supervision_document", ["kind", "year", "serial"], unique=True)
    op.create_index("entry_proposals", "entry", ["stream_id"], postgresql_where=sa.text("type = 'supervision.proposed'"))
    op.execute("GRANT SELECT, INSERT ON supervision_document TO jiannuo_app")


def downgrade() -> None:
    raise NotImplementedError("the ledger is never migrated down; restore a backup instead")
