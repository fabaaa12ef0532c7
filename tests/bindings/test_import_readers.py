"""Tables and workbooks as measurements: good rows, every refusal, and the published counts."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from import_samples import DATA, plain, write
from mailrift.cli import main
from mailrift.extras import MissingExtra
from mailrift.importers.mxmap import import_mxmap
from mailrift.importers.problem import ImportProblem
from mailrift.importers.reading import read_records
from mailrift.importers.records import Record

openpyxl = pytest.importorskip("openpyxl")
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the raw measurements are not here")
FRENCH = "insee,name,provider,domain,confidence,flags\n"
OWN = "place,region,weight,provider,gateway\n"
CUT = "expected the end of the line, got the end of the file: it is truncated"
NAMED = "a file name of at most 90 bytes without commas, which names the source"
COLUMNS = ["country", "code", "name", "region", "domain", "provider", "category", "confidence", "gateway", "mx", "spf"]


def file(folder: Path, content: str | bytes, name: str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(ImportProblem) as raised:
        read_records([path])
    return str(raised.value).replace(str(path.parent) + "/", "")


def one(path: Path, country: str) -> Record:
    (record,) = read_records([path]).by_country[country]
    return record


def test_a_french_row(tmp_path: Path) -> None:
    rows = FRENCH + '2A004,"Mairie, Ajaccio",microsoft,ajaccio.fr,87,"no_spf; provider_classified"\n'
    record = one(file(tmp_path, "\ufeff" + rows, "fr.csv"), "FR")
    assert (record.id, record.region, record.provider, record.domain) == ("2A004", "2A", "microsoft", "ajaccio.fr")
    assert (record.has_mx, record.confidence, record.pointer) == (True, 0.87, "/2")
    record = one(file(tmp_path, FRENCH + "97101,x,independent,laposte.net,25,no_mx; no_spf\n", "fr.csv"), "FR")
    assert (record.region, record.provider, record.has_mx) == ("971", "laposte", False)
    assert one(file(tmp_path, FRENCH + "01001,x,french-isp,,0,\n", "fr.csv"), "FR").provider == "local-isp"


def test_a_row_of_ones_own(tmp_path: Path) -> None:
    rows = OWN + "Kigali,City,1200,microsoft,sophos\nHuye,,,,\nRubavu,West,80,unknown,\n"
    path = file(tmp_path, rows, "rw-towns.csv")
    records = read_records([path]).by_country["RW"]
    assert [(r.id, r.region, r.population, r.provider, r.gateway) for r in records] == [
        ("Kigali", "City", 1200, "microsoft", "sophos"),
        ("Huye", "", None, "unknown", None),
        ("Rubavu", "West", 80, "unknown", None),
    ]
    result = import_mxmap([path], name="w")
    assert (result.report.read, result.report.used, result.report.unknown) == (3, 1, 2)
    assert "2 records are unknown; the files do not tell MX records." in result.report.text()
    for form in ("mxmap", "csv"):
        assert main(["import", form, str(path), "--out", str(tmp_path / "w.json"), "--quiet"]) == 0
    assert "licence" not in result.world


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_table_cut_anywhere_is_refused_or_ends_with_a_row(tmp_path: Path, ending: str) -> None:
    rows = [OWN.strip(), "Kigali,City,1200,microsoft,sophos", '"Huye, Ruhango",South,7,google,', "Rubavu,West,80,,"]
    whole = "".join(row + ending for row in rows)
    ends = {len("".join(row + ending for row in rows[:count])) for count in range(1, len(rows) + 1)}
    path = tmp_path / "rw-towns.csv"
    for cut in range(1, len(whole) + 1):
        file(tmp_path, whole[:cut], path.name)
        if cut in ends:
            assert read_records([path]).files[0].records == whole[:cut].count(ending) - 1
        else:
            assert refused(path) == f"rw-towns.csv:/{whole[:cut].count(ending) + 1}: {CUT}"


def test_two_tables_of_ones_own_have_the_stated_precedence(tmp_path: Path) -> None:
    schools = file(tmp_path, OWN + "A,,,microsoft,\nB,,,,\nC,,,google,\n", "pl-schools.csv")
    towns = file(tmp_path, OWN + "A,,,google,\nB,,,aws,\nD,,,google,\n", "pl-towns.csv")
    first = import_mxmap([schools, towns], name="w")
    report = first.report
    assert plain(first.world["markets"]["PL"]) == {"microsoft": 0.25, "aws": 0.25, "google": 0.5}
    assert plain(import_mxmap([towns, schools], name="w").world["markets"]["PL"]) == {"google": 0.75, "aws": 0.25}
    assert first.world["markets"]["PL"]["source"] == "pl-schools.csv, pl-towns.csv"
    assert first.world["sources"] == ["pl-schools.csv", "pl-towns.csv"]
    assert (report.read, report.used, report.unknown, report.refused) == (6, 4, 0, 2)
    (found,) = report.disagreements
    assert [(each.source, each.records, each.classified) for each in found.sources] == [("pl-schools.csv", 3, 2), ("pl-towns.csv", 3, 3)]
    assert [(each.matched, each.agreed) for each in found.compared] == [(1, 0)]
    assert (found.filled, found.added) == (1, 1)
    assert "microsoft has 50 % (pl-schools.csv, 2), 0 % (pl-towns.csv, 3)" in report.text()
    with pytest.raises(ImportProblem, match='got id "A" again'):
        read_records([schools, towns, schools])
    out = tmp_path / "w.json"
    assert main(["import", "csv", str(schools), str(towns), "--out", str(out), "--quiet"]) == 0
    assert main(["validate", str(out)]) == 0


def test_the_names_of_sources_fit_into_a_world(tmp_path: Path) -> None:
    paths = [file(tmp_path, OWN + f"{i},,,google,\n", f"pl-{i}-{'x' * 70}.csv") for i in range(3)]
    assert len(read_records(paths[:2]).sources_of("PL")) == 2
    with pytest.raises(ImportProblem, match=r"2-x*\.csv: expected sources of PL whose names have at most 200 bytes, got 241"):
        read_records(paths)


def test_import_csv_takes_csv_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, counts(), "it.json")
    assert main(["import", "csv", str(path), "--out", str(tmp_path / "w.json")]) == 3
    assert capsys.readouterr().err == f"{path}: expected a file whose name ends in .csv, got another\n"
    assert not (tmp_path / "w.json").exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("fr.csv", "", 'fr.csv:/1: expected the columns place,region,weight,provider,gateway, got ""'),
        (
            "fr.csv",
            "insee,name,providr,domain,confidence,flags\n",
            'fr.csv:/1: expected the columns insee,name,provider,domain,confidence,flags, got "providr"; did you mean "provider"?',
        ),
        (
            "rw-x.csv",
            "place,region,weight,provider\n",
            'rw-x.csv:/1: expected the columns place,region,weight,provider,gateway, got "place,region,weight,provider"',
        ),
        ("towns.csv", OWN, 'towns.csv: expected a file name that begins with its country, such as rw-towns.csv, got "towns.csv"'),
        ("rw-x.csv", OWN + "a,b,1,microsoft\n", "rw-x.csv:/2: expected 5 cells, got 4"),
        ("rw-x.csv", OWN + "a,b,1,microsoft,,\n", "rw-x.csv:/2: expected 5 cells, got 6"),
        ("rw-x.csv", OWN + 'a,b,1,"microsoft,\n', "rw-x.csv:/2: expected a whole table in CSV, got unexpected end of data"),
        ("rw-x.csv", OWN + "a,b,-1,microsoft,\n", 'rw-x.csv:/2/weight: expected a whole number in [0, 10000000000], or nothing, got "-1"'),
        (
            "rw-x.csv",
            OWN + "a,b,1e3,microsoft,\n",
            'rw-x.csv:/2/weight: expected a whole number in [0, 10000000000], or nothing, got "1e3"',
        ),
        (
            "rw-x.csv",
            OWN + "a,b,1,Micro soft,\n",
            'rw-x.csv:/2/provider: expected a label of a-z, 0-9, _ and - with at most 60 characters, or nothing, got "Micro soft"',
        ),
        (
            "rw-x.csv",
            OWN + "a,b,1,microsoft,../x\n",
            'rw-x.csv:/2/gateway: expected a label of a-z, 0-9, _ and - with at most 60 characters, or nothing, got "../x"',
        ),
        ("rw-x.csv", OWN + ",b,1,microsoft,\n", 'rw-x.csv:/2/place: expected the name or number of a place, got ""'),
        ("rw-x.csv", OWN + "a\u0007,b,1,x,\n", 'rw-x.csv:/2/place: expected at most 200 bytes of printable characters, got "a\\u0007"'),
        ("rw-x.csv", OWN + "a" * 5000 + ",b,1,x,\n", "rw-x.csv:/2/place: expected at most 4096 bytes, got more"),
        ("rw-x.csv", OWN + "a,b,1,x,\n" + "a,b,1,x,\n", 'rw-x.csv:/3: expected each record once, got id "a" again, first at rw-x.csv:/2'),
        ("rw-x.csv", OWN + "a,b,1,x\0,\n", "rw-x.csv: expected text without NUL, got one"),
        ("fr.csv", FRENCH.replace(",", ";"), "fr.csv:/1: expected cells separated by commas, got semicolons"),
        (
            "fr.csv",
            FRENCH + "01001,x,google,,1,no_m",
            "fr.csv:/2: expected the end of the line, got the end of the file: it is truncated",
        ),
        ("fr.csv", FRENCH + "01001,x,google,,1,", f"fr.csv:/2: {CUT}"),
        ("rw-x.csv", OWN + "a,b,1,microsoft,\nb,b,1,micro", f"rw-x.csv:/3: {CUT}"),  # in the middle of a row
        ("rw-x.csv", OWN + "a,b,1,microsoft,\nb,b,1,google,so", f"rw-x.csv:/3: {CUT}"),  # in a cell that could be whole
        ("rw-x.csv", OWN + "a,b,1,microsoft,", f"rw-x.csv:/2: {CUT}"),  # a whole last line without its end
        ("rw-x.csv", OWN + "a,b,1,microsoft,\r", f"rw-x.csv:/2: {CUT}"),
        ("rw-x.csv", OWN + 'a,b,1,"micro', f"rw-x.csv:/2: {CUT}"),
        ("rw-x.csv", OWN.strip(), f"rw-x.csv:/1: {CUT}"),
        ("rw-x.csv", OWN[:9], f"rw-x.csv:/1: {CUT}"),
        (
            "rw-x.csv",
            OWN + "a,b,1,Micro soft,\nb,b,1,micro",
            'rw-x.csv:/2/provider: expected a label of a-z, 0-9, _ and - with at most 60 characters, or nothing, got "Micro soft"',
        ),  # the first fault is told
        ("rw,x.csv", OWN, 'rw,x.csv: expected a file name that begins with its country, such as rw-towns.csv, got "rw,x.csv"'),
        ("rw-x,y.csv", OWN, f'rw-x,y.csv: expected {NAMED}, got "rw-x,y.csv"'),
        (f"rw-{'x' * 90}.csv", OWN, f'rw-{"x" * 90}.csv: expected {NAMED}, got "rw-{"x" * 53}...'),
        ("fr.csv", FRENCH + "20001,x,google,,1,\n", 'fr.csv:/2/insee: expected a commune\'s INSEE code, five characters, got "20001"'),
        ("fr.csv", FRENCH + "123,x,google,,1,\n", 'fr.csv:/2/insee: expected a commune\'s INSEE code, five characters, got "123"'),
        ("fr.csv", FRENCH + "01001,x,google,,101,\n", 'fr.csv:/2/confidence: expected a whole number in [0, 100], got "101"'),
    ],
)
def test_tables_that_are_wrong(tmp_path: Path, name: str, content: str, message: str) -> None:
    assert refused(file(tmp_path, content, name)) == message


def test_a_table_that_is_not_utf8(tmp_path: Path) -> None:
    assert refused(file(tmp_path, OWN.encode() + b"\xff,b,1,x,\n", "rw-x.csv")).startswith("rw-x.csv: expected UTF-8, got byte 0xff")


def test_a_table_that_is_too_large(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="at most 10 bytes, got more"):
        read_records([file(tmp_path, OWN, "rw-x.csv")], max_bytes=10)


def workbook(*rows: list[Any], sheet: str = "Municipalities", columns: list[str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in [COLUMNS if columns is None else columns, *rows]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


ROW = ["DE", "09673160", "Saal", "Bayern", "saal.de", "domestic", "de-based", 80, None, "smtp.a.de; mx.b.de", "v=spf1"]


def changed(column: str, value: Any) -> list[Any]:
    return [value if name == column else cell for name, cell in zip(COLUMNS, ROW, strict=True)]


def test_a_row_of_the_workbook(tmp_path: Path) -> None:
    record = one(file(tmp_path, workbook(ROW), "dach.xlsx"), "DE")
    assert (record.id, record.region, record.provider, record.mx) == ("09673160", "Bayern", "domestic", ("smtp.a.de", "mx.b.de"))
    assert (record.gateway, record.confidence, record.has_mx) == (None, 0.8, True)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("country", "FR", '/2/country: expected DE, AT or CH, got "FR"'),
        ("code", "x1", '/2/code: expected a municipality\'s official number, got "x1"'),
        ("provider", None, '/2/provider: expected a label of a-z, 0-9, _ and - with at most 60 characters, got ""'),
        ("provider", "=1+1", "/2/provider: expected a label"),
        ("confidence", 101, '/2/confidence: expected a number in [0, 100], got "101"'),
        ("confidence", "nan", '/2/confidence: expected a number in [0, 100], got "nan"'),
        ("gateway", "A B", "/2/gateway: expected a label"),
        ("region", "r" * 65, "/2/region: expected at most 64 bytes of printable characters"),
    ],
)
def test_cells_that_are_wrong(tmp_path: Path, column: str, value: Any, message: str) -> None:
    assert message in refused(file(tmp_path, workbook(changed(column, value)), "dach.xlsx"))


CONTENT = "[Content_Types].xml"


def archive(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in members.items():
            whole.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not an archive", "dach.xlsx: expected a workbook (.xlsx, a zip of XML), got something else, or half of one"),
        (b"", "dach.xlsx: expected a workbook (.xlsx, a zip of XML), got something else, or half of one"),
        (archive({"a.txt": b"x"}), "dach.xlsx: expected a workbook (.xlsx), got"),
        (archive({"a.bin": bytes(30_000_000)}), "expected a workbook that unpacks to at most 100 times its size, got 1"),
        (archive({f"{i}.bin": b"" for i in range(257)}), "expected a workbook with at most 256 members, got more"),
        (archive({CONTENT: b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x/>"}), "expected XML without a document type, got <!DOCTYPE"),
        (workbook(ROW, sheet="Other"), "dach.xlsx: expected a sheet Municipalities, got Other"),
        (workbook(ROW, columns=["country", "name"]), 'dach.xlsx:/1: expected the column code at place 2, got "name"'),
        (workbook(columns=["country"]), "dach.xlsx:/1: expected the column code at place 2, got the end of the row"),
        (workbook(ROW)[:-200], "dach.xlsx: expected a workbook (.xlsx, a zip of XML), got something else, or half of one"),
    ],
)
def test_workbooks_that_are_none(tmp_path: Path, content: bytes, message: str) -> None:
    assert message in refused(file(tmp_path, content, "dach.xlsx"))


def test_without_openpyxl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    path = file(tmp_path, workbook(ROW), "dach.xlsx")
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(MissingExtra, match=r"mailrift\[workbook\]"):
        read_records([path])
    assert main(["import", "mxmap", str(path), "--out", str(tmp_path / "w.json")]) == 4
    assert "workbook" in capsys.readouterr().err


def counts(**changes: Any) -> dict[str, Any]:
    rows = [{"provider": "google", "count": 3}, {"provider": "istruzione-miur-tenant", "count": 2}, {"provider": "unknown", "count": 1}]
    return {"country": "IT", "n_entities": 6, "providers": rows} | changes


def test_counts_become_records(tmp_path: Path) -> None:
    report = import_mxmap([write(tmp_path, counts(), "it.json")], name="w").report
    assert (report.read, report.used, report.unknown) == (6, 5, 1)
    assert report.countries[0].top == (("google", 3), ("microsoft", 2))


@pytest.mark.parametrize("whole", [5, 7])
def test_counts_that_do_not_add_up(tmp_path: Path, whole: int) -> None:
    assert refused(write(tmp_path, counts(n_entities=whole), "it.json")).startswith(
        f"it.json:/providers: expected counts that add up to {whole}"
    )


def test_the_same_counts_again_are_a_copy(tmp_path: Path) -> None:
    made = counts(generated="2026-07-01T08:24:55Z")
    first = write(tmp_path, made, "a.json")
    turned = write(tmp_path, made | {"providers": made["providers"][::-1]}, "b.json")
    other = write(tmp_path, made | {"n_entities": 4, "providers": [{"provider": "aws", "count": 4}]}, "c.json")
    for second in (first, turned):
        with pytest.raises(ImportProblem, match=r"expected each record once, got id \"[0-9a-f]{16}-.*-0\" again, first at .*a\.json"):
            read_records([first, other, second])


def test_counts_of_different_measurements_do_not_add_up(tmp_path: Path) -> None:
    rows = {"n_entities": 1, "providers": [{"provider": "aws", "count": 1}]}
    first = write(tmp_path, counts(generated="2026"), "a.json")
    for second, message in (
        ({"generated": "2027"}, f':/generated: expected "2026" as in {first}, to add up with its counts, got "2027"'),
        ({}, ': expected one file of counts of IT, or several with the same "generated", got a second without'),
    ):
        path = write(tmp_path, counts(**rows, **second), "b.json")
        with pytest.raises(ImportProblem) as caught:
            read_records([first, path])
        assert str(caught.value) == f"{path}{message}"
    elsewhere = write(tmp_path, counts(**rows, country="ES"), "es.json")
    assert len(read_records([first, elsewhere]).by_country["ES"]) == 1


REGIONS = (
    "expected counts by operator (providers), got regions with counts by kind of operator, in which Microsoft and Google are one; "
    "so no region's operators can be told"
)


def test_counts_by_kind_of_operator_are_refused(tmp_path: Path) -> None:
    sovereignty = [{"bucket": "USA (CLOUD Act)", "group": "EST", "count": 67}]
    path = write(tmp_path, {"regions": [{"regione": "Molise", "n": 274, "sovereignty": sovereignty}], "generated": "2026"}, "it.json")
    assert refused(path) == f"it.json: {REGIONS}"


@needs_data
def test_the_regions_of_italy_tell_kinds_of_operators_alone() -> None:
    """Each region has the same six kinds; one of them holds Microsoft, Google and AWS, and none is told further."""
    path = DATA / "national" / "it-stats_by_region.json"
    assert refused(path) == f"it-stats_by_region.json: {REGIONS}"
    regions = json.loads(path.read_text("utf-8"))["regions"]
    whole = json.loads(path.with_name("it-stats_current.json").read_text("utf-8"))
    in_us = {row["provider"]: row["count"] for row in whole["providers"] if row["display"] in ("Google Workspace", "Microsoft 365", "AWS")}
    kinds = [{row["bucket"]: row["count"] for row in region["sovereignty"]} for region in regions]
    assert all("providers" not in region and len(kind) == 6 for region, kind in zip(regions, kinds, strict=True))
    assert sum(kind["USA (CLOUD Act)"] for kind in kinds) == sum(in_us.values())
    assert len(in_us) == 4


@needs_data
@pytest.mark.parametrize(
    ("name", "code", "read", "classified", "operator", "share"),
    [
        ("fr-validation_report.csv", "FR", 34959, 34715, "microsoft", 0.205),
        ("fr-validation_report.csv", "FR", 34959, 34715, "fr-orange", 0.486),
        ("dach-export.xlsx", "DE", 15331, 10595, "microsoft", 0.075),
        ("dach-export.xlsx", "AT", 15331, 2041, "microsoft", 0.69),
        ("dach-export.xlsx", "CH", 15331, 2017, "microsoft", 0.54),
        ("it-stats_current.json", "IT", 22878, 22243, "google", 0.288),
    ],
)
def test_published_counts(name: str, code: str, read: int, classified: int, operator: str, share: float) -> None:
    report = import_mxmap([DATA / "national" / name], name="w").report
    found = next(entry for entry in report.countries if entry.country == code)
    assert report.read == report.used + report.unknown + report.refused == read
    assert found.classified == classified
    assert dict(found.top)[operator] / classified == pytest.approx(share, abs=0.006)
