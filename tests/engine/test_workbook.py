"""Excel in and out: nothing is lost on the way, every mistake is named with its cell, a whole county is in within a minute."""

from __future__ import annotations

import json
import runpy
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openpyxl import load_workbook

from engine.bootstrap import migrate
from engine.cli.main import main
from engine.provisioning.export import KINDS
from engine.provisioning.folder import LISTS, Catalogue, read_folder
from engine.storage.connect import open_owner
from engine.storage.world import load_world
from engine.workbook.faults import check, check_records
from engine.workbook.reading import read
from engine.workbook.values import CellError, cell_of, value_of
from engine.workbook.writing import write
from rules.items import Item
from tests.engine.test_entry_form import EVERYTHING
from tests.support.county import FOLDER

ROOT = Path(__file__).parents[2]
COUNTY = read_folder(FOLDER)
LARGE: Catalogue = runpy.run_path(str(ROOT / "examples" / "large-county" / "make.py"))["county"]()


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("excel") / "county.xlsx"
    write(LARGE, path)
    return path


def test_a_county_goes_through_excel_unchanged(tmp_path: Path):
    path = tmp_path / "county.xlsx"
    write(COUNTY, path)
    found = check(path, "zh", COUNTY)
    assert not found.refused and found.catalogue is not None
    for name in ("units", "people", "items", "sources", "leading_group_office", "inspectors"):
        assert getattr(found.catalogue, name) == getattr(COUNTY, name), name


def test_an_item_that_says_all_there_is_to_say_goes_through_excel_with_hardly_a_word_of_json(tmp_path: Path):
    path = tmp_path / "one.xlsx"
    item = msgspec.convert(EVERYTHING, Item)
    write(Catalogue(items=(item,)), path)
    found = read(path)
    assert found.faults == []
    assert msgspec.convert(found.parts["items"][0], Item) == item
    left = [
        cell
        for page in load_workbook(path)
        for row in page.iter_rows(min_row=2, values_only=True)
        for cell in row
        if str(cell).startswith("{")
    ]
    assert sorted(name for cell in left for name in json.loads(cell)) == [
        "basis",
        "carriers",
        "flow_chart",
        "note",
        "profile",
        "silence",
        "silence",
    ]


def test_the_large_county_is_large_and_clean(workbook: Path):
    found = check(workbook, "zh")
    assert found.faults == ()
    assert found.catalogue is not None and len(found.catalogue.units) >= 60 and len(found.catalogue.items) >= 300
    assert {item.category for item in found.catalogue.items} == {one["id"] for one in LARGE.categories or ()}


# Sheet, cell, what is planted there, and the code that names it.
MISTAKES: tuple[tuple[str, str, Any, str], ...] = (
    ("单位", "D10", "nowhere", "unknown_name"),
    ("单位", "E12", "nobody", "unknown_name"),
    ("人员", "D20", "lost", "unknown_name"),
    ("事项", "M3", 999, "two_thirds_rule"),
    ("事项", "P5", "ghost", "holder_without_post"),
    ("事项", "A8", "YL-001", "given_twice"),
    ("环节", "G13", 100, "step_sum"),
    ("中止", "G6", None, "suspension_without_basis"),
    ("除外情形", "C2", "attributes.third_party = true", "wrong_condition"),
    ("预警", "C9", 400, "warning_before_start"),
)
UNREADABLE: tuple[tuple[str, str, Any, str], ...] = (
    ("事项", "J4", "二十", "wrong_value"),
    ("事项", "K6", "个上午", "wrong_value"),
    ("事项", "H7", "明年", "wrong_value"),
    ("人员", "E9", "首长", "wrong_value"),
    ("事项", "C9", None, "missing_field"),
    ("环节", "A4", "YL-999", "unknown_item"),
    ("材料", "E1", "颜色", "unknown_column"),
    ("设置", "A2", "mayor", "unknown_setting"),
)


# A sum is no one cell's fault: the first step is named.
NAMED = {("环节", "G13"): "A11"}


def named(mistakes: Any) -> set[tuple[str, str, str]]:
    return {(sheet, NAMED.get((sheet, cell), cell), code) for sheet, cell, _, code in mistakes}


def planted(workbook: Path, tmp_path: Path, mistakes: Any) -> set[tuple[str, str, str]]:
    book = load_workbook(workbook)
    for sheet, cell, value, _ in mistakes:
        book[sheet][cell] = value
    path = tmp_path / "planted.xlsx"
    book.save(path)
    found = check(path, "zh")
    assert found.refused
    assert all(fault.message for fault in found.faults)
    return {(fault.sheet, fault.cell, fault.code) for fault in found.faults}


def test_ten_planted_mistakes_are_named_with_cell_and_reason(workbook: Path, tmp_path: Path):
    found = planted(workbook, tmp_path, MISTAKES)
    missing = named(MISTAKES) - found
    assert not missing, found


def test_cells_that_cannot_be_read_are_named_all_at_once(workbook: Path, tmp_path: Path):
    found = planted(workbook, tmp_path, UNREADABLE)
    missing = named(UNREADABLE) - found
    assert not missing, found


def test_a_yaml_file_names_the_field_instead_of_the_cell():
    item = msgspec.to_builtins(LARGE.items[0]) | {"committed_limit": {"amount": 14, "unit": "working_days"}}
    found = check_records({"items": [item]}, "x.yaml", "zh", LARGE)
    assert ("items[0]", "committed_limit", "two_thirds_rule") in {(f.sheet, f.cell, f.code) for f in found.faults}


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ("工作日", "unit", "working_days"), ("working_days", "unit", "working_days"), (5.0, "integer", 5), ("2026年3月5日", "date", "2026-03-05"),
        ("是", "yes", True), ("a\n b ", "lines", ["a", "b"]), ("a，b、c", "names", ["a", "b", "c"]), ("视为准予", "effect", "approve"),
        ("vip: boolean\nkind：new|old", "types", {"vip": "boolean", "kind": ["new", "old"]}), ("每件80元", "amount", "每件80元"), (80, "amount", 80),
        ("   ", "integer", None), ("听证", "reason", "hearing"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_a_clerk_writes_it(cell: Any, kind: Any, value: Any):
    assert value_of(cell, kind) == value


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("5.5", "integer"), ("soon", "date"), ("perhaps", "yes"), ("vip boolean", "types"), ("{", "json")],
)
def test_a_cell_that_means_nothing_says_so(cell: Any, kind: Any):
    with pytest.raises(CellError):
        value_of(cell, kind)


def test_what_is_empty_leaves_an_empty_cell():
    assert [cell_of(value, "lines") for value in ((), None)] == [None, None]


def test_every_list_of_a_folder_is_exported():
    assert {*KINDS, "calendars"} == set(LISTS)


# -- at the command line --------------------------------------------------------------------------------------------------


@pytest.fixture
def run(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    migrate(postgres_url)
    for name, value in {"DATABASE_URL": postgres_url, "JIANNUO_DATA": str(tmp_path), "JIANNUO_LOCALE": "en"}.items():
        monkeypatch.setenv(name, value)

    def command(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return command


@pytest.mark.postgres
def test_a_large_county_is_provisioned_from_excel_in_under_a_minute_and_exported_again(
    run: Any, postgres_url: str, workbook: Path, tmp_path: Path
):
    began = time.monotonic()
    assert "nothing was written" in run("provision", str(workbook), "--dry-run")[1]
    status, said = run("provision", str(workbook))
    assert time.monotonic() - began < 60
    assert status == 0 and "item: 304, new or changed 304" in said
    assert "item: 304, new or changed 0" in run("provision", str(workbook))[1]
    with open_owner(postgres_url) as connection:
        assert len(load_world(connection).items()) == 304
    assert run("item", "export", str(tmp_path / "again.xlsx"))[0] == 0
    again = check(tmp_path / "again.xlsx", "zh").catalogue
    assert again is not None
    assert {item.code: item for item in again.items} == {item.code: item for item in LARGE.items}
    assert run("item", "export", str(tmp_path / "all.yaml"))[0] == 0
    assert "YL-304" in (tmp_path / "all.yaml").read_text("utf-8")


@pytest.mark.postgres
def test_items_are_imported_as_drafts_all_or_none(run: Any, postgres_url: str, workbook: Path, tmp_path: Path):
    run("provision", str(workbook))
    with open_owner(postgres_url) as connection:
        connection.execute(
            "INSERT INTO app_user (login, person, name, roles, units, password_hash, locale, active, created_at)"
            " VALUES ('ed', 'ed', '', '{unit_editor}', '{county}', '', 'zh', true, now())"
        )
    new = [msgspec.to_builtins(item) | {"code": f"N{n}"} for n, item in enumerate(LARGE.items[:20])]
    file = tmp_path / "new.json"
    file.write_text(json.dumps({"items": new}))
    assert "dry run" in run("item", "import", str(file), "--actor", "ed", "--dry-run")[1]
    assert run("item", "filings", "-o", "json")[1].strip() == "[]"
    assert run("item", "import", str(file), "--actor", "nobody")[0] == 1
    assert run("item", "import", str(file), "--actor", "ed", "--submit")[0] == 0
    phases = [one["phase"] for one in json.loads(run("item", "filings", "-o", "json")[1])]
    assert phases == ["reviewing"] * 20
    new[7]["committed_limit"]["amount"] = 400
    file.write_text(json.dumps({"items": new}))
    status, said = run("item", "import", str(file), "--actor", "ed", "--dry-run", "-o", "csv")
    assert status == 1 and "items[7],committed_limit" in said
