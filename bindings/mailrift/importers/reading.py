"""Reads files of measurements, whatever their format, into records by country."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from mailrift.importers.csv_file import parse_csv
from mailrift.importers.dach_workbook import parse_workbook
from mailrift.importers.node import Node
from mailrift.importers.problem import ImportProblem, shown
from mailrift.importers.records import Record, Records, SourceFile, parse_json
from mailrift.importers.strict_json import MAX_BYTES, parse_json_bytes, read_bytes


def read_records(paths: Sequence[Path], *, max_bytes: int = MAX_BYTES) -> Records:
    """Reads files; the format follows from the name's ending (.json, .csv, .xlsx) and from what the file holds.

    Raises
    ------
    ImportProblem
        For the first fault in the order of files and records; a record of one source read twice is a fault.
    """
    records = Records()
    seen: dict[tuple[str, str, str], Record] = {}
    for path in paths:
        data = read_bytes(path, max_bytes)
        schema, found, source = _parse(path, data)
        records.source_of_file[str(path)] = source
        for record in found:
            _refuse_repeat(record, source, seen)
            records.by_country.setdefault(record.country, []).append(record)
        records.files.append(SourceFile(str(Path(path.parent.name) / path.name), schema, hashlib.sha256(data).hexdigest(), len(found)))
    return records


def _parse(path: Path, data: bytes) -> tuple[str, list[Record], str]:
    ending = path.suffix.lower()
    if ending == ".csv":
        return parse_csv(path, data)
    if ending == ".xlsx":
        return parse_workbook(path, data)
    return parse_json(path, Node(str(path), "", parse_json_bytes(path, data)))


def _refuse_repeat(record: Record, source: str, seen: dict[tuple[str, str, str], Record]) -> None:
    first = seen.setdefault((record.country, source, record.id), record)
    if first is not record:
        raise ImportProblem(
            record.file,
            record.pointer,
            "each record once",
            f"id {shown(record.id)} again, first at {first.file}:{first.pointer}",
        )
