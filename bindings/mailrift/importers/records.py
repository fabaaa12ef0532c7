"""Records of the two public mxmap schemas: lists (one file a country) and keyed objects (`*data.min.json`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mailrift.importers.node import Node
from mailrift.importers.problem import ImportProblem, shown
from mailrift.importers.strict_json import MAX_BYTES, read_json

UNKNOWN_LABELS = frozenset({"unknown", "unresolved"})  #: labels that say that nobody knows the operator
_LABEL = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_LABEL_TEXT = "a label of a-z, 0-9, _ and - with at most 60 characters"
_COUNTRY = re.compile(r"[A-Z]{2}")
_COUNTRY_IN_NAME = re.compile(r"([a-z]{2})[-_.].*")
_DATE = re.compile(r"(\d{4})-\d{2}-\d{2}T.*")
_MAX_POPULATION = 10**10
_MAX_AREA = 2**53
_MAX_REGION_BYTES = 64  # a world document's limit for keys


@dataclass(frozen=True, slots=True)
class Record:
    """One organisation: who operates its mailboxes, as far as its DNS records tell."""

    file: str
    pointer: str
    id: str
    country: str
    region: str  # empty if not given
    domain: str  # empty if not given
    provider: str  # the label of the data
    gateway: str | None
    has_mx: bool
    population: int | None
    area: int | None = None  # id of the area whose population is given
    isp: str = ""  # name of the operator behind the label `local-isp`
    mx: tuple[str, ...] = ()  # host names in lower case, without a closing dot; empty if not given

    @property
    def is_unknown(self) -> bool:
        """Whether nobody knows the operator."""
        return self.provider in UNKNOWN_LABELS


@dataclass(frozen=True)
class SourceFile:
    """A file that was read: enough to tell whether another copy is the same."""

    path: str
    schema: str  # "list" or "keyed"
    sha256: str
    records: int


@dataclass
class Records:
    """All records of an import by country, in the order of files, with the files they came from."""

    files: list[SourceFile] = field(default_factory=list)
    by_country: dict[str, list[Record]] = field(default_factory=dict)
    source_of_file: dict[str, str] = field(default_factory=dict)  # key of sources.bib by `Record.file`

    def sources_of(self, country: str) -> list[str]:
        """Keys of sources.bib of a country's records, in the order of files."""
        return list(dict.fromkeys(self.source_of_file[record.file] for record in self.by_country[country]))

    def source_of(self, country: str) -> str:
        """The same as one text, as a world document names several sources."""
        return ", ".join(self.sources_of(country))


def read_records(paths: Sequence[Path], *, max_bytes: int = MAX_BYTES) -> Records:
    """Reads files of either schema.

    Raises
    ------
    ImportProblem
        For the first fault in the order of files and records; a record of one source read twice is a fault.
    """
    records = Records()
    seen: dict[tuple[str, str, str], Record] = {}
    for path in paths:
        document = read_json(path, max_bytes=max_bytes)
        schema, found, source = _parse_file(path, Node(str(path), "", document.value))
        records.source_of_file[str(path)] = source
        for record in found:
            _refuse_repeat(record, source, seen)
            records.by_country.setdefault(record.country, []).append(record)
        records.files.append(SourceFile(f"{path.parent.name}/{path.name}", schema, document.sha256, len(found)))
    return records


def _parse_file(path: Path, root: Node) -> tuple[str, list[Record], str]:
    if isinstance(root.value, list):
        return "list", [_list_record(node) for node in root.items()], "mxmap-it-2026"
    if isinstance(root.value, dict) and "municipalities" in root.value:
        named = _COUNTRY_IN_NAME.fullmatch(path.name)
        if named is None:
            raise ImportProblem(path, "", "a file name that begins with its country, such as ch-data.min.json", path.name[:60])
        country = named.group(1).upper()
        year = _DATE.fullmatch(root.at("generated").text())
        source = f"mxmap-{country.lower()}" + (f"-{year.group(1)}" if year else "")
        return (
            "keyed",
            [_keyed_record(key, node, country) for key, node in root.at("municipalities").children()],
            source,
        )
    raise root.problem(
        'a list of records, or an object with "municipalities"',
        "an object without it" if isinstance(root.value, dict) else None,
    )


def _list_record(node: Node) -> Record:
    identity = node.at("bfs")
    if not identity.text():
        raise identity.problem("an id")
    return Record(
        file=str(node.file),
        pointer=node.pointer,
        id=identity.text(),
        country=node.at("country").match(_COUNTRY, "an ISO 3166-1 code of two capital letters"),
        region=_optional_text(node, "canton", _MAX_REGION_BYTES),
        domain=_optional_text(node, "domain", 255),
        provider=node.at("provider").match(_LABEL, _LABEL_TEXT),
        gateway=_gateway(node),
        has_mx=node.at("has_mx").flag(),
        population=_population(node),
        area=_area(node),
        isp=_optional_text(node, "isp_name", 200),
        mx=_mx_hosts(node),
    )


def _keyed_record(key: str, node: Node, country: str) -> Record:
    region = "canton" if "canton" in node.members() else "federal_state"
    return Record(
        file=str(node.file),
        pointer=node.pointer,
        id=key,
        country=country,
        region=_optional_text(node, region, _MAX_REGION_BYTES),
        domain=_optional_text(node, "domain", 255),
        provider=node.at("provider").match(_LABEL, _LABEL_TEXT),
        gateway=_gateway(node),
        has_mx=any(True for _ in node.at("mx").items()),
        population=_population(node),
        mx=_mx_hosts(node),
    )


def _optional_text(node: Node, key: str, most: int) -> str:
    child = node.get(key)
    return "" if child is None else child.text(most=most)


def _gateway(node: Node) -> str | None:
    child = node.get("gateway")
    return None if child is None else child.match(_LABEL, _LABEL_TEXT)


def _population(node: Node) -> int | None:
    child = node.get("population")
    return None if child is None else child.whole(_MAX_POPULATION)


def _area(node: Node) -> int | None:
    child = node.get("osm_relation_id")
    return None if child is None else child.whole(_MAX_AREA)


def _mx_hosts(node: Node) -> tuple[str, ...]:
    child = node.get("mx")
    return () if child is None else tuple(item.text(most=255).lower().rstrip(".") for item in child.items())


def _refuse_repeat(record: Record, source: str, seen: dict[tuple[str, str, str], Record]) -> None:
    first = seen.setdefault((record.country, source, record.id), record)
    if first is not record:
        raise ImportProblem(
            record.file,
            record.pointer,
            "each record once",
            f"id {shown(record.id)} again, first at {first.file}:{first.pointer}",
        )
