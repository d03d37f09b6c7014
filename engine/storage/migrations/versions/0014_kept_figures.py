"""Figures of the evaluation are kept, and triggers note what has to be worked out again.

What it costs at intake: nothing for a case that is under way and runs well; one row when it ends, a few more with each breach.
"""

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Tables are named with their schema: the reconciler has others of these names in its session.
# Everything that is counted of a case: a breach decides whether its cards and its end count as well.
CASE = """
CREATE FUNCTION touch_case(touched text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO public.evaluation_touched (at)
  SELECT closed_at FROM public.case_file WHERE case_id = touched AND closed_at IS NOT NULL UNION
  SELECT fired_at FROM public.alert WHERE case_id = touched AND fired_at IS NOT NULL UNION
  SELECT legal_at FROM public.breach WHERE case_id = touched AND legal_at IS NOT NULL UNION
  SELECT legal_at FROM public.finding WHERE case_id = touched AND kind = 'alert_unanswered' AND legal_at IS NOT NULL UNION
  SELECT legal_at FROM public.voice WHERE case_id = touched AND legal_at IS NOT NULL UNION
  SELECT (data ->> 'decided_at')::timestamptz FROM public.proceeding WHERE case_id = touched AND decided_level IS NOT NULL
$$
"""
# {old} and {new}: the row's instant before and after.
TOUCH = """
CREATE FUNCTION touch_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN INSERT INTO public.evaluation_touched (at) SELECT {old} WHERE {old} IS NOT NULL; END IF;
  IF TG_OP <> 'DELETE' THEN INSERT INTO public.evaluation_touched (at) SELECT {new} WHERE {new} IS NOT NULL; END IF;
  {more}
  RETURN NULL;
END $$
"""
TRIGGER = "CREATE TRIGGER {table}_touched_{word} AFTER {word} ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION touch_{table}()"
# A new breach may come before another one, and only the first makes a case late; one that is another now takes cards out or puts them in.
BREACH = """
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.evaluation_touched (at)
    SELECT legal_at FROM public.breach WHERE case_id = NEW.case_id AND id <> NEW.id AND legal_at IS NOT NULL;
  ELSIF TG_OP = 'DELETE' THEN PERFORM public.touch_case(OLD.case_id);
  ELSIF (OLD.status, OLD.legal_at) IS DISTINCT FROM (NEW.status, NEW.legal_at) THEN PERFORM public.touch_case(NEW.case_id);
  END IF;
"""
MOVED = "IF TG_OP = 'UPDATE' AND OLD.unit IS DISTINCT FROM NEW.unit THEN PERFORM public.touch_case(NEW.case_id); END IF;"


class Source(NamedTuple):
    """A table, the instant of its marks, the rows that have any, the columns that make them what they are, and what else a change touches."""

    table: str
    at: str
    when: str
    columns: str
    more: str = ""


SOURCES = (
    Source("case_file", "{0}.closed_at", "{0}.closed_at IS NOT NULL", "{0}.unit, {0}.status, {0}.holder, {0}.closed_at, {0}.outcome_kind, {0}.item, {0}.view", MOVED),
    Source("breach", "{0}.legal_at", "true", "{0}.status, {0}.clock, {0}.legal_at, {0}.confirmed_at, {0}.data", BREACH),
    Source("alert", "{0}.fired_at", "true", "{0}.level, {0}.cause, {0}.key, {0}.fired_at, {0}.legal_at, {0}.data -> 'to'"),
    Source("finding", "{0}.legal_at", "{0}.kind = 'alert_unanswered'", "{0}.status, {0}.person, {0}.legal_at"),
    Source("voice", "{0}.legal_at", "true", "{0}.status, {0}.unit, {0}.about, {0}.score, {0}.result, {0}.legal_at"),
    Source("proceeding", "({0}.data ->> 'decided_at')::timestamptz", "{0}.decided_level IS NOT NULL", "{0}.unit, {0}.person, {0}.decided_level, {0}.data"),
)  # fmt: skip


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "evaluation_touched",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("evaluation_touched_at", "evaluation_touched", ["at"])
    op.create_table(
        "evaluation_bucket",
        sa.Column("since", instant, nullable=False),
        sa.Column("till", instant, nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("made_at", instant, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("since"),
    )
    op.create_table(
        "evaluation_figure",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("figure", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "since", "unit", "key", "figure"),
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON evaluation_touched, evaluation_bucket, evaluation_figure TO jiannuo_app")
    op.execute("GRANT USAGE ON SEQUENCE evaluation_touched_id_seq TO jiannuo_app")
    op.execute(CASE)
    for one in SOURCES:
        (old, new), (before, after) = _of(one.at), _of(one.when)
        op.execute(TOUCH.format(table=one.table, old=old, new=new, more=one.more))
        was, now = _of(one.columns)
        moved = " OR OLD.unit IS DISTINCT FROM NEW.unit" if one.more == MOVED else ""
        changed = f"({before} OR {after}{moved}) AND ({was}) IS DISTINCT FROM ({now})"
        for word, condition in (("INSERT", after), ("UPDATE", changed), ("DELETE", before)):
            op.execute(TRIGGER.format(table=one.table, word=word, when=condition))


def _of(words: str) -> tuple[str, str]:
    return words.format("OLD"), words.format("NEW")


def downgrade() -> None:
    raise NotImplementedError("the ledger is never migrated down; restore a backup instead")
