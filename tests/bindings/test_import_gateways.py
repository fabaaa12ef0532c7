"""Whether the sources of a country tell gateways and mailbox operators apart, and of which records the share is."""

from __future__ import annotations

from pathlib import Path

from mailrift.importers.mxmap import NO_GATEWAYS_NOTE, import_mxmap


def own(folder: Path, name: str, rows: list[str]) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("place,region,weight,provider,gateway\n" + "".join(row + "\n" for row in rows), encoding="utf-8")
    return path


def gateways_of(files: list[Path]) -> tuple[float | None, bool]:
    """The share behind gateways in the report, and whether the market says that they are not told."""
    result = import_mxmap(files, name="w")
    (coverage,) = result.report.countries
    return coverage.gateway_share, NO_GATEWAYS_NOTE in result.world["markets"][coverage.country].get("note", "")


def test_a_table_without_any_gateway_does_not_tell_gateways(tmp_path: Path) -> None:
    silent = own(tmp_path, "at-a.csv", ["1,,,microsoft,", "2,,,google,"])
    telling = own(tmp_path, "at-b.csv", ["3,,,microsoft,seppmail", "4,,,google,", "5,,,unknown,"])
    assert gateways_of([silent]) == (None, True)
    assert "| not told |" in import_mxmap([silent], name="w").report.text()
    assert gateways_of([telling]) == (0.5, False)
    # of four classified records two are of the table that tells
    assert gateways_of([silent, telling]) == (0.5, True)


def test_parts_of_a_table_tell_gateways_together(tmp_path: Path) -> None:
    parts = [own(tmp_path / "x", "at-a.csv", ["1,,,microsoft,"]), own(tmp_path / "y", "at-a.csv", ["2,,,google,seppmail"])]
    assert gateways_of(parts) == (0.5, False)


def test_gateways_are_told_by_the_records_that_stand(tmp_path: Path) -> None:
    silent = own(tmp_path, "at-a.csv", ["1,,,microsoft,", "2,,,google,"])
    same = own(tmp_path, "at-b.csv", ["1,,,microsoft,seppmail", "2,,,google,"])
    assert gateways_of([silent, same]) == (None, True)  # the first stands for both places
    assert gateways_of([same, silent]) == (0.5, False)
