#!/usr/bin/env python3
"""Makes the country shapes of the maps from Natural Earth: `make_geometry.py countries-50m.json countries-10m.json OUT`.

The inputs are the TopoJSON files of the npm package world-atlas 2.0.2 (`npm pack world-atlas@2.0.2`), which holds Natural Earth 4.1.0
(public domain). Borders are shared arcs, so both sides are simplified alike (Visvalingam and Whyatt 1993: drop the point whose triangle
with its neighbours is least, until all are above a threshold); countries too small for the first file become points, from the second.

Boundaries are those of Natural Earth, de facto; they state no claim. ISO 3166-1 has no code for Northern Cyprus and Somaliland, which are
drawn with CY and SO, nor for Kosovo, drawn as XK; land without a code otherwise (one glacier, some reefs) is left out.

OUT is JSON: `scale` (units per degree), `countries`: alpha-2 code to rings, each a flat list x0, y0, dx1, dy1, ... of whole numbers, the
first point not repeated, outer rings and holes alike (even-odd rule), the largest ring first; `points`: alpha-2 code to [x, y].
"""

from __future__ import annotations

import heapq
import itertools
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SCALE = 100  # units per degree
LEAST_TRIANGLE = 20.0  # km2: about two pixels of a map of Europe 1,200 pixels wide
LEAST_RING = 30.0  # km2: smaller islands go, but never a country's largest ring
KM = 111.2  # a degree of latitude

Point = tuple[float, float]
Ring = list[Point]

# ISO 3166-1: numeric and alpha-2 code.
CODES = """
004AF 008AL 010AQ 012DZ 016AS 020AD 024AO 028AG 031AZ 032AR 036AU 040AT 044BS 048BH 050BD 051AM 052BB 056BE 060BM 064BT 068BO 070BA
072BW 074BV 076BR 084BZ 086IO 090SB 092VG 096BN 100BG 104MM 108BI 112BY 116KH 120CM 124CA 132CV 136KY 140CF 144LK 148TD 152CL 156CN
158TW 162CX 166CC 170CO 174KM 175YT 178CG 180CD 184CK 188CR 191HR 192CU 196CY 203CZ 204BJ 208DK 212DM 214DO 218EC 222SV 226GQ 231ET
232ER 233EE 234FO 238FK 239GS 242FJ 246FI 248AX 250FR 254GF 258PF 260TF 262DJ 266GA 268GE 270GM 275PS 276DE 288GH 292GI 296KI 300GR
304GL 308GD 312GP 316GU 320GT 324GN 328GY 332HT 334HM 336VA 340HN 344HK 348HU 352IS 356IN 360ID 364IR 368IQ 372IE 376IL 380IT 384CI
388JM 392JP 398KZ 400JO 404KE 408KP 410KR 414KW 417KG 418LA 422LB 426LS 428LV 430LR 434LY 438LI 440LT 442LU 446MO 450MG 454MW 458MY
462MV 466ML 470MT 474MQ 478MR 480MU 484MX 492MC 496MN 498MD 499ME 500MS 504MA 508MZ 512OM 516NA 520NR 524NP 528NL 531CW 533AW 534SX
535BQ 540NC 548VU 554NZ 558NI 562NE 566NG 570NU 574NF 578NO 580MP 581UM 583FM 584MH 585PW 586PK 591PA 598PG 600PY 604PE 608PH 612PN
616PL 620PT 624GW 626TL 630PR 634QA 638RE 642RO 643RU 646RW 652BL 654SH 659KN 660AI 662LC 663MF 666PM 670VC 674SM 678ST 682SA 686SN
688RS 690SC 694SL 702SG 703SK 704VN 705SI 706SO 710ZA 716ZW 724ES 728SS 729SD 732EH 740SR 744SJ 748SZ 752SE 756CH 760SY 762TJ 764TH
768TG 772TK 776TO 780TT 784AE 788TN 792TR 795TM 796TC 798TV 800UG 804UA 807MK 818EG 826GB 831GG 832JE 833IM 834TZ 840US 850VI 854BF
858UY 860UZ 862VE 876WF 882WS 887YE 894ZM
"""
ALPHA2 = {word[:3]: word[3:] for word in CODES.split()}
NO_NUMBER = {"Kosovo": "XK", "N. Cyprus": "CY", "Somaliland": "SO"}


def area(points: Sequence[Point]) -> float:
    """Area of a ring in km2, degrees of longitude shortened by the cosine of its mean latitude."""
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, [*points[1:], points[0]], strict=True))
    latitude = sum(p[1] for p in points) / len(points)
    return abs(twice) / 2 * KM * KM * math.cos(math.radians(latitude))


def simplified(line: Sequence[Point], least: float) -> Ring:
    """Visvalingam and Whyatt: removes inner points by growing triangle until all triangles are at least `least` km2; the ends stay."""
    before = list(range(-1, len(line) - 1))
    after = list(range(1, len(line) + 1))

    def triangle(i: int) -> float:
        return area((line[before[i]], line[i], line[after[i]]))

    sizes = [math.inf, *(triangle(i) for i in range(1, len(line) - 1)), math.inf]
    heap = [(size, i) for i, size in enumerate(sizes)]
    heapq.heapify(heap)
    gone = set[int]()
    while heap:
        size, i = heapq.heappop(heap)
        if size >= least:
            break
        if i in gone or size != sizes[i]:
            continue
        gone.add(i)
        after[before[i]], before[after[i]] = after[i], before[i]
        for j in (before[i], after[i]):
            if 0 < j < len(line) - 1:
                sizes[j] = max(triangle(j), size)  # a removal never makes a neighbour smaller than itself
                heapq.heappush(heap, (sizes[j], j))
    return [point for i, point in enumerate(line) if i not in gone]


def decoded(topology: dict[str, Any]) -> list[Ring]:
    """The arcs of a quantised topology in degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        arcs.append(line)
    return arcs


def joined(indices: Sequence[int], arcs: Sequence[Ring]) -> Ring:
    """A ring from its arcs; ~i is arc i backwards; the first point is not repeated at the end."""
    ring: Ring = []
    for index in indices:
        line = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += line[1:] if ring else line
    return ring[:-1]


def half(ring: Sequence[Point], edge: float, sign: int) -> Ring:
    """The part of a ring with sign * (longitude - edge) >= 0 (Sutherland and Hodgman 1974)."""
    kept: Ring = []
    for a, b in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        da, db = sign * (a[0] - edge), sign * (b[0] - edge)
        if da >= 0:
            kept.append(a)
        if da * db < 0:
            kept.append((edge, a[1] + (b[1] - a[1]) * da / (da - db)))
    return kept


def cut(ring: Ring) -> list[Ring]:
    """Parts of a ring between -180 and 180 degrees; one that goes around a pole gets the pole's line as an edge."""
    turned = [ring[0]]
    for x, y in ring[1:]:
        turned.append((x + 360 * round((turned[-1][0] - x) / 360), y))
    winding = 360 * round((turned[-1][0] - ring[0][0]) / 360)
    if winding:
        pole = math.copysign(90, sum(y for _, y in ring))
        turned += [(ring[0][0] + winding, ring[0][1]), (ring[0][0] + winding, pole), (ring[0][0], pole)]
    parts = []
    for turn in (-360, 0, 360):
        part = half(half([(x + turn, y) for x, y in turned], -180, 1), 180, -1)
        if part and (turn == 0 or area(part) > 0):  # what only touches the edge is no part beyond it
            parts.append(part)
    return parts


def countries(topology: dict[str, Any], arcs: Sequence[Ring]) -> dict[str, list[Ring]]:
    """Rings by alpha-2 code, the largest first."""
    found: dict[str, list[Ring]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = ALPHA2.get(geometry.get("id", ""), NO_NUMBER.get(geometry["properties"]["name"], ""))
        polygons = geometry.get("arcs", [])
        rings = polygons if geometry["type"] == "Polygon" else [ring for polygon in polygons for ring in polygon]
        if code:
            found.setdefault(code, []).extend(part for ring in rings for part in cut(joined(ring, arcs)))
    return {code: sorted(rings, key=area, reverse=True) for code, rings in found.items()}


def centre(ring: Ring) -> Point:
    """Mean of a ring's vertices: good enough for an islet."""
    return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)


def quantised(ring: Ring) -> list[int]:
    """Whole units, repeated points dropped, differences after the first point."""
    units = [(round(x * SCALE), round(y * SCALE)) for x, y in ring]
    units = [p for p, last in zip(units, [units[-1], *units[:-1]], strict=True) if p != last]
    flat = list(units[0]) if units else []
    for (x0, y0), (x1, y1) in itertools.pairwise(units):
        flat += [x1 - x0, y1 - y0]
    return flat


def shapes(medium: dict[str, Any]) -> dict[str, list[list[int]]]:
    """Simplified and quantised rings by alpha-2 code; a country of which nothing is left is missing."""
    whole = countries(medium, decoded(medium))
    simple = countries(medium, [simplified(arc, LEAST_TRIANGLE) for arc in decoded(medium)])
    result = {}
    for code in sorted(simple):
        largest = area(whole[code][0])
        rings = [ring for ring in simple[code] if len(ring) >= 3 and area(ring) > 0 and area(ring) >= min(LEAST_RING, 0.5 * largest)]
        flat = [line for line in map(quantised, rings) if len(line) >= 6]
        if flat:
            result[code] = flat
    return result


def main(arguments: Sequence[str]) -> int:
    """Reads both files and writes OUT."""
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    medium, fine = (json.loads(Path(name).read_text("utf-8")) for name in arguments[:2])
    rings = shapes(medium)
    small = {code: centre(found[0]) for code, found in countries(fine, decoded(fine)).items() if code not in rings}
    document = {
        "source": "Natural Earth 4.1.0, admin 0 countries, 1:50m, points 1:10m; public domain; simplified by tools/make_geometry.py",
        "scale": SCALE,
        "countries": rings,
        "points": {code: [round(x * SCALE), round(y * SCALE)] for code, (x, y) in sorted(small.items())},
    }
    lines = json.dumps(document, separators=(",", ":")).replace('"countries":', '\n"countries":').replace('],"', '],\n"')
    Path(arguments[2]).write_text(lines + "\n", encoding="utf-8")
    points = sum(len(ring) // 2 for found in rings.values() for ring in found)
    print(f"{len(rings)} countries of {points} points, {len(small)} points: {' '.join(sorted(small))}; no shape: ", end="")
    print(" ".join(sorted(set(ALPHA2.values()) - set(rings) - set(small))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
