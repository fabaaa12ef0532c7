"""`import mailrift` loads NumPy and no other package; the rest comes when it is used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

LIST_MODULES = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"


def packages_after(statement: str, *, path: Path | None = None) -> set[str]:
    """Top-level names that are loaded after `statement` and not before it, the standard library's aside."""
    place = f"import sys; sys.path.insert(0, {str(path)!r}); " if path else ""
    loaded = []
    for first in ("pass", statement):
        run = subprocess.run([sys.executable, "-c", f"{place}{first}\n{LIST_MODULES}"], capture_output=True, text=True, check=True, cwd="/")
        loaded.append(set(json.loads(run.stdout)))
    return loaded[1] - loaded[0] - sys.stdlib_module_names


@pytest.mark.parametrize("statement", ["import mailrift", "import mailrift.cli"])
def test_import_loads_numpy_alone(statement: str) -> None:
    assert packages_after(statement) == {"mailrift", "numpy"}


def test_the_check_finds_another_package(tmp_path: Path) -> None:
    (tmp_path / "other_package.py").write_text("")
    (tmp_path / "bad_package.py").write_text("import numpy, json, other_package\n")
    assert packages_after("import bad_package", path=tmp_path) == {"bad_package", "numpy", "other_package"}
