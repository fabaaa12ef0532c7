"""Confidence intervals of means over replications."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def _central(angle: float, df: int) -> float:
    """Pr(|T| < t) of Student's t with t = sqrt(df) tan(angle): the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4."""
    cosine, sine = math.cos(angle), math.sin(angle)
    if df % 2 == 1:
        term = total = cosine if df > 1 else 0.0
        for k in range(3, df - 1, 2):
            term *= cosine * cosine * (k - 1) / k
            total += term
        return 2 / math.pi * (angle + sine * total)
    term = total = 1.0
    for k in range(2, df - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    return sine * total


def student_quantile(df: int, confidence: float = 0.95) -> float:
    """The t with Pr(|T| < t) = `confidence` of Student's law, to 1e-12 of its angle; `df`, degrees of freedom, 1 or more."""
    if df < 1:
        raise ValueError(f"df: expected 1 or more, got {df}")
    low, high = 0.0, math.pi / 2
    while high - low > 1e-13:
        middle = (low + high) / 2
        low, high = (middle, high) if _central(middle, df) < confidence else (low, middle)
    return math.sqrt(df) * math.tan(low)


def mean_and_half(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Mean over the last axis, and half of its 95 % interval by Student's law; None for one value, of which no error is known."""
    mean = values.mean(axis=-1)
    n = values.shape[-1]
    if n < 2:
        return mean, None
    return mean, student_quantile(n - 1) * values.std(axis=-1, ddof=1) / math.sqrt(n)
