"""The outbox, filled in the transaction that concluded; and a docket's workflows hear of every new phase."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

QUEUE = """
CREATE FUNCTION queue_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (id, kind, row_id, addressee) {select} ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER {table}_queued AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION queue_{name}();
"""
FROM_NOTICES = "SELECT 'notice:' || id, 'notice', id, recipient FROM fresh"
FROM_ALERTS = "SELECT 'alert:' || alert_id || ':' || addressee, 'alert', alert_id, addressee FROM fresh"
# A moment that moves later is found out by the sleeper; a phase that people changed has no moment at all.
PHASES = """
CREATE FUNCTION tell_phase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE wake SET seq = greatest(seq, sent_seq) + 1 WHERE stream_id = NEW.stream_id;
  RETURN NULL;
END $$;
CREATE TRIGGER proceeding_phase_told AFTER UPDATE OF phase ON proceeding
  FOR EACH ROW WHEN (OLD.phase IS DISTINCT FROM NEW.phase) EXECUTE FUNCTION tell_phase();
CREATE TRIGGER proceeding_opened_told AFTER INSERT ON proceeding
  FOR EACH ROW EXECUTE FUNCTION tell_phase();
"""


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column(
            "queued_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "outbox_waiting",
        "outbox",
        ["queued_at"],
        postgresql_where=sa.text("collected_at IS NULL AND problem IS NULL"),
    )
    op.create_index("outbox_problem", "outbox", ["queued_at"], postgresql_where=sa.text("problem IS NOT NULL"))
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO jiannuo_app")
    op.execute(QUEUE.format(name="notices", table="notice", select=FROM_NOTICES))
    op.execute(QUEUE.format(name="alerts", table="alert_addressee", select=FROM_ALERTS))
    op.execute(PHASES)


def downgrade() -> None:
    raise NotImplementedError("the ledger is never migrated down; restore a backup instead")
