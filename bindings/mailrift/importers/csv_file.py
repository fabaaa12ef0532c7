"""Measurements in CSV: the French communes, and a plain table of one's own."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from mailrift.importers.problem import ImportProblem, shown
from mailrift.importers.records import COUNTRY_IN_NAME, LABEL, LABEL_TEXT, Record
from mailrift.importers.row import Row
from mailrift.importers.strict_json import decoded

FRENCH = ("insee", "name", "provider", "domain", "confidence", "flags")
OWN = ("place", "region", "weight", "provider", "gateway")
_MAX_BYTES = 64 * 1024 * 1024
_MAX_ROWS = 2_000_000
_MAX_CELL = 4096  # bytes
_MAX_NAME = 90  # bytes of a file's name
_INSEE = re.compile(r"(?:0[1-9]|[13-8][0-9]|2[1-9AB]|9[0-5])[0-9]{3}|(?:97[1-8]|98[678])[0-9]{2}")  # by departement or territory
_FRENCH_LABELS = {"local": "local-isp", "french-isp": "local-isp"}
_OVERSEAS = ("97", "98")
_MOST_WEIGHT = 10**10


def parse_csv(path: Path, data: bytes) -> tuple[str, list[Record], str]:
    """Name of the schema, records and source of a table; its header says which it is.

    The French one (mxmap-fr) has the columns insee, name, provider, domain, confidence, flags. One's own has place, region, weight,
    provider, gateway, and its name begins with its country (rw-towns.csv): `weight` is the population served (empty: not known),
    `provider` a label (empty or `unknown`: nobody knows), `gateway` a label or empty. Its source is its file's name, so that two of
    one's own are told apart. Either must end with the end of a line: a cell that was cut off could be a valid one.

    Raises
    ------
    ImportProblem
        If the table is not UTF-8, cut off, has other columns, a row of another length, or a cell that is not what it should be.
    """
    if len(data) > _MAX_BYTES:
        raise ImportProblem(path, "", f"a table of at most {_MAX_BYTES} bytes", "more")
    rows = _rows(path, decoded(path, data.removeprefix(b"\xef\xbb\xbf")))
    header = tuple(next(rows, []))
    if header == FRENCH:
        return "french-csv", [_french(row) for row in _named(path, FRENCH, rows)], "mxmap-fr-2026"
    if header == OWN:
        country = _country_of(path)
        return "own-csv", [_own(row, country) for row in _named(path, OWN, rows)], path.name
    raise _header_problem(path, header)


def _country_of(path: Path) -> str:
    """The country of one's own table, from its file's name, which must also do as the name of a source."""
    named = COUNTRY_IN_NAME.fullmatch(path.name)
    if named is None:
        raise ImportProblem(path, "", "a file name that begins with its country, such as rw-towns.csv", shown(path.name))
    if "," in path.name or not path.name.isprintable() or len(path.name.encode("utf-8")) > _MAX_NAME:
        expected = f"a file name of at most {_MAX_NAME} bytes without commas, which names the source"
        raise ImportProblem(path, "", expected, shown(path.name))
    return named.group(1).upper()


def _header_problem(path: Path, header: Sequence[str]) -> ImportProblem:
    if len(header) == 1 and ";" in header[0]:
        return ImportProblem(path, "/1", "cells separated by commas", "semicolons")
    expected = FRENCH if len(set(header) & set(FRENCH)) > len(set(header) & set(OWN)) else OWN
    for column in header:
        if column not in expected:
            nearest = difflib.get_close_matches(column, expected, n=1)
            hint = f"; did you mean {shown(nearest[0])}?" if nearest else ""
            return ImportProblem(path, "/1", "the columns " + ",".join(expected), shown(column) + hint)
    return ImportProblem(path, "/1", "the columns " + ",".join(expected), shown(",".join(header)))


def _rows(path: Path, text: str) -> Iterator[list[str]]:
    if "\0" in text:
        raise ImportProblem(path, "", "text without NUL", "one")
    reader = csv.reader(_whole_lines(path, text), strict=True)
    try:
        for row in reader:
            if reader.line_num > _MAX_ROWS:
                raise ImportProblem(path, "", f"at most {_MAX_ROWS} rows", "more")
            yield row
    except csv.Error as error:
        raise ImportProblem(path, f"/{reader.line_num}", "a whole table in CSV", str(error)) from None


def _whole_lines(path: Path, text: str) -> Iterator[str]:
    read = 0
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        read += len(line)
        if read == len(text) and not line.endswith("\n"):
            raise ImportProblem(path, f"/{number}", "the end of the line", "the end of the file: it is truncated")
        yield line


def _named(path: Path, columns: Sequence[str], rows: Iterator[list[str]]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=2):
        if len(row) != len(columns):
            raise ImportProblem(path, f"/{number}", f"{len(columns)} cells", f"{len(row)}")
        for column, cell in zip(columns, row, strict=True):
            if len(cell.encode("utf-8")) > _MAX_CELL:
                raise ImportProblem(path, f"/{number}/{column}", f"at most {_MAX_CELL} bytes", "more")
        yield Row(str(path), number, dict(zip(columns, row, strict=True)))


def _french(row: Row) -> Record:
    insee = row.match("insee", _INSEE, "a commune's INSEE code, five characters")
    label = row.match("provider", LABEL, LABEL_TEXT)
    domain = row.text("domain", 255)
    if label == "independent" and domain == "laposte.net":
        label = "laposte"  # mailboxes of La Poste, which the source has no label for
    confidence = row.match("confidence", re.compile("[0-9]|[1-9][0-9]|100"), "a whole number in [0, 100]")
    return Record(
        file=row.file,
        pointer=row.pointer(),
        id=insee,
        country="FR",
        region=insee[:3] if insee.startswith(_OVERSEAS) else insee[:2],
        domain=domain,
        provider=_FRENCH_LABELS.get(label, label),
        gateway=None,
        has_mx="no_mx" not in row.cells["flags"].split("; "),
        population=None,
        confidence=int(confidence) / 100,
    )


def _own(row: Row, country: str) -> Record:
    place = row.text("place", 200)
    if not place:
        raise row.problem("place", "the name or number of a place")
    return Record(
        file=row.file,
        pointer=row.pointer(),
        id=place,
        country=country,
        region=row.text("region", 64),
        domain="",
        provider=row.label("provider") or "unknown",
        gateway=row.label("gateway"),
        has_mx=None,
        population=_weight(row),
    )


def _weight(row: Row) -> int | None:
    cell = row.cells["weight"]
    if cell == "":
        return None
    if not re.fullmatch("[0-9]{1,11}", cell) or int(cell) > _MOST_WEIGHT:
        raise row.problem("weight", f"a whole number in [0, {_MOST_WEIGHT}], or nothing")
    return int(cell)
