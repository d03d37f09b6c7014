"""A folder of YAML becomes configuration: once, whole or not at all, with errors that say where."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from engine.provisioning.check import check
from engine.provisioning.folder import Catalogue, ProvisionError, read_folder
from engine.provisioning.record import provision
from engine.storage.connect import Connection, open_owner
from engine.storage.migrate import migrate
from engine.storage.world import load_world

FOLDER = Path(__file__).parents[2] / "examples" / "county"
AT = datetime(2026, 1, 12, 0, 55, tzinfo=UTC)
UNITS = "units: [{id: u, name: 某局, first_responsible: a}]\nleading_group_office: u\n"
PEOPLE = "people: [{id: a, unit: u, post: first_responsible, from: 2020-01-01}]\n"
ITEM = "items: [{code: P-1, unit: u, version: 1, effective_from: 2026-01-01, committed_limit: {amount: 5, unit: working_days}%s}]\n"


def a_folder(place: Path, **files: str) -> Path:
    for name, text in files.items():
        (place / f"{name}.yaml").write_text(text, encoding="utf-8")
    return place


@pytest.fixture
def database(postgres_url: str) -> Iterator[Connection]:
    migrate(postgres_url)
    with open_owner(postgres_url) as connection:
        yield connection


def recorded(database: Connection) -> int:
    return database.execute("SELECT count(*) FROM config_entry").fetchone()[0]


@pytest.mark.postgres
def test_the_county_becomes_the_world_of_the_rules(database: Connection) -> None:
    county = read_folder(FOLDER)
    counts = {count.kind: count.recorded for count in provision(database, county, AT)}
    world = load_world(database)
    assert counts["item"] == len(county.items) == len(world.items())
    assert len(world.people) == len(county.people)
    assert world.leading_group_office == "office"
    assert world.inspectors == county.inspectors
    assert world.calendar(AT).version == "AL-2026"
    assert world.item("UR-02", date(2026, 1, 12)) == next(item for item in county.items if item.code == "UR-02")
    assert world.accountability_of("urban", date(2026, 1, 12)).proposed_level("ordinary", 2) == 4


@pytest.mark.postgres
def test_provisioning_again_changes_nothing(database: Connection) -> None:
    provision(database, read_folder(FOLDER), AT)
    before, version = recorded(database), load_world(database).version
    again = provision(database, read_folder(FOLDER), AT)
    assert sum(count.recorded for count in again) == 0
    assert (recorded(database), load_world(database).version) == (before, version)


@pytest.mark.postgres
def test_a_changed_record_alone_is_recorded_and_the_old_one_stays(database: Connection) -> None:
    county = read_folder(FOLDER)
    provision(database, county, AT)
    before = recorded(database)
    renamed = msgspec.structs.replace(county.units[4], name="安澜县规划局")
    units = (*county.units[:4], renamed, *county.units[5:])
    provision(database, msgspec.structs.replace(county, units=units), AT)
    assert recorded(database) == before + 1
    assert load_world(database).units[renamed.id].name == "安澜县规划局"


@pytest.mark.postgres
def test_a_dry_run_counts_and_leaves_nothing(database: Connection) -> None:
    counts = provision(database, read_folder(FOLDER), AT, dry_run=True)
    assert sum(count.recorded for count in counts) > 200
    assert recorded(database) == 0


@pytest.mark.postgres
def test_a_folder_with_one_impossible_calendar_records_nothing(database: Connection, tmp_path: Path) -> None:
    calendar = "calendars: [{version: a, known_from: '2026-01-01T00:00:00+08:00', extends: XX}]"
    with pytest.raises(ProvisionError, match="no shipped calendar 'XX'"):
        provision(database, read_folder(a_folder(tmp_path, world=UNITS + PEOPLE + calendar)), AT)
    assert recorded(database) == 0


def test_parts_of_the_world_may_lie_in_any_file(tmp_path: Path) -> None:
    found = read_folder(a_folder(tmp_path, one=UNITS, two=PEOPLE, three=ITEM % ""))
    check(found)
    assert [item.code for item in found.items] == ["P-1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("units: [{id: u, nmae: x}]", r"world\.yaml: units\[0\] u: nmae"),
        ("unit: [{id: u}]", "unknown field 'unit'"),
        ("units: {id: u}", "must be a list"),
        ("units: [u]", "expected a mapping"),
        ("- a", "expected a mapping"),
        ("units: [", "not YAML"),
        ("items: [{code: P-1, unit: u, version: 1, effective_from: soon}]", r"items\[0\] P-1"),
        ("calendars: [{version: a, extends: CN}]", "'known_from' is missing"),
        ("calendars: [{version: a, weekends: [sat]}]", r"calendars\[0\]: weekends"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ProvisionError, match=said):
        read_folder(a_folder(tmp_path, world=text))


def test_a_setting_given_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProvisionError, match="another file already"):
        read_folder(a_folder(tmp_path, a=UNITS, b="leading_group_office: v"))


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProvisionError, match=r"no \*\.yaml"):
        read_folder(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PEOPLE, "leading_group_office is missing"),
        (UNITS, "first_responsible 'a' is no person"),
        (UNITS + PEOPLE + "inspectors: [b]", "inspectors: 'b'"),
        (UNITS + PEOPLE + ITEM % ", holder: 'post:nobody'", "holder 'post:nobody'"),
        (
            UNITS + PEOPLE + ITEM % ", steps: [{id: s, holder: b, limit: {amount: 1, unit: working_days}}]",
            "step s: holder 'b'",
        ),
        (UNITS.replace("id: u", "id: u, parent: w") + PEOPLE, "parent 'w' is no unit"),
        (UNITS.replace("id: u", "id: u, parent: u") + PEOPLE, "lead back to itself"),
        (UNITS + PEOPLE + "sources: [{id: s}, {id: s}]", "sources: s is given 2 times"),
    ],
)
def test_a_name_that_leads_nowhere_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ProvisionError, match=said):
        check(read_folder(a_folder(tmp_path, world=text)))


def test_a_catalogue_of_nothing_has_no_last_address() -> None:
    with pytest.raises(ProvisionError, match="every alert may reach at last"):
        check(Catalogue())


@pytest.mark.postgres
def test_the_command_loads_a_folder_and_says_what_was_new(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(postgres_url)
    for name, value in {"DATABASE_URL": postgres_url, "JIANNUO_DATA": str(tmp_path), "JIANNUO_LOCALE": "en"}.items():
        monkeypatch.setenv(name, value)
    assert _run(["provision", str(FOLDER), "--dry-run"]) == 0
    assert "dry run" in capsys.readouterr().out
    assert _run(["provision", str(FOLDER)]) == 0
    assert "unit: 24, new or changed 24" in capsys.readouterr().out
    assert _run(["provision", str(FOLDER)]) == 0
    assert "unit: 24, new or changed 0" in capsys.readouterr().out
    assert _run(["provision", str(tmp_path)]) == 1
    assert "no *.yaml" in capsys.readouterr().err


def _run(arguments: list[str]) -> int:
    from engine.cli.main import main

    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)
