"""Readers: each format as a stream, broken records named and passed over."""

import gzip
import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from engine.imports import csv_, excel, jsonl, mapping, spool, xes
from engine.imports.mapped import CaseMapper, Mapped
from engine.imports.records import Broken, CaseRecord, Row

EXAMPLES = Path(__file__).parents[2] / "examples"


def stream(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


def log(traces: str, head: str = "") -> io.BytesIO:
    return stream(f'<?xml version="1.0"?>{head}<log xmlns="http://www.xes-standard.org/">{traces}</log>')


def test_a_trace_has_its_attributes_its_events_and_its_place():
    found = list(
        xes.read(
            log(
                '<string key="name" value="of the log"/><global scope="trace"><string key="concept:name" value="?"/></global>'
                '<trace><string key="concept:name" value="A1"/><int key="n" value="3"><string key="deep" value="x"/></int>'
                '<event><string key="concept:name" value="Review"/><boolean key="ok" value="true"/></event></trace>'
            )
        )
    )
    assert found == [
        CaseRecord(
            "trace 1 (line 1)",
            {"concept:name": "A1", "n": 3},
            (Row("trace 1, event 1 (line 1)", {"concept:name": "Review", "ok": True}),),
        )
    ]


def test_a_log_with_a_document_type_is_refused_before_any_entity_expands():
    bomb = '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    with pytest.raises(xes.UnsafeLogError, match="document type"):
        list(xes.read(log('<trace><string key="concept:name" value="&b;"/></trace>', bomb)))


def test_what_stands_before_a_break_in_the_xml_is_read_and_the_break_is_named():
    found = list(xes.read(stream('<log>\n<trace><string key="concept:name" value="A1"/></trace>\n<trace><oops')))
    assert isinstance(found[0], CaseRecord)
    assert isinstance(found[1], Broken)
    assert found[1].place == "line 3"
    assert "rest of the file" in found[1].reason


def test_a_csv_row_with_another_number_of_fields_is_named_and_the_rest_goes_on():
    found = list(csv_.read(stream("case,at\nA1,2026-01-05\nA2\nA3,2026-01-06\n")))
    assert [type(row) for row in found] == [Row, Broken, Row]
    assert found[1] == Broken("row 3", "has 1 fields, the head has 2")


def test_a_csv_row_that_is_no_csv_is_named_and_the_rest_goes_on():
    found = list(csv_.read(stream('case,at\nA1,"x"y\nA3,2026-01-06\n')))
    assert [row.place for row in found] == ["row 2", "row 3"]
    assert isinstance(found[0], Broken)


def test_csv_in_another_encoding_says_so_and_reads_once_the_encoding_is_named():
    rows = "办件,时间\n甲,2026-01-05\n"
    assert any(isinstance(row, Broken) for row in csv_.read(stream("case,at\n甲,2026-01-05\n", "gb18030")))
    assert list(csv_.read(stream(rows, "gb18030"), encoding="gb18030")) == [
        Row("row 2", {"办件": "甲", "时间": "2026-01-05"})
    ]


def test_a_line_that_is_no_object_is_named_and_the_rest_goes_on():
    found = list(jsonl.read(stream('{"case":"A1"}\n\nnot json\n[1]\n{"case":"A2"}\n')))
    assert [row.place for row in found] == ["line 1", "line 3", "line 4", "line 5"]
    assert [type(row) for row in found] == [Row, Broken, Broken, Row]


def test_an_excel_sheet_gives_rows_with_dates_as_text():
    book = Workbook()
    sheet = book.active
    sheet.append(["case", "at", "n"])
    sheet.append(["A1", __import__("datetime").datetime(2026, 1, 5, 9, 30), 3])
    sheet.append([None, None, None])
    sheet.append(["A2", __import__("datetime").date(2026, 1, 6), None])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    assert list(excel.read(file)) == [
        Row("row 2", {"case": "A1", "at": "2026-01-05T09:30:00", "n": 3}),
        Row("row 4", {"case": "A2", "at": "2026-01-06", "n": None}),
    ]


def test_rows_of_one_case_come_together_wherever_they_stand():
    rows = [Row(f"row {n}", {"case": case}) for n, case in enumerate("ABAB", 2)]
    found = list(spool.by_case([*rows, Broken("row 9", "why")], lambda row: row.values["case"]))
    assert found[0] == Broken("row 9", "why")
    assert [[event.place for event in case.events] for case in found[1:]] == [["row 2", "row 4"], ["row 3", "row 5"]]


def facts_of(name: str, records) -> dict:
    mapper = CaseMapper(mapping.load(EXAMPLES / "small-log" / f"mapping-{name}.yaml"), "street-log")
    made = [one for record in records(mapper) for one in mapper.facts(record)]
    assert all(isinstance(one, Mapped) for one in made)
    return {one.envelope.message_id: one.envelope for one in made}


def test_the_small_log_says_the_same_in_xes_and_in_csv():
    folder = EXAMPLES / "small-log"
    with (folder / "log.csv").open("rb") as table, (folder / "log.xes").open("rb") as traces:
        from_csv = facts_of("csv", lambda mapper: spool.by_case(csv_.read(table), mapper.case_of))
        from_xes = facts_of("xes", lambda _: xes.read(traces))
    assert len(from_csv) == 114
    assert from_csv == from_xes


def test_a_packed_log_is_read_as_it_streams(tmp_path):
    packed = tmp_path / "log.xes.gz"
    packed.write_bytes(gzip.compress((EXAMPLES / "small-log" / "log.xes").read_bytes()))
    with gzip.open(packed) as file:
        assert sum(1 for _ in xes.read(file)) == 32
