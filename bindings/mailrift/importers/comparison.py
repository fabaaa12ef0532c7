"""A made world's shares on US operators beside the reference shares of its inputs, for `build_world --compare`.

This checks what became of the data in a world, hand-entered countries and blocs among it; `compare` checks what the readers give for
each file, label by label, against a published table, and needs no world.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from mailrift.importers.coverage import Coverage, Report
from mailrift.importers.node import Node
from mailrift.importers.strict_json import read_json


def us_share_of(report: Report, members: Collection[str], replaced: Mapping[str, tuple[float, float]] | None = None) -> float:
    """Share of the members' classified organisations on Microsoft, Google or AWS, each organisation alike, in [0, 1].

    `replaced` gives (classified, share) for countries that are to be taken from elsewhere.
    """
    rows = {row.country: (float(row.classified), row.big_three_share) for row in report.countries}
    rows = {code: row for code, row in (rows | dict(replaced or {})).items() if code in members}
    return sum(count * share for count, share in rows.values()) / sum(count for count, _ in rows.values())


def comparison_text(report: Report, inputs: Path) -> str:
    """A Markdown table: each country's share beside the reference, then the EU's, with the variants of the inputs."""
    root = Node(str(inputs), "", read_json(inputs).value)
    reference = root.at("reference")
    percent = {code: 100 * node.share() for code, node in reference.at("us_share").children()}
    lines = [reference.at("text").text(most=1000), ""]
    lines += ["| country | classified | US operators % | reference % | difference |", "|---|---|---|---|---|"]
    lines += [_row(entry, percent.get(entry.country)) for entry in report.countries]
    for bloc in root.at("blocs").items():
        code = bloc.at("code").text()
        members = [child.text() for child in bloc.at("members").items()]
        told = f" (reference {percent[code]:.1f} %)" if code in percent else ""
        lines += ["", f"{code}, organisations alike: {100 * us_share_of(report, members):.1f} %{told}"]
        lines += [_variant(report, members, variant) for variant in reference.at("variants").items()]
    return "\n".join(lines) + "\n"


def _variant(report: Report, members: Collection[str], variant: Node) -> str:
    replaced = {
        code: (float(node.at("classified").whole(10**9)), node.at("share").share()) for code, node in variant.at("replace").children()
    }
    return f"- {variant.at('text').text(most=300)}: {100 * us_share_of(report, members, replaced):.1f} %"


def _row(entry: Coverage, reference: float | None) -> str:
    own = 100 * entry.big_three_share
    told = "-" if reference is None else f"{reference:.1f}"
    difference = "-" if reference is None else f"{own - reference:+.1f}"
    return f"| {entry.country} | {entry.classified} | {own:.1f} | {told} | {difference} |"
