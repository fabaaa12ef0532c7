"""Derives the coefficients of sim/math_coefficients.h from definitions, with 60 digits: python3 tests/sim/math_coefficients.py.

Each is a Chebyshev interpolation (nodes cos(pi (2 j + 1)/(2 n))), cut off where terms fall below 2e-18 and written out in powers.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, getcontext
from functools import cache

getcontext().prec = 60

NODES = 48
CUT = Decimal("2e-18")
CDF_MIDDLE = Decimal(4)  # where the argument of the tail's polynomial is 0; 4 and 5 need the fewest terms
CENTRAL = Decimal("0.375")  # |p - 1/2| up to which the quantile is a polynomial in p - 1/2, that is s = sqrt(-2 log p) > 2.039
NEAR = (Decimal(2), Decimal("3.25"))  # s from there
FAR = (Decimal("3.25"), Decimal("38.61"))  # and on: s of the smallest positive double is 38.6005
FAR_MIDDLE = Decimal(5)


def arc_cotangent(n: int) -> Decimal:
    """arctan(1/n) by its series."""
    power = total = Decimal(1) / n
    k = 1
    while abs(power) > Decimal("1e-65"):
        power /= -n * n
        k += 2
        total += power / k
    return total


PI = 4 * (4 * arc_cotangent(5) - arc_cotangent(239))  # Machin 1706


def cosine(angle: Decimal) -> Decimal:
    """cos by its series."""
    total = term = Decimal(1)
    k = 0
    while abs(term) > Decimal("1e-70"):
        k += 2
        term *= -angle * angle / (k * (k - 1))
        total += term
    return total


def density(x: Decimal) -> Decimal:
    """The standard normal density."""
    return (-x * x / 2).exp() / (2 * PI).sqrt()


@cache
def mills_ratio(x: Decimal) -> Decimal:
    """(1 - Phi(x))/phi(x) for x >= 0: by the series of Phi - 1/2 below 5, by Laplace's continued fraction above."""
    if x >= 5:
        fraction = x
        for n in range(600, 0, -1):
            fraction = x + n / fraction
        return 1 / fraction
    term = total = x
    n = 1
    while abs(term) > Decimal("1e-75"):
        n += 2
        term *= x * x / n
        total += term
    return 1 / (2 * density(x)) - total


def upper_quantile(log_p: Decimal) -> Decimal:
    """The x > 0 with log(1 - Phi(x)) = log_p, by Newton's method."""
    x = (-2 * log_p).sqrt() - 1 if log_p < -4 else Decimal(1)
    for _ in range(100):
        ratio = mills_ratio(x)
        step = ((density(x) * ratio).ln() - log_p) * ratio
        x += step
        if abs(step) < Decimal("1e-50"):
            return x
    raise ArithmeticError(f"no quantile for log p = {log_p}")


def chebyshev(function: Callable[[Decimal], Decimal]) -> list[Decimal]:
    """Coefficients of the interpolation of `function` on [-1, 1], cut off."""
    nodes = [cosine(PI * (2 * j + 1) / (2 * NODES)) for j in range(NODES)]
    values = [function(node) for node in nodes]
    now, following = [Decimal(1)] * NODES, list(nodes)
    coefficients = []
    for _ in range(NODES):
        coefficients.append(sum(a * b for a, b in zip(now, values, strict=False)) * 2 / NODES)
        now, following = following, [2 * t * b - a for t, a, b in zip(nodes, now, following, strict=False)]
    coefficients[0] /= 2
    while abs(coefficients[-1]) < CUT:
        coefficients.pop()
    return coefficients


def powers(coefficients: list[Decimal]) -> list[Decimal]:
    """A sum of Chebyshev polynomials as coefficients of 1, t, t^2, ..."""
    n = len(coefficients)
    total = [Decimal(0)] * n
    now, following = [Decimal(1)] + [Decimal(0)] * (n - 1), [Decimal(0), Decimal(1)] + [Decimal(0)] * (n - 2)
    for coefficient in coefficients:
        total = [t + coefficient * a for t, a in zip(total, now, strict=False)]
        shifted = [Decimal(0), *following[:-1]]
        now, following = following, [2 * s - a for s, a in zip(shifted, now, strict=False)]
    return total


def half_line(t: Decimal, middle: Decimal) -> Decimal:
    """The x in [0, inf) with t = (x - middle)/(x + middle)."""
    return middle * (1 + t) / (1 - t)


def cdf_tail(t: Decimal) -> Decimal:
    """(x + a) (1 - Phi(x))/phi(x), which is 1 at both ends and near it between."""
    x = half_line(t, CDF_MIDDLE)
    return mills_ratio(x) * (x + 1 / mills_ratio(Decimal(0)))


def quantile_centre(v: Decimal) -> Decimal:
    """x/q for q = Phi(x) - 1/2, with q^2 = (1 + v) CENTRAL^2/2."""
    q = CENTRAL * ((1 + v) / 2).sqrt()
    return upper_quantile((Decimal("0.5") - q).ln()) / q


def quantile_over(s: Decimal) -> Decimal:
    """x/s for 1 - Phi(x) = exp(-s^2/2)."""
    return upper_quantile(-s * s / 2) / s


def quantile_near(v: Decimal) -> Decimal:
    """quantile_over, for s spread evenly over -1 <= v <= 1."""
    return quantile_over(NEAR[0] + (1 + v) / 2 * (NEAR[1] - NEAR[0]))


def far_bounds() -> tuple[Decimal, Decimal]:
    """The ends of t = (s - middle)/(s + middle) over the far tail."""
    low, high = ((s - FAR_MIDDLE) / (s + FAR_MIDDLE) for s in FAR)
    return low, high


def quantile_far(v: Decimal) -> Decimal:
    """quantile_over, for t spread evenly over -1 <= v <= 1."""
    low, high = far_bounds()
    return quantile_over(half_line(low + (1 + v) / 2 * (high - low), FAR_MIDDLE))


def as_table(name: str, text: str, coefficients: list[Decimal]) -> str:
    """A C++ array of the nearest doubles, in hexadecimal."""
    numbers = [float(c).hex() for c in coefficients]
    rows = [", ".join(numbers[i : i + 4]) for i in range(0, len(numbers), 4)]
    return f"/// {text}\ninline constexpr std::array {name}{{\n    " + ",\n    ".join(rows) + ",\n};\n"


def header() -> str:
    """The whole of sim/math_coefficients.h."""
    low, high = far_bounds()
    scale = 2 / (high - low)
    numbers = {
        "kCdfMiddle": CDF_MIDDLE,
        "kCdfOffset": 1 / mills_ratio(Decimal(0)),
        "kQuantileCentral": CENTRAL,
        "kQuantileNearMiddle": (NEAR[0] + NEAR[1]) / 2,
        "kQuantileNearScale": 2 / (NEAR[1] - NEAR[0]),
        "kQuantileFar": FAR[0],
        "kQuantileFarMiddle": FAR_MIDDLE,
        "kQuantileFarScale": scale,
        "kQuantileFarShift": -1 - low * scale,
    }
    parts = [
        "// Coefficients of the normal distribution function and its inverse; written by tests/sim/math_coefficients.py.",
        "#pragma once\n\n#include <array>\n\nnamespace sim {\n\n// clang-format off\n",
        "".join(f"inline constexpr double {name} = {float(number).hex()};\n" for name, number in numbers.items()),
        as_table(
            "kCdfTail", "(x + offset)(1 - Phi(x))/phi(x) in powers of (x - middle)/(x + middle), x >= 0.", powers(chebyshev(cdf_tail))
        ),
        as_table("kQuantileCentre", "x/q for Phi(x) = 1/2 + q in powers of 2 (q/central)^2 - 1.", powers(chebyshev(quantile_centre))),
        as_table("kQuantileNear", "x/s for 1 - Phi(x) = exp(-s^2/2) in powers of scale (s - middle).", powers(chebyshev(quantile_near))),
        as_table("kQuantileTail", "The same in powers of shift + scale (s - middle)/(s + middle).", powers(chebyshev(quantile_far))),
        "// clang-format on\n\n}  // namespace sim\n",
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    print(header(), end="")
