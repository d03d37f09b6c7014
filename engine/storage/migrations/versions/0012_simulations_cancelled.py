"""A simulation can be cancelled; what it found so far goes with it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("simulation", sa.Column("cancelled_by", sa.String(), nullable=True))
    op.execute("GRANT DELETE ON simulation_case, simulation_measure TO jiannuo_app")


def downgrade() -> None:
    raise NotImplementedError("the ledger is never migrated down; restore a backup instead")
