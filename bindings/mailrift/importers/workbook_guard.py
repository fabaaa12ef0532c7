"""Checks a workbook (a zip of XML) before anything unpacks it whole: members, sizes, no document types."""

from __future__ import annotations

import functools
import io
import re
import zipfile
import zlib
from pathlib import Path
from typing import IO
from xml.parsers import expat

from mailrift.importers.problem import ImportProblem, shown

MAX_BYTES = 32 * 1024 * 1024  #: largest workbook that is read; the public one has 1.7 MB
MAX_MEMBERS = 256
MAX_UNPACKED = 256 * 1024 * 1024  #: of all members together; the public workbook has 20 MB
MAX_RATIO = 100  #: unpacked to packed; the public workbook has 11.5
MAX_ELEMENTS = 8_000_000  #: of XML in all members together; the public workbook has 1 million
MAX_DEPTH = 64  #: of nested XML elements
_CENTRAL_ENTRY = b"PK\x01\x02"  # begins the entry of each member in a zip's directory
_CHUNK = 64 * 1024
_ROW = "http://schemas.openxmlformats.org/spreadsheetml/2006/main row"  # the element, as expat names it
_ROW_NUMBER = re.compile("[0-9]{1,9}")
_CELL = re.compile("([A-Z]{1,3})([0-9]{1,9})")


def check_workbook(path: Path, data: bytes) -> None:
    """Refuses what is no zip of a workbook, or unpacks to too much.

    The declared sizes are enough to trust: Python's zipfile never unpacks more of a member than its entry declares.

    Raises
    ------
    ImportProblem
        If `data` is no zip, has too many members, unpacks to too many bytes or too many times its size, is damaged or
        encrypted, has no workbook, holds XML that declares a document type (the only place for entities), or numbers
        rows or cells out of order.
    """
    if len(data) > MAX_BYTES:
        raise ImportProblem(path, "", f"a workbook of at most {MAX_BYTES} bytes", "more")
    if data.count(_CENTRAL_ENTRY) > MAX_MEMBERS:  # counted first: reading the directory already takes memory
        raise ImportProblem(path, "", f"a workbook with at most {MAX_MEMBERS} members", "more")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        raise ImportProblem(path, "", "a workbook (.xlsx, a zip of XML)", "something else, or half of one") from None
    with archive:
        _check_sizes(path, archive.infolist(), len(data))
        if "[Content_Types].xml" not in archive.namelist():
            raise ImportProblem(path, "", "a workbook (.xlsx)", "a zip without [Content_Types].xml")
        scan = _Scan(path)
        for info in archive.infolist():
            try:
                with archive.open(info) as stream:
                    scan.member(info.filename, stream)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
                if isinstance(error, ImportProblem):
                    raise
                raise _problem(path, info.filename, "a member that unpacks", "a damaged one") from None


def _check_sizes(path: Path, members: list[zipfile.ZipInfo], packed: int) -> None:
    names = set()
    for info in members:
        if info.filename in names:
            raise _problem(path, info.filename, "each member once", "it again")
        names.add(info.filename)
        if info.flag_bits & 1:
            raise _problem(path, info.filename, "a workbook without a password", "an encrypted member")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _problem(path, info.filename, "a stored or deflated member", f"compression {info.compress_type}")
    unpacked = sum(info.file_size for info in members)
    if unpacked > MAX_UNPACKED:
        raise ImportProblem(path, "", f"a workbook of at most {MAX_UNPACKED} bytes unpacked", f"{unpacked}")
    if unpacked > MAX_RATIO * packed:
        raise ImportProblem(path, "", f"a workbook that unpacks to at most {MAX_RATIO} times its size", f"{unpacked / packed:.0f} times")


class _Scan:
    """Walks through the XML of all members without building it, and counts.

    A row or cell without the attribute `r` comes after the one before it (ECMA-376 part 1, 18.3.1.4 and 18.3.1.73). One that stands
    before the one before it, openpyxl would leave out or write over another without a word; so it is refused.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name = ""
        self._elements = 0
        self._depth = 0
        self._row = 0  # number of the row that began last
        self._row_depth = 0  # of its element; 0: it has ended
        self._column = 0  # of the cell that began last in this row

    def member(self, name: str, stream: IO[bytes]) -> None:
        """Reads one member to its end; one that is no XML (a picture, say) may be so if it is not called XML."""
        self._name, self._depth, self._row, self._row_depth = name, 0, 0, 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError:
            if name.lower().endswith((".xml", ".rels")):
                raise self._problem("XML", "something else, or half of it") from None

    def _problem(self, expected: str, got: str) -> ImportProblem:
        return _problem(self._path, self._name, expected, got)

    def _doctype(self, *_: object) -> None:
        raise self._problem("XML without a document type", "<!DOCTYPE")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS:
            raise self._problem(f"at most {MAX_ELEMENTS} elements in all", "more")
        if self._depth > MAX_DEPTH:
            raise self._problem(f"elements nested at most {MAX_DEPTH} deep", "deeper nesting")
        if element == _ROW:
            self._next_row(attributes.get("r"))
        elif self._row_depth and self._depth == self._row_depth + 1:
            self._next_cell(attributes.get("r"))

    def _next_row(self, text: str | None) -> None:
        if self._row_depth:
            raise self._problem("rows beside each other", "a row within a row")
        number = self._row + 1 if text is None else int(text) if _ROW_NUMBER.fullmatch(text) else 0
        if number <= self._row:
            raise self._problem("rows numbered upwards", shown(text))
        self._row, self._row_depth, self._column = number, self._depth, 0

    def _next_cell(self, text: str | None) -> None:
        if text is None:
            self._column += 1
            return
        place = _CELL.fullmatch(text)
        if place is None or int(place[2]) != self._row:
            raise self._problem(f"a cell of row {self._row}", shown(text))
        column = functools.reduce(lambda number, letter: 26 * number + ord(letter) - ord("A") + 1, place[1], 0)
        if column <= self._column:
            raise self._problem(f"the cells of row {self._row} from left to right", shown(text))
        self._column = column

    def _end(self, _: str) -> None:
        if self._depth == self._row_depth:
            self._row_depth = 0
        self._depth -= 1


def _problem(path: Path, member: str, expected: str, got: str) -> ImportProblem:
    return ImportProblem(path, f"member {shown(member)}", expected, got)
