"""What each source of a country says of its operators, where several measured it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from mailrift.importers.merge import merge
from mailrift.importers.operators import Operators
from mailrift.importers.population import weight_of
from mailrift.importers.records import GLOBAL_LABELS, Record, Records
from mailrift.importers.tally import Weight

_MOST = 0.5  # of a country: a source that classifies no more of it measured a part, which need not be like the rest


def observed_shares(
    country: str, records: Records, standing: Sequence[Record], operators: Operators, weight: Weight
) -> dict[str, dict[str, float]]:
    """By source, the share in [0, 1] of each operator that has one label in all sources, of what the source classifies.

    Counted are the places of `standing`, the records that stand for the country once sources are merged and overlaps removed, each by
    the weight that it has there: so sources differ by how they classify, not by how they weigh. A source counts if it classifies more
    than half of the country's known weight. Empty if fewer than two do: parts of a country do not disagree.
    """
    sources = records.sources_of(country)
    if len(sources) < 2:
        return {}
    known = sum(weight_of(record, weight) for record in standing if not record.is_unknown)
    of_source = {source: _counts(country, records, source, standing, weight) for source in sources}
    of_source = {source: counts for source, counts in of_source.items() if counts.total() > _MOST * known}
    if len(of_source) < 2:
        return {}
    labels = sorted({label for counts in of_source.values() for label, count in counts.items() if label and count})
    return {
        source: {operators.provider(label, country).id: counts[label] / counts.total() for label in labels}
        for source, counts in of_source.items()
    }


def _counts(country: str, records: Records, source: str, standing: Sequence[Record], weight: Weight) -> Counter[str]:
    """The weight of each common label ("": any other) in one source, whose records fill places of which nobody else knows anything."""
    nobody = [replace(record, provider="unknown") for record in standing]
    own = [record for record in records.by_country[country] if records.source_of_file[record.file] == source]
    merged, _ = merge(country, [("", nobody), (source, own)])
    counts: Counter[str] = Counter()
    for said, place in zip(merged, standing, strict=False):  # behind them come places that do not stand
        if not said.is_unknown:
            counts[said.provider if said.provider in GLOBAL_LABELS else ""] += weight_of(place, weight)
    return counts
