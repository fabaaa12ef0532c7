"""The core calls no transcendental function of libm: glibc picks their code by processor, so their bits are not ours to promise."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from sources import ROOT
from symbols import is_inexact, undefined_symbols


@pytest.mark.parametrize("name", ["libmailrift_sim.a", "libmailrift_models.a"])
def test_no_transcendental_symbol_is_undefined(name: str) -> None:
    library = ROOT / "build" / "release" / name
    assert library.is_file(), f"expected {library.relative_to(ROOT)}: `make test` builds it"
    symbols = undefined_symbols(library)
    assert len(symbols) > 20, "expected the library to use something of the standard library"
    assert sorted(symbol for symbol in symbols if is_inexact(symbol)) == []


@pytest.mark.parametrize(
    "symbol",
    "sin cosf tanl exp exp2 expm1f log logf128 log2 log10 log1p pow powl cbrt erf erfc tgamma lgamma lgamma_r sincos fma fmaf hypot "
    "atan atan2 __exp_finite __log_finite __powf_finite exp@GLIBC_2.29 log@@GLIBC_2.29 _ZGVbN2v_exp cexp".split(),
)
def test_the_check_knows(symbol: str) -> None:
    assert is_inexact(symbol)


@pytest.mark.parametrize(
    "symbol", "floor ceilf sqrt fmod fabsl ldexp logb memcpy _ZSt7nothrow _ZN3sim3logEd __assert_fail exit sinister logger".split()
)
def test_the_check_allows(symbol: str) -> None:
    assert not is_inexact(symbol)


def test_the_check_finds_a_call_in_a_library(tmp_path: Path) -> None:
    compiler = shutil.which("g++")
    assert compiler
    source = tmp_path / "bad.cpp"
    source.write_text("#include <cmath>\ndouble f(double x) { return std::lgamma(x) + std::sin(x) + std::floor(x); }\n")
    subprocess.run([compiler, "-O2", "-c", str(source), "-o", str(tmp_path / "bad.o")], check=True)
    subprocess.run(["ar", "rcs", str(tmp_path / "libbad.a"), str(tmp_path / "bad.o")], check=True)
    assert {symbol for symbol in undefined_symbols(tmp_path / "libbad.a") if is_inexact(symbol)} == {"lgamma", "sin"}
