"""Papers, pages and records of what is public: one source, readable, and found where they differ."""

from __future__ import annotations

import json
import re
import urllib.request
from datetime import date, timedelta

import msgspec
import pytest
import zxingcpp
from starlette.testclient import TestClient
from typer.testing import CliRunner

from engine.carriers import printing
from engine.carriers.check import check
from engine.carriers.leaflet import texts, words
from engine.carriers.of_units import items_of
from engine.carriers.pdf import _render
from engine.carriers.writing import Writer
from engine.certificates import glyphs
from engine.certificates.glyphs import MissingGlyphError
from engine.certificates.pdf_seal import attachment
from engine.cli.carrier import app as command
from engine.jobs.carrier_watch import CarrierWatch
from engine.storage.config import record
from engine.storage.world import load_world
from rules.carriers import OF_UNITS, fingerprint
from rules.items import Withholding
from tests.support.county import at, serve
from tests.support.every_paper import ON, SITE, an_item, carriers, certificates, county, every_paper, long_carriers
from tests.support.fonts import NOBODY_HAS
from tests.support.pages import sign_in
from tests.support.papers_seen import pictures, text_of
from tests.support.worlds import a_database


@pytest.fixture(scope="module")
def world():
    return county()


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_carrier_names_its_source_and_its_code_is_read_from_the_printed_page(locale):
    for printed in (*carriers(locale), *long_carriers(locale)):
        pdf = printed.pdf
        for dpi in (300, 110):
            (code,) = zxingcpp.read_barcodes(pictures(pdf, dpi, pages=1)[0])
            assert (code.text, code.format) == (printed.leaflet.address, zxingcpp.BarcodeFormat.QRCode), printed.kind
        shown = text_of(pdf)
        assert printed.kind == "bulletin" or printed.items[0].code[:12] in shown
        assert re.search(r"[0-9a-f]{16}", shown)
        assert "2025" in shown
        assert attachment(pdf) == msgspec.json.encode(list(printed.items), order="sorted")


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_code_of_a_certificate_is_read_from_the_printed_page(locale):
    for _, pdf in certificates(locale):
        (code,) = zxingcpp.read_barcodes(pictures(pdf, 300, pages=1)[0])
        assert code.text == f"{SITE}/certificates/MX-AL-2026-0007-20261017"


def test_what_fits_on_one_sheet_is_on_one_and_further_sheets_name_the_paper():
    pages = {printed.kind: len(pictures(printed.pdf, 20)) for printed in carriers("zh")}
    assert pages == {"explanation_card": 1, "guide": 2, "bulletin": 1, "notice_board": 1, "public_commitment": 1}
    long = next(long_carriers("zh"))
    first, *further = text_of(long.pdf).strip("\f").split("\f")
    assert len(further) == 2
    assert all("国有建设用地使用权及房屋所有权首次登记" in sheet and "明白卡" in sheet for sheet in further)
    assert "第 1 页，共 3 页" in first


def test_nothing_runs_over_the_edge_of_a_sheet():
    for name, sheet in ((name, sheet) for name, pdf in every_paper().items() for sheet in pictures(pdf, 50)):
        height, width = sheet.shape
        edge = round(18 / 25.4 * 50)
        rows = [bytes(sheet.cast("B")[row * width : (row + 1) * width]) for row in range(height)]
        assert all(min(row[:edge]) > 250 and min(row[-edge:]) > 250 for row in rows), name
        assert any(min(row) < 100 for row in rows), name


def test_what_says_little_is_printed_as_well(world):
    bare = msgspec.structs.replace(
        an_item(), committed_limit=None, statutory_limit=None, steps=(), materials=(), basis=None, windows=()
    )
    for kind in printing.OF_ITEMS:
        assert "未列材料" in text_of(printing.of_item(world, bare, kind, "zh", ON, SITE).pdf)
    for kind in sorted(OF_UNITS):
        shown = text_of(printing.of_unit(world.but(items=()), "planning", kind, "zh", ON, SITE).pdf)
        assert "共 0 项" in shown


def test_dates_stand_as_papers_write_them():
    for printed in carriers("zh"):
        shown = text_of(printed.pdf)
        assert "2025年7月1日" in shown and "2025-07-01" not in shown and not re.search("日 ?周", shown)


def test_a_card_and_a_board_name_what_they_rest_on(world):
    for printed in carriers("zh"):
        if printed.kind in {"explanation_card", "guide", "notice_board"}:
            assert "《中华人民共和国行政许可法》第四十二" in text_of(printed.pdf).replace("\n", ""), printed.kind


def test_a_card_says_what_is_published_and_nothing_else(world):
    item = world.item("PL-01", ON)
    shown = text_of(printing.of_item(world, item, "explanation_card", "zh", ON, SITE).pdf)
    for words_ in (
        "建设工程规划许可证核发",
        "13 个工作日",
        "20 个工作日",
        "土地使用权证明",
        "不收费",
        fingerprint(item)[:16],
        "第 1 版",
    ):
        assert words_ in shown, words_
    other = msgspec.structs.replace(item, committed_limit=msgspec.structs.replace(item.committed_limit, amount=9))
    assert "9 个工作日" in text_of(printing.of_item(world, other, "explanation_card", "zh", ON, SITE).pdf)
    assert fingerprint(other) != fingerprint(item)


def test_a_fee_kept_in_fen_is_published_in_yuan(world):
    item = msgspec.structs.replace(world.item("UR-01", ON), fees=({"code": "a", "name": "工本费", "amount": 3550},))
    assert Writer(world, "zh", ON, SITE).fees(item) == "工本费 35.50 元"
    assert Writer(world, "en", ON, SITE).fees(item) == "工本费 35.50 yuan"


def test_what_hangs_where_does_not_change_the_fingerprint(world):
    item = world.item("PL-01", ON)
    hung = msgspec.convert(msgspec.to_builtins(item) | {"carriers": [{"kind": "guide"}]}, type(item))
    assert fingerprint(hung) == fingerprint(item)
    assert printing.chosen(hung) == ("guide",)
    assert printing.chosen(item) == printing.OF_ITEMS


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_item_of_the_county_can_be_printed(world, locale):
    writer = Writer(world, locale, ON, SITE)
    for code in sorted({item.code for item in world.items()}):
        item = world.item(code, ON)
        if item is not None:
            glyphs.demand(texts(msgspec.to_builtins(writer.guide(item))))


def test_a_character_that_the_font_lacks_is_named_and_no_box_is_printed(world):
    item = msgspec.structs.replace(world.item("PL-01", ON), name=f"{NOBODY_HAS}字许可")
    with pytest.raises(MissingGlyphError, match=NOBODY_HAS):
        _ = printing.of_item(world, item, "guide", "zh", ON, SITE).pdf


def test_a_rare_name_is_drawn(world):
    item = msgspec.structs.replace(world.item("PL-01", ON), name="𠮷昇堃镕𬭎可")
    assert "𠮷昇堃镕𬭎可" in text_of(printing.of_item(world, item, "explanation_card", "zh", ON, SITE).pdf)


def test_both_languages_have_the_same_words():
    assert words("zh").keys() == words("en").keys()
    for locale in ("zh", "en"):
        glyphs.demand(words(locale).values())


def test_a_power_that_is_withheld_is_on_no_carrier(world):
    known = {item.code for item in items_of(world, "planning", ON)}
    hidden = Withholding(basis="《保守国家秘密法》第九条", reason="涉密")
    items = tuple(msgspec.structs.replace(i, withheld=hidden) if i.code == "PL-01" else i for i in world.items())
    secret = world.but(items=items)
    assert known - {item.code for item in items_of(secret, "planning", ON)} == {"PL-01"}
    assert secret.item("PL-01", ON) is not None and secret.published("PL-01", ON) is None
    bulletin = printing.of_unit(secret, "planning", "bulletin", "zh", ON, SITE, date(2025, 1, 1))
    assert "PL-01" not in str(bulletin.leaflet)


# -- pages and records ----------------------------------------------------------------------------------------------------


@pytest.fixture
def anybody(application):
    return TestClient(application, base_url="http://console.example")


@pytest.mark.postgres
def test_anybody_reads_what_is_public_and_a_paper_of_another_version_is_told_so(anybody):
    assert "/public/units/planning" in anybody.get("/public").text
    assert "/public/items/PL-01" in anybody.get("/public/units/planning").text
    assert "/public/items/PL-01" in anybody.get("/public/units/planning/touch").text
    page = anybody.get("/public/items/PL-01")
    assert page.status_code == 200
    assert "13 个工作日" in page.text
    assert "现行版本" in anybody.get("/public/items/PL-01?v=1").text
    assert "第 7 版" in anybody.get("/public/items/PL-01?v=7").text
    assert anybody.get("/public/items/PL-01/guide.pdf").content.startswith(b"%PDF")
    assert anybody.get("/public/units/planning/notice_board.pdf").content.startswith(b"%PDF")
    assert anybody.get("/public/items/none").status_code == 404
    assert anybody.get("/public/items/PL-01/photo.pdf").status_code == 404


@pytest.mark.postgres
def test_who_scans_a_printed_code_reads_the_rule_in_force(life, application):
    with life.pool.connection() as db:
        world = load_world(db)
    on = world.calendar(life.clock.now()).local_date(life.clock.now())
    with serve(application) as site:
        printed = [printing.of_item(world, world.item("PL-01", on), kind, "zh", on, site) for kind in printing.OF_ITEMS]
        printed += [printing.of_unit(world, "planning", kind, "zh", on, site) for kind in sorted(OF_UNITS)]
        for one in printed:
            (code,) = zxingcpp.read_barcodes(pictures(one.pdf, 300, pages=1)[0])
            with urllib.request.urlopen(code.text, timeout=20) as answer:
                page = answer.read().decode()
            assert "建设工程规划许可证核发" in page, one.kind
            assert ("现行版本" in page) == (one.kind in printing.OF_ITEMS), one.kind


@pytest.mark.postgres
def test_a_unit_puts_a_display_on_record_and_a_shorter_promise_is_found_until_it_is_put_right(life, application):
    editor = sign_in(application, "head")
    token, csrf = (
        re.search(rf'name="{name}" value="([^"]*)"', editor.get("/carriers").text)[1] for name in ("token", "csrf")
    )
    said = {"csrf": csrf, "token": token, "item": "UR-01", "carrier": "notice_board", "place": "大厅", "limit": "4"}
    assert editor.post("/carriers/displayed", data={**said, "carrier": "wall"}).status_code == 422
    assert editor.post("/carriers/displayed", data=said).headers["location"] == "/carriers?done=recorded"
    shown = editor.get("/carriers").text
    assert "较短的承诺有约束力" in shown
    with life.pool.connection() as db:
        kind, unit, status = db.execute(
            "SELECT kind, unit, status FROM finding WHERE kind = 'carrier_differs'"
        ).fetchone()
        assert (kind, unit, status) == ("carrier_differs", "urban", "open")
        (one,) = [one for one in check(db, load_world(db), life.clock.now()) if one.differences]
        assert one.binds
        (id_,) = db.execute("SELECT id FROM finding WHERE kind = 'carrier_differs'").fetchone()
    page = sign_in(application, "inspector").get(f"/findings/{id_}")
    assert page.status_code == 200
    assert "公示栏 大厅" in page.text
    right = {**said, "token": token + "2", "limit": "", "version": "1"}
    assert editor.post("/carriers/displayed", data=right).status_code == 303
    with life.pool.connection() as db:
        assert db.execute("SELECT status FROM finding WHERE kind = 'carrier_differs'").fetchone() == ("withdrawn",)


@pytest.mark.postgres
def test_a_new_version_makes_what_hangs_there_out_of_date(life, world):
    watch = CarrierWatch(life.pool, life.clock)
    assert watch.look() == 1
    assert watch.look() == 0
    item = msgspec.to_builtins(world.item("UR-01", ON))
    later = {
        **item,
        "version": 2,
        "committed_limit": {"amount": 5, "unit": "working_days"},
        "effective_from": "2026-04-01",
        "published_on": "2026-04-01",
    }
    with life.pool.connection() as db:
        record(db, "item", "UR-01", later, at=life.clock.now())
    assert watch.look() == 1
    life.clock.shows = max(life.clock.shows, at("2026-04-01")) + timedelta(days=1)
    assert watch.look() == 1
    with life.pool.connection() as db:
        status, data = db.execute("SELECT status, data FROM finding WHERE kind = 'carrier_differs'").fetchone()
    assert (status, data["what"]) == ("open", ["limit_longer", "version"])


# -- the command ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(postgres_server, tmp_path, monkeypatch):
    with a_database(postgres_server, tmp_path) as pool:
        monkeypatch.setenv("DATABASE_URL", pool.conninfo)
        monkeypatch.setenv("JIANNUO_DATA", str(tmp_path))
        monkeypatch.setenv("JIANNUO_KEY_FILE", str(tmp_path / "master.key"))
        monkeypatch.setenv("JIANNUO_PUBLIC_URL", SITE)
        yield lambda *said: CliRunner().invoke(command, list(said), catch_exceptions=True)


@pytest.mark.postgres
def test_papers_are_printed_into_a_folder(run, tmp_path):
    result = run("print", "P", "planning", "--to", str(tmp_path / "papers"))
    assert result.exit_code == 0, (result.output, result.exception)
    names = {path.name for path in (tmp_path / "papers").iterdir()}
    assert {
        "P-guide.pdf",
        "P-explanation_card.pdf",
        "planning-notice_board.pdf",
        "planning-public_commitment.pdf",
    } <= names
    assert run("print", "nothing").exit_code == 1
    assert run("print").exit_code == run("print", "P", "--all").exit_code == 1


@pytest.mark.postgres
def test_the_whole_county_is_printed_with_one_command(run, tmp_path):
    result = run(
        "print", "--all", "--kind", "explanation_card", "--kind", "notice_board", "--to", str(tmp_path / "all")
    )
    assert result.exit_code == 0, (result.output, result.exception)
    made = {path.name for path in (tmp_path / "all").iterdir()}
    assert {"P-explanation_card.pdf", "planning-notice_board.pdf"} <= made
    assert made == {line.rpartition("/")[2] for line in result.stdout.splitlines()}
    assert not [name for name in made if "guide" in name]


@pytest.mark.postgres
def test_a_paper_that_cannot_be_printed_keeps_none_of_the_others_back(run, tmp_path, monkeypatch):
    def demand_all_but_cards(found, faces=None):
        if any("明白卡" in text for text in found):
            raise MissingGlyphError("U+2A6A5")

    _render.cache_clear()
    monkeypatch.setattr("engine.certificates.glyphs.demand", demand_all_but_cards)
    result = run("print", "P", "planning", "--to", str(tmp_path / "some"))
    assert result.exit_code == 1
    assert "P-explanation_card.pdf: U+2A6A5" in str(result.exception)
    assert {"P-guide.pdf", "planning-notice_board.pdf"} <= {path.name for path in (tmp_path / "some").iterdir()}


@pytest.mark.postgres
def test_the_command_puts_on_record_and_checks(run):
    assert run("display", "P", "--carrier", "guide", "--place", "窗口", "--version", "1").exit_code == 0
    assert run("check", "P").exit_code == 0
    assert run("display", "P", "--carrier", "guide", "--place", "窗口", "--limit", "2working_days").exit_code == 0
    result = run("check", "P", "-o", "json")
    assert result.exit_code == 1
    (one,) = json.loads(result.stdout)
    assert (one["binds"], [d["what"] for d in one["differences"]]) == (True, ["limit_shorter"])
    assert run("remove", "P", "--carrier", "guide", "--place", "窗口").exit_code == 0
    assert run("check", "P").exit_code == 0
    assert run("display", "none", "--carrier", "guide").exit_code == 1
