"""The schema: from nothing, twice, and as the tables say."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine

from engine.bootstrap import migrate
from engine.storage.connect import open_owner
from engine.storage.migrate import alembic_config

pytestmark = pytest.mark.postgres


def test_an_empty_database_is_brought_to_what_the_tables_say(postgres_url):
    migrate(postgres_url)
    engine = create_engine("postgresql+psycopg://", creator=lambda: open_owner(postgres_url))
    with engine.begin() as connection:
        command.check(alembic_config(connection))
    engine.dispose()


def test_migrating_again_changes_nothing(postgres_url):
    migrate(postgres_url)
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE config_head SET version = 7")
    migrate(postgres_url)
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT version FROM config_head").fetchone() == (7,)


def test_two_processes_that_start_together_migrate_once(postgres_url):
    with ThreadPoolExecutor(2) as both:
        for done in [both.submit(migrate, postgres_url) for _ in range(2)]:
            done.result(timeout=60)
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_the_ledger_has_eight_partitions(postgres_url):
    migrate(postgres_url)
    with psycopg.connect(postgres_url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'entry'::regclass").fetchone()
    assert found == (8,)
