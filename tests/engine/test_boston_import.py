"""6,221 real service requests through the back-fill path, beside the city's own flag."""

from engine.api.outcomes import outcome_counts
from engine.bootstrap import migrate, open_database
from engine.clock import SystemClock
from engine.imports import backfill, mapping, source
from engine.imports.mapped import CaseMapper
from engine.provisioning.folder import read_folder
from engine.provisioning.record import provision
from tests.support.boston import EXAMPLE, table


def test_the_citys_flag_comes_out_of_the_import(postgres_url, tmp_path):
    file = table()
    migrate(postgres_url)
    with open_database(postgres_url, tmp_path / "master.key") as pool:
        with pool.connection() as connection:
            provision(connection, read_folder(EXAMPLE / "world"), SystemClock().now())
        report = imported(pool, file)
        with pool.connection() as connection:
            found = outcome_counts(connection, SystemClock().now(), source="boston-311")
    assert (report.cases, report.facts, report.broken) == (6221, 9073, 0)
    assert (found["closed_late"], found["open_past_limit"]) == (112, 502)


def imported(pool, file):
    found = mapping.load(EXAMPLE / "mapping.yaml")
    mapper = CaseMapper(found, "boston-311")
    with source.opened(file, found, mapper) as opened:
        return backfill.run(opened.cases(), backfill.here(mapper, backfill.through_the_door(pool, SystemClock())))
