"""The engine refuses to start where the last address of an alert does not exist."""

import pytest

from engine.errors import OperatorError
from engine.provisioning.last_address import demand_last_address
from engine.storage.config import Configuration, record_all
from tests.support.worlds import MONDAY, a_database

pytestmark = pytest.mark.postgres


def test_it_starts_with_a_last_address_and_refuses_without(postgres_url, tmp_path):
    def named(value):
        return [Configuration(kind="setting", id="leading_group_office", body={"value": value})]

    with a_database(postgres_url, tmp_path) as pool, pool.connection() as connection:
        demand_last_address(connection)
        for wrong in (None, "nobody"):
            record_all(connection, named(wrong), "tests", MONDAY)
            with pytest.raises(OperatorError, match="leading_group_office"):
                demand_last_address(connection)
        record_all(connection, named("sun"), "tests", MONDAY)
        demand_last_address(connection)


def test_a_world_that_is_empty_yet_may_start(postgres_url, tmp_path):
    from engine.bootstrap import migrate, open_database

    migrate(postgres_url)
    with open_database(postgres_url, tmp_path / "master.key") as pool, pool.connection() as connection:
        demand_last_address(connection)
