"""What-if: simulations, the cases and the measures that would be other ones; the application adds and reads them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _json(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=nullable)


def _texts(name: str) -> sa.Column:
    return sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "simulation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        _instant("created_at"),
        _json("draft"),
        sa.Column("draft_hash", sa.String(), nullable=False),
        _texts("items"),
        _texts("units"),
        _json("scope"),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        _instant("told_at"),
        _instant("ended_at", nullable=True),
        _json("position", nullable=True),
        _json("figures", nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("simulation_created", "simulation", ["created_at"])
    op.create_index("simulation_items", "simulation", ["items"], postgresql_using="gin")
    op.create_index("simulation_draft", "simulation", ["draft_hash"])
    op.create_table(
        "simulation_case",
        sa.Column("simulation_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        _texts("units"),
        _texts("persons"),
        _texts("gained"),
        _texts("lost"),
        _json("before"),
        _json("after"),
        sa.PrimaryKeyConstraint("simulation_id", "case_id"),
    )
    op.create_table(
        "simulation_measure",
        sa.Column("simulation_id", sa.String(), nullable=False),
        sa.Column("docket", sa.String(), nullable=False),
        sa.Column("proceeding", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.Column("threatens", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("simulation_id", "docket", "proceeding"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON simulation TO jiannuo_app")
    op.execute("GRANT SELECT, INSERT ON simulation_case, simulation_measure TO jiannuo_app")


def downgrade() -> None:
    raise NotImplementedError("the ledger is never migrated down; restore a backup instead")
