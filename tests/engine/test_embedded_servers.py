"""The embedded servers as the tests (and `jiannuo up`) start them."""

import asyncio

import psycopg
import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client

from workflows.search_attributes import KEYS


@pytest.mark.postgres
def test_the_owner_role_is_no_superuser_and_texts_sort_by_code_point(postgres_url):
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute(
            "SELECT rolsuper, current_setting('timezone'), current_setting('server_encoding'), datlocprovider, datlocale"
            " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"
        ).fetchone()
    assert row == (False, "UTC", "UTF8", "b", "C.UTF-8")


@pytest.mark.postgres
def test_a_wrong_password_is_refused_and_the_superuser_cannot_sign_in(postgres_server):
    wrong = psycopg.conninfo.make_conninfo(postgres_server, password="guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(psycopg.conninfo.make_conninfo(postgres_server, user="postgres"))


@pytest.mark.postgres
def test_the_owner_may_make_a_lesser_role_and_act_as_it(postgres_url):
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE ROLE lesser_for_test NOLOGIN")
        connection.execute("SET ROLE lesser_for_test")
        assert connection.execute("SELECT current_user").fetchone() == ("lesser_for_test",)
        connection.rollback()


@pytest.mark.temporal
def test_temporal_knows_our_search_attributes(temporal_address):
    async def listed() -> dict[str, int]:
        client = await Client.connect(temporal_address)
        answer = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
        return dict(answer.custom_attributes)

    found = asyncio.run(listed())
    expected = {key.name: int(key.indexed_value_type) for key in KEYS.values()}
    assert expected.items() <= found.items()
