"""Alembic's entry: runs on the connection that `engine.storage.migrate` hands over, inside its transaction."""

from alembic import context
from sqlmodel import SQLModel

import engine.storage.tables  # noqa: F401 - registers the tables


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Partitions of the ledger belong to their parent, which stands in the tables."""
    return not (kind == "table" and (name or "").startswith("entry_p"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    include_name=_is_ours,
)
context.run_migrations()
