"""Prints the time of `import mailrift` over NumPy's and of the shipped scenario's run, with machine and number of measurements."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys

REPEATS = 11
SCENARIO = "icc-account-closure"
TIMED = "import time, numpy; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"


def processor() -> str:
    """The processor's name, as far as the system tells it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} threads"


def import_seconds() -> list[float]:
    """Seconds of the import in a fresh interpreter that has NumPy loaded."""
    command = [sys.executable, "-c", TIMED.format(statement="import mailrift")]
    return [float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(REPEATS)]


def run_seconds() -> list[float]:
    """Seconds that runs of the shipped scenario take in the core."""
    import mailrift

    scenario = mailrift.load(SCENARIO)
    return [float(mailrift.run(scenario, seed=seed).seconds) for seed in range(1, REPEATS + 1)]


def show(what: str, seconds: list[float]) -> None:
    """One line: median, least and greatest in milliseconds."""
    middle, least, greatest = (1000 * value for value in (statistics.median(seconds), min(seconds), max(seconds)))
    print(f"{what}: median {middle:.1f} ms, {least:.1f} to {greatest:.1f} ms, {len(seconds)} times")


def main() -> None:
    """Prints the machine and one line a measurement."""
    print(f"{processor()}; Python {platform.python_version()}")
    show("import mailrift, NumPy loaded before", import_seconds())
    show(f"run of {SCENARIO}", run_seconds())


if __name__ == "__main__":
    main()
