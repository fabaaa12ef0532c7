"""The coefficients in sim/math_coefficients.h are those that their derivation gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_header_is_what_the_derivation_writes() -> None:
    script = ROOT / "tests" / "sim" / "math_coefficients.py"
    written = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True).stdout
    assert written == (ROOT / "sim" / "math_coefficients.h").read_text()
