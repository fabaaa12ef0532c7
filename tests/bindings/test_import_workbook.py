"""Hostile workbooks: archives that would unpack to too much, XML that would grow, rows that would be lost."""

from __future__ import annotations

import random
import re
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mailrift.importers import ImportProblem, dach_workbook, workbook_guard
from mailrift.importers.reading import read_records

HEADER = ["country", "code", "name", "region", "domain", "provider", "category", "confidence", "gateway", "mx", "spf"]
ROWS: list[list[Any]] = [
    ["AT", "10101", "Eisenstadt", "Burgenland", "eisenstadt.at", "domestic", "at-based", 80, None, "Mail.eisenstadt.at.; b.at", "v=spf1"],
    ["CH", "1", "Aeugst", "Kanton Zürich", "aeugst.ch", "microsoft", "us-cloud", 100, "seppmail", "x.seppmail.cloud", None],
    ["DE", "01001000", "Flensburg", None, None, "unknown", "unknown", 0, None, None, None],
]
SHEET = "xl/worksheets/sheet1.xml"


def read_error(path: Path) -> str:
    """The error of reading the file, without the folder of the test."""
    with pytest.raises(ImportProblem) as caught:
        read_records([path])
    return str(caught.value).replace(str(path.parent) + "/", "")


def workbook(folder: Path, rows: list[list[Any]] | None = None, header: list[Any] | None = None, sheet: str = "Municipalities") -> Path:
    """Writes a workbook and returns its path."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in [HEADER if header is None else header, *(ROWS if rows is None else rows)]:
        page.append(row)
    book.create_sheet("Statistics")
    path = folder / "dach.xlsx"
    book.save(path)
    return path


def text_of(path: Path, name: str) -> str:
    """A member of the workbook."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def rebuilt(path: Path, changes: dict[str, bytes | None], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """The workbook with members replaced, added, or (None) left out."""
    with zipfile.ZipFile(path) as archive:
        members: dict[str, bytes | None] = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in (members | changes).items():
            if content is not None:
                archive.writestr(name, content)
    return path


def declared(path: Path, name: str, *, offset: int, layout: str, value: int) -> Path:
    """The workbook with one field of a member's entry in the zip's directory changed."""
    data = bytearray(path.read_bytes())
    at = data.rfind(name.encode()) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    struct.pack_into(layout, data, at + offset, value)
    path.write_bytes(data)
    return path


def test_empty_rows_and_other_columns_do_not_matter(tmp_path: Path) -> None:
    empty: list[Any] = [None] * len(HEADER)
    plain = read_records([workbook(tmp_path)]).by_country
    spaced = read_records([workbook(tmp_path, [ROWS[0], ROWS[1], empty, ROWS[2], empty])]).by_country
    assert [found[0].provider for found in spaced.values()] == [found[0].provider for found in plain.values()]


def test_rows_beyond_what_the_sheet_claims_to_have_are_read(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    claimed = re.sub('<dimension ref="[^"]*"', '<dimension ref="A1:K2"', text_of(path, SHEET))
    assert 'ref="A1:K2"' in claimed
    assert read_records([rebuilt(path, {SHEET: claimed.encode()})]).files[0].records == 3


def test_what_is_no_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "dach.xlsx"
    path.write_bytes(b"country,code\nAT,10101\n")
    assert read_error(path) == "dach.xlsx: expected a workbook (.xlsx, a zip of XML), got something else, or half of one"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    assert read_error(path) == "dach.xlsx: expected a workbook (.xlsx), got a zip without [Content_Types].xml"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    assert read_error(path).startswith("dach.xlsx: expected a workbook (.xlsx), got ")
    assert "a readable file" in read_error(tmp_path / "missing.xlsx")
    monkeypatch.setattr(workbook_guard, "MAX_BYTES", 100)
    assert read_error(workbook(tmp_path)) == "dach.xlsx: expected a workbook of at most 100 bytes, got more"


def test_zip_bombs_are_refused_before_they_unpack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unpack(*_: object, **__: object) -> None:
        raise AssertionError("unpacked")

    ratio = rebuilt(workbook(tmp_path), {"xl/big.xml": b" " * 16 * 2**20})
    monkeypatch.setattr(zipfile.ZipFile, "open", unpack)
    assert read_error(ratio).startswith("dach.xlsx: expected a workbook that unpacks to at most 100 times its size, got ")
    monkeypatch.undo()
    declares = declared(workbook(tmp_path), SHEET, offset=24, layout="<I", value=2**28)
    monkeypatch.setattr(zipfile.ZipFile, "open", unpack)
    assert read_error(declares).startswith("dach.xlsx: expected a workbook of at most 268435456 bytes unpacked, got 2684")
    monkeypatch.undo()
    members: dict[str, bytes | None] = {f"xl/{i}.bin": b"" for i in range(250)}
    assert read_error(rebuilt(workbook(tmp_path), members)) == "dach.xlsx: expected a workbook with at most 256 members, got more"


def test_a_member_that_declares_less_than_it_holds_is_damaged(tmp_path: Path) -> None:
    path = declared(workbook(tmp_path), SHEET, offset=24, layout="<I", value=10)
    assert read_error(path) == f'dach.xlsx:member "{SHEET}": expected a member that unpacks, got a damaged one'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(tmp_path: Path, encoding: str) -> None:
    path = workbook(tmp_path)
    entities = f'<?xml version="1.0" encoding="{encoding}"?><!-- {"x" * 70000} --><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    expected = f'dach.xlsx:member "{SHEET}": expected XML without a document type, got <!DOCTYPE'
    assert read_error(rebuilt(path, {SHEET: entities.encode(encoding), "noise.bin": random.Random(1).randbytes(9999)})) == expected


def test_other_hostile_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = f'dach.xlsx:member "{SHEET}"'
    deep = rebuilt(workbook(tmp_path), {SHEET: b"<a>" * 65 + b"</a>" * 65})
    assert read_error(deep) == f"{place}: expected elements nested at most 64 deep, got deeper nesting"
    half = rebuilt(workbook(tmp_path), {SHEET: b"<worksheet><sheetData>"})
    assert read_error(half) == f"{place}: expected XML, got something else, or half of it"
    locked = declared(workbook(tmp_path), SHEET, offset=8, layout="<H", value=1)
    assert read_error(locked) == f"{place}: expected a workbook without a password, got an encrypted member"
    packed = rebuilt(workbook(tmp_path), {}, zipfile.ZIP_LZMA)
    assert read_error(packed).endswith("expected a stored or deflated member, got compression 14")
    with warnings.catch_warnings(), zipfile.ZipFile(workbook(tmp_path), "a") as archive:
        warnings.simplefilter("ignore")  # zipfile warns of what is meant here
        archive.writestr(SHEET, "<worksheet/>")
    assert read_error(tmp_path / "dach.xlsx") == f"{place}: expected each member once, got it again"
    picture = rebuilt(workbook(tmp_path), {"xl/media/a.png": b"\x89PNG\r\n\x1a\n" + bytes(100)})
    assert read_records([picture]).files[0].records == 3
    for row in ("3", "2", "x", "٤", ""):  # rows that openpyxl would leave out or stumble over
        mixed = text_of(workbook(tmp_path), SHEET).replace('<row r="4"', f'<row r="{row}"')
        message = read_error(rebuilt(tmp_path / "dach.xlsx", {SHEET: mixed.encode()}))
        assert message.startswith(f'{place}: expected rows numbered upwards, got "')
    monkeypatch.setattr(workbook_guard, "MAX_ELEMENTS", 20)
    assert "expected at most 20 elements in all, got more" in read_error(workbook(tmp_path))


HEADER_CELLS = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER[:10])
NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def cells(*values: str, first: str = "") -> str:
    """Cells of text without numbers; the first may have one."""
    plain = [f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in values]
    return "".join([plain[0].replace("<c ", f'<c r="{first}" ') if first else plain[0], *plain[1:]])


def by_hand(folder: Path, rows: str) -> Path:
    """A workbook whose sheet holds just these rows, behind a header without numbers."""
    sheet = f"<worksheet {NS}><sheetData><row>{HEADER_CELLS}</row>{rows}</sheetData></worksheet>"
    return rebuilt(workbook(folder), {SHEET: sheet.encode()})


def test_rows_and_cells_without_a_number_follow_the_one_before(tmp_path: Path) -> None:
    one, two, three = (("DE", code, "x", "", "", "microsoft", "", "80") for code in ("11", "12", "13"))
    rows = f'<row>{cells(*one)}</row><row r="5">{cells(*two, first="A5")}</row><row>{cells(*three)}</row>'
    found = read_records([by_hand(tmp_path, rows)]).by_country["DE"]
    assert [(each.id, each.pointer, each.provider) for each in found] == [
        ("11", "/2", "microsoft"),
        ("12", "/5", "microsoft"),
        ("13", "/6", "microsoft"),
    ]
    spaced = cells(*one[:6]) + '<c r="H2"><v>80</v></c><c t="inlineStr"><is><t>sophos</t></is></c>'
    (record,) = read_records([by_hand(tmp_path, f"<row>{spaced}</row>")]).by_country["DE"]
    assert (record.confidence, record.gateway) == (0.8, "sophos")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('<row/><row r="2"/>', 'expected rows numbered upwards, got "2"'),  # the one before it has the number 2
        ('<row r="7"/><row/><row r="8"/>', 'expected rows numbered upwards, got "8"'),
        ('<row><c r="A1"/></row>', 'expected a cell of row 2, got "A1"'),
        ('<row r="4"><c r="A5"/></row>', 'expected a cell of row 4, got "A5"'),
        ('<row><c r=""/></row>', 'expected a cell of row 2, got ""'),
        ('<row><c r="a2"/></row>', 'expected a cell of row 2, got "a2"'),
        ('<row><c r="B2"/><c r="A2"/></row>', 'expected the cells of row 2 from left to right, got "A2"'),
        ('<row><c/><c/><c r="B2"/></row>', 'expected the cells of row 2 from left to right, got "B2"'),
        ('<row><c r="AA2"/><c r="Z2"/></row>', 'expected the cells of row 2 from left to right, got "Z2"'),
        ('<row r="3"><row r="4"/></row>', "expected rows beside each other, got a row within a row"),
        (f'<x:row xmlns:x={NS[6:]} r="1"/>', 'expected rows numbered upwards, got "1"'),
    ],
)
def test_rows_and_cells_that_would_be_lost(tmp_path: Path, rows: str, message: str) -> None:
    assert read_error(by_hand(tmp_path, rows)) == f'dach.xlsx:member "{SHEET}": {message}'


def test_rows_of_another_kind_are_not_counted(tmp_path: Path) -> None:
    other = '<a xmlns="urn:own"><row r="2"><row r="1"/></row></a>'
    assert read_records([rebuilt(workbook(tmp_path), {"customXml/item1.xml": other.encode()})]).files[0].records == 3


def test_too_many_rows_or_one_far_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dach_workbook, "_MAX_ROWS", 3)
    assert read_error(workbook(tmp_path)) == "dach.xlsx: expected at most 3 rows, got more"
    path = workbook(tmp_path, ROWS[:1])
    far = text_of(path, SHEET).replace("</sheetData>", '<row r="999999999"><c r="A999999999"><v>1</v></c></row></sheetData>')
    assert read_error(rebuilt(path, {SHEET: far.encode()})) == "dach.xlsx: expected at most 3 rows, got more"


def test_a_workbook_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    data = path.read_bytes()
    for cut in range(0, len(data), 97):
        path.write_bytes(data[:cut])
        assert read_error(path).startswith("dach.xlsx")


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_workbook_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    """Bytes of the archive, or of a member's text, changed at random: never an error of another kind."""
    draw = random.Random(seed)
    path = workbook(tmp_path)
    if seed % 2:
        name = draw.choice([SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"])
        text = bytearray(text_of(path, name).encode())
        at = draw.randrange(len(text))
        text[at : at + draw.randint(0, 30)] = draw.choice([b"", b"9", b'"', b"<a/>", b"-1", b"\xff"])
        rebuilt(path, {name: bytes(text)})
    else:
        data = bytearray(path.read_bytes())
        for _ in range(draw.randint(1, 8)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        path.write_bytes(data)
    refusal = str(path)
    try:
        assert read_records([path]).files[0].records <= len(ROWS)
    except ImportProblem as problem:
        refusal = str(problem)
    assert refusal.startswith(str(path))
