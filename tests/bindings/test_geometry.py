"""Projections against known points, their inverse and the area of the sphere; shipped shapes against published areas and neighbours."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import mailrift
from mailrift.geometry import EqualEarth, Lambert, Projection, load_shapes
from mailrift.geometry.projection import RADIUS

ROOT = Path(__file__).parents[2]
BOTH = [EqualEarth(), EqualEarth(11.0), Lambert(), Lambert(-60.0, -20.0)]


def points(projection: Projection) -> tuple[np.ndarray, np.ndarray]:
    """1,000 places; for Lambert not within 20 degrees of the point opposite to the centre."""
    rng = np.random.default_rng(7)
    longitude, latitude = rng.uniform(-170, 170, 4000), np.degrees(np.arcsin(rng.uniform(-0.998, 0.998, 4000)))
    if isinstance(projection, Lambert):
        x, y = projection.forward(longitude, latitude)
        near = np.hypot(x, y) < 2 * RADIUS * np.sin(np.radians(80))
        longitude, latitude = longitude[near], latitude[near]
    return longitude[:1000], latitude[:1000]


@pytest.mark.parametrize("projection", BOTH, ids=str)
def test_there_and_back(projection: Projection) -> None:
    longitude, latitude = points(projection)
    back = projection.inverse(*projection.forward(longitude, latitude))
    np.testing.assert_allclose((np.asarray(back[0]) - longitude + 180) % 360 - 180, 0, atol=1e-9)
    np.testing.assert_allclose(back[1], latitude, atol=1e-9)


@pytest.mark.parametrize("projection", BOTH, ids=str)
def test_areas_are_those_of_the_sphere(projection: Projection) -> None:
    """The Jacobian by central differences is R^2 cos(latitude) everywhere."""
    longitude, latitude = points(projection)
    h = 1e-4
    east = (np.array(projection.forward(longitude + h, latitude)) - np.array(projection.forward(longitude - h, latitude))) / (
        2 * np.radians(h)
    )
    north = (np.array(projection.forward(longitude, latitude + h)) - np.array(projection.forward(longitude, latitude - h))) / (
        2 * np.radians(h)
    )
    jacobian = east[0] * north[1] - east[1] * north[0]
    np.testing.assert_allclose(jacobian / (RADIUS**2 * np.cos(np.radians(latitude))), 1, atol=1e-6)


def test_equal_earth_has_its_published_shape() -> None:
    """Savric, Patterson and Jenny 2019: height to width of the graticule 1 : 2.05458, poles 0.59247 times the equator."""
    one = np.array(1.0)
    equator, _ = EqualEarth().forward(180 * one, 0 * one)
    pole, top = EqualEarth().forward(180 * one, 90 * one)
    assert equator / top == pytest.approx(2.05458, abs=1e-4)
    assert pole / equator == pytest.approx(0.59247, abs=1e-4)
    assert EqualEarth().forward(0 * one, 0 * one) == (0, 0)


def test_lambert_by_hand() -> None:
    """The centre is the origin; a place at angle c lies 2 R sin(c / 2) away: the north pole 2 R sin(19 degrees) straight north."""
    assert Lambert().forward(np.array(10.0), np.array(52.0)) == pytest.approx((0, 0), abs=1e-9)
    assert Lambert().forward(np.array(123.0), np.array(90.0)) == pytest.approx((0, 2 * RADIUS * np.sin(np.radians(19))), abs=1e-8)
    # Snyder 1987, numerical example for the sphere (R = 3): centre 40 N, 100 W; 20 S, 100 E gives x = -4.2339303, y = 4.0257775.
    x, y = Lambert(-100.0, 40.0).forward(np.array(100.0), np.array(-20.0))
    assert (3 * x / RADIUS, 3 * y / RADIUS) == pytest.approx((-4.2339303, 4.0257775), abs=5e-7)


def area(code: str, projection: Projection) -> float:
    """km2; rings are summed with their signs, so that holes count against their outer ring."""
    total = 0.0
    for ring in load_shapes().rings[code]:
        x, y = projection.forward(ring[:, 0], ring[:, 1])
        total += float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2
    return abs(total)


@pytest.mark.parametrize(
    ("code", "km2", "within"),
    [
        ("DE", 357_000, 0.02),
        ("PL", 312_000, 0.02),
        ("ZA", 1_220_000, 0.02),
        ("BR", 8_510_000, 0.02),
        ("IS", 103_000, 0.03),
        ("LU", 2_586, 0.1),
    ],
)
def test_countries_have_their_area(code: str, km2: float, within: float) -> None:
    for projection in (EqualEarth(), Lambert()):
        assert area(code, projection) == pytest.approx(km2, rel=within)


def test_the_shapes_are_whole_and_small() -> None:
    shapes = load_shapes()
    assert len(shapes.rings) + len(shapes.points) >= 235
    assert not set(shapes.rings) & set(shapes.points)
    europe = "AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LT LU LV MT NL NO PL PT RO SE SI SK".split()
    assert set(europe) <= set(shapes.rings)
    for code, rings in shapes.rings.items():
        assert len(code) == 2
        for ring in rings:
            assert len(ring) >= 3, code
            assert np.abs(ring[:, 0]).max() <= 180.0, code
            assert np.abs(ring[:, 1]).max() <= 90.0, code
            across = np.abs(np.diff(ring[:, 0], append=ring[:1, 0]))
            assert across.max() < 180 or code == "AQ", f"{code} crosses the meridian of 180 degrees"
    assert (Path(mailrift.__file__).parent / "geometry" / "countries.json").stat().st_size < 400_000


def test_neighbours_share_their_border() -> None:
    """Simplified alike on both sides: the points of a border are the same ones."""
    rings = load_shapes().rings
    for a, b in (("DE", "PL"), ("FR", "ES"), ("NO", "SE"), ("US", "CA"), ("ZA", "LS")):
        shared = {tuple(p) for ring in rings[a] for p in ring} & {tuple(p) for ring in rings[b] for p in ring}
        assert len(shared) >= 15, (a, b)


def tool() -> ModuleType:
    """tools/make_geometry.py, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("make_geometry", ROOT / "tools" / "make_geometry.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_simplifying_drops_the_least_triangles() -> None:
    make_geometry = tool()
    line = [(0.0, 0.0), (1.0, 0.001), (2.0, 0.0), (3.0, 1.0), (4.0, 0.0)]
    assert make_geometry.simplified(line, 20.0) == [(0.0, 0.0), (2.0, 0.0), (3.0, 1.0), (4.0, 0.0)]
    assert make_geometry.simplified(line, 1e9) == [line[0], line[-1]]
    assert make_geometry.simplified(line, 0.0) == line
    assert make_geometry.area([(0.0, 60.0), (1.0, 60.0), (1.0, 60.1), (0.0, 60.1)]) == pytest.approx(0.5 * 0.1 * 111.2**2, rel=3e-3)
    assert make_geometry.quantised([(0.001, 0.0), (0.002, 0.0), (1.0, 0.5), (0.5, -1.0)]) == [0, 0, 100, 50, -50, -150]
    assert len(make_geometry.ALPHA2) == len(set(make_geometry.ALPHA2.values())) == 249


def test_rings_are_cut_at_180_degrees() -> None:
    make_geometry = tool()
    across = [(170.0, 0.0), (-170.0, 0.0), (-170.0, 10.0), (170.0, 10.0)]
    east, west = sorted(make_geometry.cut(across), reverse=True)
    assert set(east) == {(170.0, 0.0), (180.0, 0.0), (180.0, 10.0), (170.0, 10.0)}
    assert set(west) == {(-180.0, 0.0), (-170.0, 0.0), (-170.0, 10.0), (-180.0, 10.0)}
    cap = [(float(x), -80.0) for x in range(-170, 190, 20)]
    assert {y for part in make_geometry.cut(cap) for _, y in part} == {-80.0, -90.0}
    assert make_geometry.cut([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]) == [[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]]


def test_the_tool_decodes_shared_arcs(tmp_path: Path) -> None:
    """Two squares of one degree with a common side, AT (040) and DE (276): both rings are closed over the shared arc."""
    square = {
        "transform": {"scale": [0.01, 0.01], "translate": [10.0, 0.0]},
        "arcs": [[[100, 0], [0, 100]], [[100, 100], [-100, 0], [0, -100], [100, 0]], [[100, 0], [100, 0], [0, 100], [-100, 0]]],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "id": "040", "arcs": [[0, 1]], "properties": {"name": "A"}},
                    {"type": "MultiPolygon", "id": "276", "arcs": [[[2, -1]]], "properties": {"name": "B"}},
                ]
            }
        },
    }
    (tmp_path / "in.json").write_text(json.dumps(square), encoding="utf-8")
    command = [sys.executable, str(ROOT / "tools" / "make_geometry.py"), "in.json", "in.json", "out.json"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    made = json.loads((tmp_path / "out.json").read_text("utf-8"))["countries"]
    assert made == {"AT": [[1100, 0, 0, 100, -100, 0, 0, -100]], "DE": [[1100, 0, 100, 0, 0, 100, -100, 0]]}
