"""Reads files of measurements, whatever their format, into records by country."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mailrift.importers.csv_file import parse_csv
from mailrift.importers.dach_workbook import parse_workbook
from mailrift.importers.node import Node
from mailrift.importers.problem import ImportProblem, shown
from mailrift.importers.records import NO_GATEWAYS, Record, Records, SourceFile, counted_at, parse_json
from mailrift.importers.strict_json import MAX_BYTES, parse_json_bytes, read_bytes

_MAX_SOURCES = 200  # bytes of the names of a country's sources, as a world document takes them


@dataclass(frozen=True)
class _Parsed:
    """What a file holds, and for counts when they were made (else empty)."""

    schema: str
    records: list[Record]
    source: str
    counted_at: str = ""


def read_records(paths: Sequence[Path], *, max_bytes: int = MAX_BYTES) -> Records:
    """Reads files; the format follows from the name's ending (.json, .csv, .xlsx) and from what the file holds.

    Raises
    ------
    ImportProblem
        For the first fault in the order of files and records; a record of one source read twice is a fault, and so are counts of one
        country from different measurements, of which nobody can tell whether they count the same bodies.
    """
    records = Records()
    seen: dict[tuple[str, str, str], Record] = {}
    counts: dict[str, tuple[Path, str]] = {}
    own: dict[str, list[_Parsed]] = {}
    for path in paths:
        data = read_bytes(path, max_bytes)
        parsed = _parse(path, data)
        records.source_of_file[str(path)] = parsed.source
        if parsed.schema in NO_GATEWAYS:
            records.without_gateways.add(str(path))
        if parsed.schema == "own-csv":
            own.setdefault(parsed.source, []).append(parsed)
        for record in parsed.records:
            _refuse_repeat(record, parsed.source, seen)
            records.by_country.setdefault(record.country, []).append(record)
        if parsed.schema == "counts" and parsed.records:
            _refuse_other_counts(path, parsed, counts)
        digest = hashlib.sha256(data).hexdigest()
        records.files.append(SourceFile(str(Path(path.parent.name) / path.name), parsed.schema, digest, len(parsed.records)))
    for files in own.values():
        found = [record for parsed in files for record in parsed.records]
        if not any(record.gateway for record in found):  # the column is left empty: whether there is none, or nobody looked, is not told
            records.without_gateways.update(record.file for record in found)
    for code, found in records.by_country.items():
        if (length := len(records.source_of(code).encode("utf-8"))) > _MAX_SOURCES:
            raise ImportProblem(found[-1].file, "", f"sources of {code} whose names have at most {_MAX_SOURCES} bytes", f"{length}")
    return records


def _parse(path: Path, data: bytes) -> _Parsed:
    ending = path.suffix.lower()
    if ending == ".csv":
        return _Parsed(*parse_csv(path, data))
    if ending == ".xlsx":
        return _Parsed(*parse_workbook(path, data))
    root = Node(str(path), "", parse_json_bytes(path, data))
    parsed = parse_json(path, root)
    return _Parsed(*parsed, counted_at(root) if parsed[0] == "counts" else "")


def _refuse_other_counts(path: Path, parsed: _Parsed, counts: dict[str, tuple[Path, str]]) -> None:
    """Files of counts add up, as parts of one measurement, only if they say that they were made at the same moment."""
    country, made = parsed.records[0].country, parsed.counted_at
    first, before = counts.setdefault(country, (path, made))
    if first == path:
        return
    if not made or not before:
        raise ImportProblem(path, "", f'one file of counts of {country}, or several with the same "generated"', "a second without")
    if made != before:
        raise ImportProblem(path, "/generated", f"{shown(before)} as in {first}, to add up with its counts", shown(made))


def _refuse_repeat(record: Record, source: str, seen: dict[tuple[str, str, str], Record]) -> None:
    first = seen.setdefault((record.country, source, record.id), record)
    if first is not record:
        raise ImportProblem(
            record.file,
            record.pointer,
            "each record once",
            f"id {shown(record.id)} again, first at {first.file}:{first.pointer}",
        )
