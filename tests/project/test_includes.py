"""Includes point one way, each library has its place, and the core prints nothing."""

from __future__ import annotations

import pytest

from includes import INCLUDE, MODEL_ROWS, problems
from sources import ROOT, cpp_files, shown


def test_includes_point_one_way() -> None:
    files = cpp_files("sim", "models", "bindings", "tests")
    assert files
    found = [problem for path in files for problem in problems(shown(path), path.read_text())]
    assert found == []


def test_our_includes_name_files_from_the_root() -> None:
    missing = [
        f"{shown(path)}: {name}"
        for path in cpp_files("sim", "models", "bindings", "tests")
        for bracket, name in INCLUDE.findall(path.read_text())
        if bracket == '"' and not (ROOT / name).is_file()
    ]
    assert missing == []


def test_the_table_knows_every_folder() -> None:
    known = {folder for row in MODEL_ROWS for folder in row}
    assert {path.name for path in (ROOT / "models").iterdir() if path.is_dir()} <= known


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("sim/x.h", '#include "models/world/world.h"', "sim may not include models/world/world.h"),
        ("models/world/x.h", '#include "models/network/x.h"', "models/world may not include"),
        ("models/network/x.h", '#include "models/population/x.h"', "models/network may not include"),
        ("models/traffic/x.cpp", '# include "models/measure/x.h"', "models/traffic may not include"),
        ("models/scenario/x.cpp", '#include "models/control/x.h"', "models/scenario may not include"),
        ("models/control/x.cpp", '#include "bindings/bind.h"', "models/control may not include"),
        ("models/elsewhere/x.cpp", '#include "models/world/world.h"', "models/elsewhere may not include"),
        ("sim/json.h", "#include <nlohmann/json.hpp>", "nlohmann may be included in"),
        ("models/world/x.cpp", "#include <boost/graph/graph_traits.hpp>", "boost may be included in"),
        ("models/control/x.cpp", "#include <pybind11/pybind11.h>", "pybind11 may be included in"),
        ("sim/x.cpp", "#include <iostream>", "<iostream> may not be included in the core"),
        ("models/world/x.cpp", 'std::printf("x");', "prints by printf"),
    ],
)
def test_the_check_finds(path: str, text: str, problem: str) -> None:
    assert len(problems(path, text)) == 1
    assert problem in problems(path, text)[0]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("models/control/x.cpp", '#include "models/scenario/x.h"\n#include "models/network/y.h"\n#include "sim/time.h"'),
        ("models/measure/x.cpp", '#include "models/delivery/state.h"\n#include <Eigen/Core>'),
        ("sim/json_read.cpp", "#include <nlohmann/json.hpp>\n#include <vector>"),
        ("bindings/module.cpp", "#include <pybind11/pybind11.h>"),
    ],
)
def test_the_check_allows(path: str, text: str) -> None:
    assert problems(path, text) == []
