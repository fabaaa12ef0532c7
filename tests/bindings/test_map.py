"""The map of a world: colours, hatching, labels that never overlap, captions, and the command that draws it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mailrift as mr
from mailrift.cli import main
from mailrift.geometry import anchors, choose_view, europe, globe, load_shapes, projected
from mailrift.geometry.labels import Box, best_spot, inside, place_beside
from mailrift.output import write_figure
from mailrift.picture import compact_png
from mailrift.world_table import world_rows

EUROPE = "AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LT LU LV MT NL NO PL PT RO SE SI SK".split()
SQUARE = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)])
HOLE = np.array([(4.0, 4.0), (4.0, 6.0), (6.0, 6.0), (6.0, 4.0)])


def world(**more: Any) -> dict[str, Any]:
    """Germany whole, Norway little known, Poland in larger places only, and a place without a shape."""
    codes = ("DE", "NO", "PL", "BQ", "US")
    routes: dict[str, Any] = {"big": 0.3, "home": 0.7}
    return {
        "name": "four",
        "title": "Four countries",
        "about": "Measured in May 2026. More words.",
        "unit": "organisations",
        "licence": "CC0-1.0",
        "jurisdictions": [{"code": code, "name": f"Land {code}", "mail_users": 100} for code in codes],
        "providers": [
            {"id": "big", "kind": "global", "control": [{"jurisdiction": "US", "via": "operator"}]},
            {"id": "home", "kind": "national", "control": [{"jurisdiction": "DE", "via": "operator"}]},
        ],
        "markets": {
            "DE": {"routes": routes, "sample": 500, "source": "key-a, key-b"},
            "NO": {"routes": {"big": 0.3, "home": 0.2}, "unknown": 0.5, "source": "key-a"},
            "PL": {"routes": routes, "scope": "larger_places"},
            "BQ": {"routes": routes},
        },
    } | more


@pytest.fixture
def figures() -> Iterator[Any]:
    """The drawing function, where Matplotlib is installed."""
    pytest.importorskip("matplotlib")
    return mr.plot.world_map  # type: ignore[no-any-return]


def words(figure: Any) -> str:
    from matplotlib.text import Text

    return "\n".join(t.get_text() for t in figure.findobj(Text))


def test_the_grid_knows_inside_from_outside() -> None:
    xs, ys = np.array([-1.0, 1.0, 5.0, 9.0, 11.0]), np.array([1.0, 5.0, 12.0])
    expected = [[False, True, True, True, False], [False, True, False, True, False], [False] * 5]
    assert inside([SQUARE, HOLE], xs, ys).tolist() == expected


def test_the_grid_agrees_with_matplotlib() -> None:
    path = pytest.importorskip("matplotlib.path").Path
    view = europe()
    rings = projected(load_shapes(), view)
    for code in ("NO", "IT", "HR"):
        ring = rings[code][0]
        xs, ys = (np.linspace(ring[:, i].min(), ring[:, i].max(), 41) for i in (0, 1))
        grid = np.column_stack([a.ravel() for a in np.meshgrid(xs, ys)])
        assert np.array_equal(inside([ring], xs, ys).ravel(), path(ring).contains_points(grid)), code


def test_the_best_spot_has_the_most_room() -> None:
    frame = Box(5, 5, 100, 100)
    x, y, room = best_spot([SQUARE], 2, 1, frame, cells=41) or (0, 0, 0)
    assert (x, y) == pytest.approx((5, 5), abs=0.13) or room == pytest.approx(5, abs=0.2)
    # Beside a hole of 2 in the middle 4 remain on each side: a box of 4 just fits.
    *_, room = best_spot([SQUARE, HOLE], 4, 4, frame, cells=101) or (0, 0, 0)
    assert room == pytest.approx(1, abs=0.05)
    assert best_spot([SQUARE], 2, 1, Box(50, 50, 10, 10)) is None


def test_boxes() -> None:
    box = Box(0, 0, 4, 2)
    assert box.meets(Box(3, 0, 2, 2))
    assert not box.meets(Box(3.1, 0, 2, 2))
    assert box.within(Box(1, 0, 6, 2))
    assert not box.within(Box(2, 0, 6, 2))
    assert box.is_crossed((-5, 0), (5, 0))
    assert box.is_crossed((0, 0), (9, 9))
    assert not box.is_crossed((-5, 2), (5, 2))
    assert not box.is_crossed((-5, 0), (-3, 0))
    assert box.edge_towards((8, 0)) == (2, 0)
    assert box.edge_towards((2, 2)) == (1, 1)


def test_words_go_beside_where_it_is_free_and_cheap() -> None:
    frame = Box(0, 0, 100, 100)
    box = place_beside((0, 0), (10, 4), lambda box: np.inf if box.x < 5 else 0.0, [], frame, 40)
    assert box is not None
    assert box.x >= 5
    taken = [Box(12, 0, 10, 90)]
    other = place_beside((0, 0), (10, 4), lambda box: 0.0, taken, frame, 40)
    assert other is not None
    assert not other.meets(taken[0])
    assert place_beside((0, 0), (10, 4), lambda box: np.inf, [], frame, 40) is None
    assert place_beside((0, 0), (200, 4), lambda box: 0.0, [], frame, 40) is None


def test_the_view_follows_the_markets() -> None:
    shapes = load_shapes()
    assert choose_view(shapes, EUROPE) == europe()
    assert choose_view(shapes, ["DE", "TR", "UA", "MC"]) == europe()
    for far in ("US", "RU", "NZ", "GL", "TV"):
        assert choose_view(shapes, [*EUROPE, far]) == globe(), far
    assert choose_view(shapes, []) == globe()
    assert choose_view(shapes, ["US"], "europe") == europe()
    with pytest.raises(ValueError, match="view: expected one of europe, globe, got 'moon'"):
        choose_view(shapes, [], "moon")


def test_every_country_of_europe_is_in_its_view() -> None:
    shapes, view = load_shapes(), europe()
    rings = projected(shapes, view)
    found = anchors(view, shapes, rings, [*EUROPE, "MC", "US", "TV"])
    assert set(found) == {*EUROPE, "MC"}
    for code in EUROPE:
        x, y = (np.array([v]) for v in found[code])
        assert inside(rings[code], x, y).all(), code
    assert len(projected(shapes, globe())) > 215


def test_the_colours_are_told_apart_in_black_and_white() -> None:
    pytest.importorskip("matplotlib")
    from mailrift.map import _colours

    colours, norm = _colours()
    steps = colours(norm(np.array([0.1, 0.3, 0.5, 0.7, 0.9])))[:, :3]
    linear = np.where(steps <= 0.04045, steps / 12.92, ((steps + 0.055) / 1.055) ** 2.4)
    lightness = 116 * np.cbrt(linear @ (0.2126, 0.7152, 0.0722)) - 16  # CIE L*
    assert np.all(np.diff(lightness) < -14)
    assert colours(norm(0.0)) == colours(norm(0.19))
    assert colours(norm(1.0)) == colours(norm(0.81))


def test_what_is_not_known_is_hatched(figures: Any) -> None:
    from matplotlib.patches import PathPatch

    figure = figures(world())
    hatches = [patch.get_hatch() for patch in figure.findobj(PathPatch)]
    assert hatches.count("\\\\\\\\") == 1  # Norway
    assert hatches.count("...") == 1  # Poland
    assert hatches.count("////") > 40  # the other countries in the view
    said = words(figure)
    for expected in ("not measured", "? more than 30 % unknown", "* larger places only", "DE 30", "NO? 60", "PL* 30", "% of organisations"):
        assert expected in said, expected


def test_the_map_says_of_what_whose_and_when(figures: Any) -> None:
    said = " ".join(words(figures(world())).split())
    for expected in ("Four countries", "US (Land US)", "Measured in May 2026.", "Sources: key-a, key-b.", "Data: CC0-1.0.", "World four."):
        assert expected in said, expected
    assert "More words" not in said
    assert "Not on the map: BQ." in said
    assert "Natural Earth" in said
    assert "larger places" not in words(figures(world(markets={"DE": world()["markets"]["DE"]})))


def test_odd_words_and_no_markets_are_drawn(figures: Any, tmp_path: Path) -> None:
    figure = figures(
        world(title="Costs $1 and \\frac{ " + 30 * "word ", about="No $end", markets={}, blocs=[{"code": "BL", "members": ["DE"]}]), "BL"
    )
    figure.savefig(tmp_path / "map.png", dpi=40)
    said = " ".join(words(figure).split())
    assert "Costs $1 and \\frac{ word" in said
    assert "operator BL commands" in said
    assert "Not on the map" not in said


def test_labels_carry_the_figures_of_the_table(figures: Any) -> None:
    document = mr.load_world("europe-institutions-2026").document
    labels = words(figures(document, "US"))
    for row in world_rows(document, "US"):
        mark = ("*" if row.larger_places else "") + ("?" if row.much_unknown else "")
        assert f"{row.code}{mark} {100 * (row.share or 0):.0f}" in labels, row.code
    assert "DE 8\n0–20" in labels
    assert "DE 20" in words(figures(document, "US", value="most"))
    assert "SE 81" in words(figures(document, "US", value="least"))
    with pytest.raises(ValueError, match="value: expected one of share, least, most, got 'mean'"):
        figures(document, value="mean")
    with pytest.raises(ValueError, match="by: expected a jurisdiction or bloc"):
        figures(document, "ZZ")


@pytest.mark.parametrize("by", ["US", "EU"])
def test_no_words_overlap_or_leave_the_page(figures: Any, by: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = figures(mr.load_world("europe-institutions-2026"), by)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in [*figure.axes[0].texts, *figure.texts]]
    assert len(boxes) == 31 + 3
    page = figure.bbox
    for i, (text, box) in enumerate(boxes):
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, text
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, text
        for other, second in boxes[:i]:
            assert not box.overlaps(second), (text, other)


def test_the_globe_is_drawn_when_a_market_is_far(figures: Any) -> None:
    document = world()
    document["markets"] |= {"US": {"routes": {"big": 1.0}}}
    figure = figures(document)
    assert figure.get_figwidth() > figure.get_figheight()
    assert "US 100" in words(figure)
    assert figures(document, view="europe").get_figwidth() < figure.get_figwidth()


def test_small_countries_of_the_globe_have_their_labels_beside(figures: Any) -> None:
    small = ("BT", "IE", "KH", "NZ", "RW")
    document = world()
    document["jurisdictions"] += [{"code": code, "name": code, "mail_users": 1} for code in small]
    document["markets"] |= {code: {"routes": {"big": 1.0}} for code in ("US", *small)}
    figure = figures(document)
    assert {f"{code} 100" for code in small} <= set(words(figure).split("\n"))


def test_a_png_keeps_its_colours_in_a_third_of_the_size(figures: Any, tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    figure = figures(mr.load_world("europe-institutions-2026"))
    figure.savefig(tmp_path / "full.png", dpi=60)
    for name in ("a.png", "b.png"):
        write_figure(tmp_path / name, figure, dpi=60)
    made = (tmp_path / "a.png").read_bytes()
    assert made == (tmp_path / "b.png").read_bytes()
    assert len(made) < 0.5 * (tmp_path / "full.png").stat().st_size
    full, small = (image.open(tmp_path / name) for name in ("full.png", "a.png"))
    assert (small.mode, small.size, small.info["dpi"]) == ("P", full.size, full.info["dpi"])
    before, after = (np.asarray(each.convert("RGB")).reshape(-1, 3).astype(int) for each in (full, small))
    for _, colour in sorted(full.convert("RGB").getcolors(10**6), reverse=True)[:6]:  # areas of one colour
        assert set(map(tuple, after[(before == colour).all(axis=1)])) == {colour}
    assert np.quantile(np.abs(before - after), 0.99) <= 8


def test_a_transparent_png_stays_as_it_is() -> None:
    image = pytest.importorskip("PIL.Image")
    stream = io.BytesIO()
    image.new("RGBA", (4, 4), (10, 20, 30, 40)).save(stream, format="png")
    assert compact_png(stream.getvalue()) == stream.getvalue()


def test_show_draws_a_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    out = tmp_path / "map.png"
    assert main(["show", "europe-institutions-2026", "--map", str(out)]) == 0
    assert "| DE " in capsys.readouterr().out
    assert out.read_bytes().startswith(b"\x89PNG")
    assert main(["show", "europe-institutions-2026", "--by", "EU", "--json", "--map", str(tmp_path / "map.svg")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["by"], len(said["rows"])) == ("EU", 31)
    assert "<svg" in (tmp_path / "map.svg").read_text("utf-8")
    assert {p.name for p in tmp_path.iterdir()} == {"map.png", "map.svg"}


def test_show_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "icc-account-closure", "--by", "US"]) == 2
    assert capsys.readouterr().err == "mailrift show: --by and --map are for worlds, and icc-account-closure is a scenario\n"
    assert main(["show", "europe-institutions-2026", "--by", "ZZ"]) == 3
    assert capsys.readouterr().err == "by: expected a jurisdiction or bloc of europe-institutions-2026, got 'ZZ'\n"
    assert main(["show", "europe-institutions-2026", "--by", "ZZ", "--map", str(tmp_path / "map.png")]) == 3
    with pytest.raises(SystemExit) as raised:
        main(["show", "europe-institutions-2026", "--map", str(tmp_path / "map.txt")])
    assert raised.value.code == 2
    assert "expected a file that ends in .png, .svg or .pdf" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_map_in_a_missing_folder_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    place = tmp_path / "none" / "map.png"
    assert main(["show", "europe-institutions-2026", "--map", str(place)]) == 3
    assert capsys.readouterr().err == f"{place}: expected a file in a folder that exists\n"


def test_show_json_without_by_is_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "europe-institutions-2026", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == mr.load_world("europe-institutions-2026").document


WITHOUT = """
import sys
sys.modules["matplotlib"] = None
from mailrift.cli import main
sys.exit(main(["show", "europe-institutions-2026", *sys.argv[1:]]))
"""


def test_without_matplotlib_the_table_works_and_the_map_says_what_to_install(tmp_path: Path) -> None:
    table = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)
    assert (table.returncode, table.stderr) == (0, "")
    drawn = subprocess.run([sys.executable, "-c", WITHOUT, "--map", str(tmp_path / "map.png")], capture_output=True, text=True, check=False)
    assert (drawn.returncode, drawn.stdout) == (4, "")
    assert drawn.stderr == 'this needs matplotlib: pip install "mailrift[plot]"\n'
    assert list(tmp_path.iterdir()) == []


def test_the_package_loads_numpy_alone() -> None:
    code = "import sys, mailrift, mailrift.cli, mailrift.plot; print(sorted({'matplotlib', 'pandas', 'xarray'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
