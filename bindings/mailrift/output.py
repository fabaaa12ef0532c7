"""Result directories: written beside their place and moved there whole, so that none is half-written."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailrift import _core
from mailrift.picture import compact_png
from mailrift.results import DAY, Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure


#: What the columns of a result directory's tables are in, where it is no name or text.
UNITS = {
    "observed.csv": {"day": "d", "value": "share, 0..1"},
    "events.csv": {"at": "s from the start", "effect": "s from the start"},
    "ledger.csv": {"messages": "messages"},
    "sampling.csv": {"operators": "pairs", "simulated": "pairs", "rejected": "share, 0..1", "error": "share, standard error"},
}


def write_directory(out: Path, fill: Callable[[Path], None]) -> None:
    """Lets `fill` write into a new folder and puts it at `out`; a result directory that is there is replaced, anything else is refused.

    Raises
    ------
    ValueError
        If `out` is something else than an earlier result directory.
    """
    if out.exists() and not (out.is_dir() and ((out / "run.json").is_file() or not any(out.iterdir()))):
        raise ValueError(f"{out}: expected a new folder or an earlier result directory, got something else")
    out.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        fill(made)
        made.chmod(0o755)
        if out.exists():
            old = made.with_name(made.name + "-old")
            os.rename(out, old)
            os.rename(made, out)
            shutil.rmtree(old)
        else:
            os.rename(made, out)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def write_figure(path: Path, figure: Figure, dpi: int = 150) -> None:
    """A Matplotlib figure as .png (`compact_png`), .svg or .pdf, by the name's ending; written beside its place and moved there whole.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    check_figure_path(path)
    kind = path.suffix.lower().lstrip(".")
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    drawn = io.BytesIO()
    figure.savefig(drawn, format=kind, dpi=dpi, metadata=undated)
    write_whole(path, compact_png(drawn.getvalue()) if kind == "png" else drawn.getvalue())


def check_figure_path(path: Path) -> None:
    """Whether a file can be written there, to be asked before the work; raises OSError."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: expected a file in a folder that exists")
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(f"{path}: expected a file in a folder that can be written to")
    if path.is_dir():
        raise IsADirectoryError(f"{path}: expected a file, got a folder")


def write_whole(path: Path, data: bytes) -> None:
    """Writes `data` to `path` whole or not at all: into a new file beside it that then takes its place; raises OSError."""
    handle, made = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(made, 0o644)  # mkstemp's 0600 would hide the file from others
        os.replace(made, path)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise


def write_table(path: Path, columns: Mapping[str, Sequence[Any]]) -> None:
    """A CSV file with a header."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def _observed(run: Run) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {"measure": [], "source": [], "target": [], "weights": [], "day": [], "value": []}
    for series in run.core.observed():
        days = (series["ticks"] * run.core.slice / DAY).tolist()
        for key in ("measure", "source", "target", "weights"):
            columns[key] += [series[key]] * len(days)
        columns["day"] += days
        columns["value"] += series["values"].tolist()
    return columns


def manifest(run: Run) -> dict[str, Any]:
    """What a result directory says of itself: versions, scenario, seed, fingerprints."""
    return {
        "mailrift": _core.__version__,
        "scenario": run.scenario.name,
        "world": run.scenario.core.world,
        "share_of": run.core.unit,
        "seed": run.seed,
        "traffic": run.core.traffic,
        "notes": run.notes,
        "compliance": run.core.compliance,
        "finished_days": run.days,
        "interrupted": run.interrupted,
        "trajectory_fingerprint": run.core.trajectory_fingerprint,
        "results_fingerprint": run.core.results_fingerprint,
        "messages_written": run.core.written,
        "ledger_imbalance": run.core.imbalance,
        "units": UNITS,
        "document": run.scenario.document,
    }


def write_run(folder: Path, run: Run) -> None:
    """The manifest and the tables of a run."""
    (folder / "run.json").write_text(json.dumps(manifest(run), indent=2) + "\n", encoding="utf-8")
    write_table(folder / "observed.csv", _observed(run))
    write_table(folder / "events.csv", run.core.events())
    write_table(folder / "ledger.csv", run.core.ledger())
    write_table(folder / "sampling.csv", run.core.samples())
