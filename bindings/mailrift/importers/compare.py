"""Prints what the files give beside published figures: `python -m mailrift.importers.compare DATA`.

The published table (`published_shares.csv`) was computed from the same data sets by another program: n classified records, shares in
% of n, the share of the population served by US operators, the centralisation score S with each self-hosted domain an operator of its
own, the share of the three largest operators, and for five countries S by MX domain. This checks the readers, country by country,
before any world is made; `comparison` checks a made world's US shares against the reference figures of its inputs.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailrift.extras import MissingExtra
from mailrift.importers.aggregate import eu_text
from mailrift.importers.concentration import by_label, by_mx, largest
from mailrift.importers.problem import ImportProblem
from mailrift.importers.reading import read_records
from mailrift.importers.records import US_LABELS, Record

PUBLISHED = Path(__file__).with_name("published_shares.csv")
#: Files that stand for a country in place of its record list: a census, where the list holds larger places only, or where there is none.
NATIONAL = {"CH": "ch-data.min.json", "DE": "dach-export.xlsx", "FR": "fr-validation_report.csv", "IT": "it-stats_current.json"}
#: Why a country's figures are far from the published ones (docs/decisions/0004-europe-world.md).
NOTES = {
    "CH": "`independent` in the file holds hosters too; the published table leaves national operators out and gives S by MX domain.",
    "DE": "the published table leaves national operators out of its columns, and gives S and the three largest by MX domain.",
    "FR": "the published table leaves national operators (Orange, Zimbra, OVH) out of its columns.",
    "HU": "the file holds 174 larger towns; the published shares are of 2,849 municipalities.",
    "IT": "the published table leaves national operators out of its columns; its S and its three largest take each label, `independent` "
    "and the ministry's Microsoft 365 among them, for one operator.",
}
_FAR_SHARE = 2.0  # points
_FAR_SCORE = 0.001
_SHARES = ("microsoft", "google", "other", "isp", "own", "us_population", "top3")
_OWN_COLUMN = {"independent": "own", "local-isp": "isp"}


@dataclass(frozen=True)
class Figures:
    """Of one country: n, S and S by MX domain, and shares in %; None where a source does not tell."""

    n: int | None
    s: float | None
    s_mx: float | None
    shares: dict[str, float | None]


def published() -> dict[str, Figures]:
    """The published table by country."""
    with PUBLISHED.open(encoding="utf-8", newline="") as stream:
        return {row["country"]: _published_row(row) for row in csv.DictReader(stream)}


def _published_row(row: dict[str, str]) -> Figures:
    number = {key: float(cell) if cell else None for key, cell in row.items() if key not in ("country", "n")}
    return Figures(int(row["n"]) if row["n"] else None, number["s"], number["s_mx"], {key: number[key] for key in _SHARES})


def measured(records: Sequence[Record]) -> Figures:
    """The same figures of a country's records."""
    known = [record for record in records if not record.is_unknown]
    n = len(known)
    counts = Counter(
        record.provider if record.provider in ("microsoft", "google") else _OWN_COLUMN.get(record.provider, "other") for record in known
    )
    shares: dict[str, float | None] = {key: 100 * counts[key] / n for key in ("microsoft", "google", "other", "isp", "own")}
    people = sum(record.population or 0 for record in known)
    in_us = sum(record.population or 0 for record in known if record.provider in US_LABELS)
    shares["us_population"] = 100 * in_us / people if people else None
    shares["top3"] = 100 * largest(known, 3)
    return Figures(n, by_label(known), by_mx(known) if any(record.mx for record in known) else None, shares)


def read_countries(data: Path) -> dict[str, list[Record]]:
    """Records of every country under `data`, from the file that stands for it."""
    national = {code: data / "national" / name for code, name in NATIONAL.items()}
    present = {code: path for code, path in national.items() if path.exists()}
    lists = [path for path in sorted((data / "world").glob("*.json")) if path.stem.upper() not in present]
    countries = dict(read_records(lists).by_country)
    for code, path in sorted(present.items()):
        countries[code] = read_records([path]).by_country[code]
    return countries


def comparison(countries: dict[str, list[Record]], reference: dict[str, Figures]) -> list[str]:
    """A Markdown table, here / published, with notes on the countries that differ.

    * marks another n, shares that differ by more than 2 points, and S that differs by more than 0.001, by label or by MX domain.
    """
    head = ["country", "n", *_SHARES, "S", "S by MX"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    far = 0
    notes = []
    for code in sorted(set(countries) & set(reference)):
        cells = _cells(measured(countries[code]), reference[code])
        lines.append("| " + " | ".join([code, *cells]) + " |")
        far += sum(cell.endswith("*") for cell in cells[1 : 1 + len(_SHARES)])
        if any(cell.endswith("*") for cell in cells):
            notes.append(f"- {code}: {NOTES.get(code, 'not explained.')}")
    lines += ["", f"* more than {_FAR_SHARE:g} points of a share, {_FAR_SCORE} of S, or another n:", *notes] if notes else []
    absent = ", ".join(missing(countries, reference))
    return [*lines, "", f"{far} shares differ by more than {_FAR_SHARE:g} points. Published, but not in the files: {absent or 'none'}."]


def missing(countries: Collection[str], reference: Collection[str]) -> list[str]:
    """Codes of countries that are published and not in the files, sorted."""
    return sorted(set(reference) - set(countries))


def _cells(own: Figures, theirs: Figures) -> list[str]:
    """The row of a country: n, shares, S and S by MX domain."""
    differs = own.n is not None and theirs.n is not None and own.n != theirs.n
    return [
        f"{_number(own.n, 0)} / {_number(theirs.n, 0)}" + ("*" if differs else ""),
        *(_pair(own.shares[key], theirs.shares[key], 1, _FAR_SHARE) for key in _SHARES),
        _pair(own.s, theirs.s, 3, _FAR_SCORE),
        _pair(own.s_mx, theirs.s_mx, 3, _FAR_SCORE),
    ]


def _pair(own: float | None, theirs: float | None, digits: int, most: float) -> str:
    """Two figures, with * if they differ by more than `most`."""
    is_far = own is not None and theirs is not None and round(abs(own - theirs), 4) > most
    return f"{_number(own, digits)} / {_number(theirs, digits)}" + ("*" if is_far else "")


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; exit status 0 done, 3 invalid input."""
    parser = argparse.ArgumentParser(prog="python -m mailrift.importers.compare", description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", type=Path, help="folder of the measurements (with world/ and national/)")
    options = parser.parse_args(arguments)
    try:
        countries = read_countries(options.data)
        print("\n".join(comparison(countries, published())))
        print("\n" + eu_text(countries))
    except (ImportProblem, ValueError, MissingExtra) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
