"""The document: every operation answers as it says, whatever it is sent; the page needs no network; schemas on disk are those of the types."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from schemathesis import openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from engine.api import schema_files

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


def test_every_operation_answers_as_the_document_says(api):
    document = openapi.from_asgi("/api/v1/openapi.json", api.client.app)
    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) > 15
    for operation in operations:
        answers_as_it_says(operation, api.key)


def answers_as_it_says(operation, key: str) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def ask(case) -> None:
        case.call_and_validate(headers={"X-API-Key": key}, checks=CHECKS)

    ask()


def test_the_document_is_openapi_31_and_describes_the_way_in(api):
    document = api.client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]["/api/v1/events"]["post"]["responses"]) >= {
        "201",
        "200",
        "202",
        "409",
        "422",
        "429",
        "503",
    }
    assert "/api/v1/cases/{case_id}" in document["paths"]


def test_the_page_lists_every_operation_and_fetches_nothing(api):
    page = api.client.get("/api/v1/docs").text
    for path in api.client.get("/api/v1/openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)


@pytest.mark.parametrize("name", schema_files.SCHEMAS)
def test_the_committed_schema_is_that_of_the_types(name):
    committed = schema_files.FOLDER / f"{name}.json"
    assert committed.read_text(encoding="utf-8") == schema_files.text(name), "run python -m engine.api.schema_files"


def test_no_schema_lies_there_that_nobody_makes():
    assert {file.stem for file in schema_files.FOLDER.glob("*.json")} == set(schema_files.SCHEMAS)
