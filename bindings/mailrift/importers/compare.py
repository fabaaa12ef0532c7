"""Prints what the files give beside published figures: `python -m mailrift.importers.compare DATA`.

The published table (`published_shares.csv`) was computed from the same data sets by another program: n classified records, shares in
% of n, the share of the population served by US operators, the centralisation score S with each self-hosted domain an operator of its
own, and the share of the three largest operators.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Sequence
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
NATIONAL = {"CH": "ch-data.min.json", "DE": "dach-export.xlsx", "FR": "fr-validation_report.csv"}
_SHARES = ("microsoft", "google", "other", "isp", "own", "us_population", "top3")
_OWN_COLUMN = {"independent": "own", "local-isp": "isp"}


@dataclass(frozen=True)
class Figures:
    """Of one country: n, S and S by MX domain, and shares in %; None where a source does not tell."""

    n: int
    s: float | None
    s_mx: float | None
    shares: dict[str, float | None]


def published() -> dict[str, Figures]:
    """The published table by country."""
    with PUBLISHED.open(encoding="utf-8", newline="") as stream:
        return {
            row["country"]: Figures(int(row["n"]), float(row["s"]), None, {key: float(row[key]) if row[key] else None for key in _SHARES})
            for row in csv.DictReader(stream)
        }


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
    """A Markdown table, here / published; * marks shares that differ by more than 2 points and S that differs by more than 0.001."""
    head = ["country", "n", *_SHARES, "S", "S by MX"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    far = 0
    for code in sorted(set(countries) & set(reference)):
        own, theirs = measured(countries[code]), reference[code]
        cells = [f"{own.n} / {theirs.n}" + ("*" if own.n != theirs.n else "")]
        for key in _SHARES:
            a, b = own.shares[key], theirs.shares[key]
            is_far = a is not None and b is not None and abs(a - b) > 2
            far += is_far
            cells.append(f"{_number(a)} / {_number(b)}" + ("*" if is_far else ""))
        is_far = own.s is not None and theirs.s is not None and round(abs(own.s - theirs.s), 4) > 0.001
        cells.append(f"{own.s:.3f} / {theirs.s:.3f}" + ("*" if is_far else ""))
        cells.append("-" if own.s_mx is None else f"{own.s_mx:.3f}")
        lines.append("| " + " | ".join([code, *cells]) + " |")
    missing = ", ".join(sorted(set(reference) - set(countries)))
    return [*lines, "", f"{far} shares differ by more than 2 points. Published, but not in the files: {missing or 'none'}."]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


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
