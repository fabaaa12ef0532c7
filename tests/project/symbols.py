"""Which functions of the system's mathematical library the core may call: those that are exact, and no other."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

# Correctly rounded or exact by definition on every machine, so their bits cannot differ.
EXACT = set(
    "ceil floor trunc round rint nearbyint lrint llrint lround llround sqrt fabs fmod remainder remquo modf frexp ldexp scalbn scalbln "
    "ilogb logb copysign nextafter nexttoward fmax fmin fdim".split()
)
# Everything else that <math.h> names: approximations whose bits change with the library and, by its dispatch, with the processor.
# fma is exact, but its presence means that a product was not rounded.
INEXACT = set(
    "acos acosh asin asinh atan atan2 atanh cbrt cos cosh erf erfc exp exp10 exp2 expm1 fma gamma hypot j0 j1 jn lgamma lgamma_r log "
    "log10 log1p log2 pow pow10 powi sin sincos sinh sinpi cospi tan tanh tgamma y0 y1 yn "
    "cacos cacosh casin casinh catan catanh ccos ccosh cexp clog clog10 cpow csin csinh csqrt ctan ctanh".split()
)
NAME = re.compile(r"(?:__)?([a-z0-9_]+?)(?:_finite|_r_finite)?(?:@.*)?")


def is_inexact(symbol: str) -> bool:
    """Whether `symbol` is one of INEXACT in any of its spellings: f, l, f32x, f128, __x_finite, vector variants, with a version."""
    if symbol.startswith("_ZGV"):  # libmvec: _ZGVbN2v_sin
        return True
    match = NAME.fullmatch(symbol)
    if match is None or symbol.startswith("_Z"):
        return False
    name = match.group(1)
    return any(re.fullmatch(rf"(?:ieee754_)?{base}(?:f|l|f16|f32|f64|f128|f32x|f64x)?", name) for base in INEXACT) and name not in EXACT


def undefined_symbols(library: Path) -> set[str]:
    """The symbols that a library's object files use and do not define."""
    listing = subprocess.run(["nm", "--undefined-only", "--format=posix", str(library)], capture_output=True, text=True, check=True)
    return {line.split()[0] for line in listing.stdout.splitlines() if line and not line.endswith(":")}
