"""Records of public mxmap files in JSON: lists (one file a country), keyed objects (`*data.min.json`) and counts by label."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from mailrift.importers.node import Node
from mailrift.importers.problem import ImportProblem

GLOBAL_LABELS = frozenset({"microsoft", "google", "aws", "zoho", "yandex"})  #: operators that are the same in every source
US_LABELS = frozenset({"microsoft", "google", "aws"})  #: those of them in the United States
UNKNOWN_LABELS = frozenset({"unknown", "unresolved"})  #: labels that say that nobody knows the operator
LABEL = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")  #: how labels of providers and gateways look
LABEL_TEXT = "a label of a-z, 0-9, _ and - with at most 60 characters"
NO_GATEWAYS = frozenset({"french-csv", "counts"})  #: schemas without gateways
_COUNTRY = re.compile(r"[A-Z]{2}")
COUNTRY_IN_NAME = re.compile(r"([a-z]{2})[-_.].*")
_DATE = re.compile(r"(\d{4})-\d{2}-\d{2}T.*")
_MAX_POPULATION = 10**10
_MAX_AREA = 2**53
_MAX_COUNT = 10_000_000
_COUNT_LABELS = {"istruzione-miur-tenant": "microsoft", "pa-contractor-private": "local-isp"}
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
    has_mx: bool | None  # None: the source does not say
    population: int | None
    area: int | None = None  # id of the area whose population is given
    confidence: float | None = None  # of the classification, in [0, 1]
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
    schema: str  # "list", "keyed", "counts", "french-csv", "own-csv" or "dach-workbook"
    sha256: str
    records: int


@dataclass
class Records:
    """All records of an import by country, in the order of files, with the files they came from."""

    files: list[SourceFile] = field(default_factory=list)
    by_country: dict[str, list[Record]] = field(default_factory=dict)
    source_of_file: dict[str, str] = field(default_factory=dict)  # key of sources.bib, or name of one's own file, by `Record.file`
    without_gateways: set[str] = field(default_factory=set)  # `Record.file` of sources that do not tell gateways apart

    def sources_of(self, country: str) -> list[str]:
        """Keys of sources.bib (names, for files of one's own) of a country's records, in the order of files."""
        return list(dict.fromkeys(self.source_of_file[record.file] for record in self.by_country[country]))

    def source_of(self, country: str) -> str:
        """The same as one text, as a world document names several sources."""
        return ", ".join(self.sources_of(country))


def parse_json(path: Path, root: Node) -> tuple[str, list[Record], str]:
    """Name of the schema, records and source of a file of either mxmap schema."""
    if isinstance(root.value, list):
        return "list", [_list_record(node) for node in root.items()], "mxmap-it-2026"
    if isinstance(root.value, dict) and "municipalities" in root.value:
        named = COUNTRY_IN_NAME.fullmatch(path.name)
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
    if isinstance(root.value, dict) and "providers" in root.value:
        return "counts", count_records(root), "mxmap-it-stats-2026"
    if isinstance(root.value, dict) and isinstance(root.value.get("regions"), list):
        raise root.problem(
            "counts by operator (providers)",
            "regions with counts by kind of operator, in which Microsoft and Google are one; so no region's operators can be told",
        )
    raise root.problem(
        'a list of records, or an object with "municipalities" or with "providers"',
        "an object without them" if isinstance(root.value, dict) else None,
    )


def count_records(root: Node) -> list[Record]:
    """Records without a place for the counts by label of a country's statistics; `n_entities` is their sum.

    Label `istruzione-miur-tenant` is the Ministry of Education's Microsoft 365, `pa-contractor-private` a provider of its own country.

    A record's id begins with a digest of all counts: the same counts again, in whatever order or file, have the same ids, and other
    counts, such as those of the other half of the bodies, have none in common.
    """
    country = root.at("country").match(_COUNTRY, "an ISO 3166-1 code of two capital letters")
    whole = root.at("n_entities").whole(_MAX_COUNT)
    rows = [
        (node.pointer, node.at("provider").match(LABEL, LABEL_TEXT), node.at("count").whole(whole)) for node in root.at("providers").items()
    ]
    total = sum(count for *_, count in rows)
    if total != whole:
        raise root.at("providers").problem(f"counts that add up to {whole}, as n_entities says", f"{total}")
    told = sorted((label, count) for _, label, count in rows if count)
    digest = hashlib.sha256(repr((country, told)).encode()).hexdigest()[:16]
    return [
        Record(str(root.file), pointer, f"{digest}-{label}-{i}", country, "", "", _COUNT_LABELS.get(label, label), None, None, None)
        for pointer, label, count in rows
        for i in range(count)
    ]


def counted_at(root: Node) -> str:
    """When the counts of a file were made, as the file says it; empty if it does not."""
    made = root.get("generated")
    return "" if made is None else made.text()


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
        provider=node.at("provider").match(LABEL, LABEL_TEXT),
        gateway=_gateway(node),
        has_mx=node.at("has_mx").flag(),
        population=_population(node),
        area=_area(node),
        isp=_optional_text(node, "isp_name", 200).strip(),
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
        provider=node.at("provider").match(LABEL, LABEL_TEXT),
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
    return None if child is None else child.match(LABEL, LABEL_TEXT)


def _population(node: Node) -> int | None:
    child = node.get("population")
    return None if child is None else child.whole(_MAX_POPULATION)


def _area(node: Node) -> int | None:
    child = node.get("osm_relation_id")
    return None if child is None else child.whole(_MAX_AREA)


def _mx_hosts(node: Node) -> tuple[str, ...]:
    child = node.get("mx")
    return () if child is None else tuple(item.text(most=255).lower().rstrip(".") for item in child.items())
