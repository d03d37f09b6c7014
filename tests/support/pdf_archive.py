"""What PDF/A-3a asks of a file and a typesetter could get wrong, looked for in its objects: each fault in words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from defusedxml.ElementTree import fromstring

from tests.support.pdf_objects import Name, Operator, Pdf, Stream, values

_ID = "{http://www.aiim.org/pdfa/ns/id/}"
_UA = "{http://www.aiim.org/pdfua/ns/id/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ACTIONS = frozenset({"AA", "OpenAction", "JS", "JavaScript", "XFA", "NeedAppearances"})
_RELATIONS = frozenset({"Source", "Data", "Alternative", "Supplement", "Unspecified"})


def faults(content: bytes) -> list[str]:
    pdf = Pdf(content)
    return [*_file(pdf), *_metadata(pdf), *_colours(pdf), *_fonts(pdf), *_attachments(pdf), *_structure(pdf)]


def _file(pdf: Pdf) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", pdf.content):
        yield "the header is not that of a binary PDF 1"
    if len(pdf.trailer.get("ID", ())) != 2:
        yield "no file identifier"
    if "Encrypt" in pdf.trailer:
        yield "encrypted"
    for value in pdf.every():
        for name in _ACTIONS & set(_keys(value)):
            yield f"something that acts: {name}"


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Stream):
        yield from _keys(value.dictionary)
    elif isinstance(value, dict):
        yield from value
        yield from (key for each in value.values() for key in _keys(each))
        yield from (each for each in value.values() if isinstance(each, Name))
    elif isinstance(value, list):
        yield from (key for each in value for key in _keys(each))


def _metadata(pdf: Pdf) -> Iterator[str]:
    if "Metadata" not in pdf.catalog:
        yield "no metadata"
        return
    stream = pdf.of(pdf.catalog["Metadata"])
    if "Filter" in stream.dictionary:
        yield "metadata that is packed"
    root = fromstring(stream.content)
    said = {name: (root.findtext(f".//{name}") or "") for name in (f"{_ID}part", f"{_ID}conformance", f"{_UA}part")}
    if list(said.values()) != ["3", "A", "1"]:
        yield f"declares itself as {said}"
    if not "".join(root.find(f".//{_DC}title").itertext()).strip():
        yield "no title"


def _colours(pdf: Pdf) -> Iterator[str]:
    intents = [pdf.of(one) for one in pdf.of(pdf.catalog.get("OutputIntents", []))]
    profiles = [pdf.of(one["DestOutputProfile"]) for one in intents if one.get("S") == "GTS_PDFA1"]
    if len(profiles) != 1 or profiles[0].content[36:40] != b"acsp":
        yield "no colour profile as output intent"


def _fonts(pdf: Pdf) -> Iterator[str]:
    used = drawn(pdf)
    if not used:
        yield "nothing is written with any font"
    for number, glyphs in used.items():
        font = pdf[number]
        name = font["BaseFont"]
        for below in font["DescendantFonts"]:
            descriptor = pdf.of(pdf.of(below)["FontDescriptor"])
            files = [pdf.of(descriptor[key]).content for key in ("FontFile2", "FontFile3") if key in descriptor]
            if not any(files):
                yield f"{name}: not embedded"
        if 0 in glyphs:
            yield f"{name}: draws a box"
        known = _unicode(pdf.of(font["ToUnicode"]).content) if "ToUnicode" in font else {}
        if lost := sorted(glyphs - known.keys()):
            yield f"{name}: {len(lost)} glyphs stand for no character"


def drawn(pdf: Pdf) -> dict[int, set[int]]:
    """For each font (its object's number) the glyphs that pages draw with it."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for value in pdf.every():
        if isinstance(value, dict) and value.get("Type") == "Page":
            contents = pdf.of(value["Contents"])
            for part in contents if isinstance(contents, list) else [contents]:
                _draw(pdf, pdf.of(part).content, pdf.of(value["Resources"]), found)
    return dict(found)


def _draw(pdf: Pdf, content: bytes, resources: dict[str, Any], found: defaultdict[int, set[int]]) -> None:
    fonts, forms = (pdf.of(resources.get(name, {})) for name in ("Font", "XObject"))
    operands: list[Any] = []
    current = 0
    for value in values(content):
        if not isinstance(value, Operator):
            operands.append(value)
            continue
        if value == b"Tf":
            current = fonts[operands[0]].number
        elif value in {b"Tj", b"TJ"}:
            found[current].update(_glyphs(operands[-1]))
        elif value == b"Do" and (form := pdf.of(forms[operands[0]])).dictionary.get("Subtype") == "Form":
            _draw(pdf, form.content, pdf.of(form.dictionary.get("Resources", resources)), found)
        operands = []


def _glyphs(shown: Any) -> Iterator[int]:
    """Two bytes each: the encoding is Identity-H."""
    for text in shown if isinstance(shown, list) else [shown]:
        if isinstance(text, bytes):
            yield from (int.from_bytes(text[place : place + 2], "big") for place in range(0, len(text), 2))


def _unicode(cmap: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for glyph, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", part):
            found[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for part in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", part):
            start = bytes.fromhex(text.decode()).decode("utf-16-be")
            for more, glyph in enumerate(range(int(first, 16), int(last, 16) + 1)):
                found[glyph] = start[:-1] + chr(ord(start[-1]) + more)
    return {glyph: text for glyph, text in found.items() if text and text != "\ufffd"}


def _attachments(pdf: Pdf) -> Iterator[str]:
    files = [pdf.of(one) for one in pdf.of(pdf.catalog.get("AF", []))]
    embedded = [
        value for value in pdf.every() if isinstance(value, Stream) and value.dictionary.get("Type") == "EmbeddedFile"
    ]
    if len(files) != len(embedded):
        yield f"{len(embedded)} files are attached, {len(files)} associated"
    for file in files:
        if file.get("AFRelationship") not in _RELATIONS:
            yield "an attachment that does not say what it is to the paper"
        if not file.get("UF") or "Subtype" not in pdf.of(file["EF"]["F"]).dictionary:
            yield "an attachment without name or type"


def _structure(pdf: Pdf) -> Iterator[str]:
    catalog = pdf.catalog
    if not catalog.get("Lang"):
        yield "no language"
    if catalog.get("MarkInfo", {}).get("Marked") is not True or "StructTreeRoot" not in catalog:
        yield "not tagged"
    if catalog.get("ViewerPreferences", {}).get("DisplayDocTitle") is not True:
        yield "the window shows a file name in place of the title"
    for value in pdf.every():
        if (
            isinstance(value, dict)
            and value.get("Type") == "StructElem"
            and value.get("S") == "Figure"
            and not value.get("Alt")
        ):
            yield "a picture without words"
