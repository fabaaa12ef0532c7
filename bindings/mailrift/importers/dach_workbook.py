"""Measurements of Germany, Austria and Switzerland in a workbook (mxmap/esorics2026, sheet Municipalities)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mailrift.extras import need
from mailrift.importers.problem import ImportProblem, shown
from mailrift.importers.records import LABEL, LABEL_TEXT, Record
from mailrift.importers.row import Row
from mailrift.importers.workbook_guard import check_workbook

SHEET = "Municipalities"
COLUMNS = ("country", "code", "name", "region", "domain", "provider", "category", "confidence", "gateway", "mx")  # the first of them
_MAX_ROWS = 200_000  # with the header; the public workbook has 15,332
_MAX_COLUMNS = 64
_MAX_CELL = 4096
_COUNTRY = re.compile("DE|AT|CH")
_CODE = re.compile("[0-9]{1,12}")


def parse_workbook(path: Path, data: bytes) -> tuple[str, list[Record], str]:
    """Name of the schema, records and source of the workbook.

    Raises
    ------
    ImportProblem
        If it is no workbook, would unpack to too much, has no such sheet or other columns, or a cell that is not what it should be.
    MissingExtra
        If openpyxl is not installed.
    """
    check_workbook(path, data)
    openpyxl: Any = need("openpyxl", "workbook")
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        if SHEET not in book.sheetnames:
            raise ImportProblem(path, "", f"a sheet {SHEET}", ", ".join(book.sheetnames)[:60])
        # the bounds are given, since openpyxl would else take them from the file, and leave out rows beyond what that claims to have
        rows = list(book[SHEET].iter_rows(max_row=_MAX_ROWS + 1, max_col=_MAX_COLUMNS, values_only=True))
    except ImportProblem:
        raise
    except Exception as error:  # whatever a broken workbook makes the library raise
        raise ImportProblem(path, "", "a workbook (.xlsx)", f"{type(error).__name__}"[:60]) from None
    if len(rows) > _MAX_ROWS:
        raise ImportProblem(path, "", f"at most {_MAX_ROWS} rows", "more")
    return "dach-workbook", list(_records(path, rows)), "mxmap-dach-2026"


def _records(path: Path, rows: Sequence[Sequence[Any]]) -> Iterator[Record]:
    header = tuple(rows[0][: len(COLUMNS)]) if rows else ()
    while header and header[-1] is None:
        header = header[:-1]
    if header != COLUMNS:
        wrong = next((i for i, pair in enumerate(zip(header, COLUMNS, strict=False)) if pair[0] != pair[1]), len(header))
        found = shown(header[wrong]) if wrong < len(header) else "the end of the row"
        raise ImportProblem(path, "/1", f"the column {COLUMNS[wrong]} at place {wrong + 1}", found)
    for number, row in enumerate(rows[1:], start=2):
        if any(cell is not None for cell in row):  # editors leave empty rows behind
            cells = dict.fromkeys(COLUMNS, "") | dict(zip(COLUMNS, (_text(cell) for cell in row), strict=False))
            yield _record(Row(str(path), number, cells))


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()[: _MAX_CELL + 1]


def _record(row: Row) -> Record:
    confidence = row.match("confidence", re.compile(r"[0-9]{1,3}(\.[0-9]+)?"), "a number in [0, 100]")
    if float(confidence) > 100:
        raise row.problem("confidence", "a number in [0, 100]")
    hosts = tuple(host.strip().lower().rstrip(".") for host in row.text("mx", _MAX_CELL).split(";") if host.strip())
    return Record(
        file=row.file,
        pointer=row.pointer(),
        id=row.match("code", _CODE, "a municipality's official number"),
        country=row.match("country", _COUNTRY, "DE, AT or CH"),
        region=row.text("region", 64),
        domain=row.text("domain", 255),
        provider=row.match("provider", LABEL, LABEL_TEXT),
        gateway=row.label("gateway"),
        has_mx=bool(hosts),
        population=None,
        confidence=float(confidence) / 100,
        mx=hosts,
    )
