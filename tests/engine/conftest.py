"""A living county and its console, for the tests of pages."""

from __future__ import annotations

import pytest

from tests.support.county import a_county, app, at, two_months
from tests.support.pages import sign_in


@pytest.fixture(scope="module")
def life(postgres_server):
    with a_county(postgres_server, at("2026-02-02", "08:00")) as made:
        two_months(made)
        yield made


@pytest.fixture(scope="module")
def application(life):
    return app(life, temporal_ui="http://temporal.example")


@pytest.fixture
def inspector(application):
    return sign_in(application, "inspector")
