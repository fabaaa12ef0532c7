"""Equal-area map projections of the sphere: Equal Earth for the globe, Lambert azimuthal for a continent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Radius of the sphere with the Earth's surface, km (authalic radius of WGS 84).
RADIUS = 6371.0072
_A = (1.340264, -0.081106, 0.000893, 0.003796)  # Savric, Patterson and Jenny 2019, equation 8
_M = np.sqrt(3) / 2


class Projection(Protocol):
    """From degrees to kilometres on a plane and back."""

    def forward(self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """East and north on the map, km."""

    def inverse(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitude and latitude, degrees."""


def _polynomial(theta: NDArray[np.float64]) -> NDArray[np.float64]:
    return theta * (_A[0] + _A[1] * theta**2 + _A[2] * theta**6 + _A[3] * theta**8)


def _derivative(theta: NDArray[np.float64]) -> NDArray[np.float64]:
    return _A[0] + 3 * _A[1] * theta**2 + 7 * _A[2] * theta**6 + 9 * _A[3] * theta**8


@dataclass(frozen=True)
class EqualEarth:
    """The globe, equal-area, with `longitude` (degrees) in the middle.

    With sin(theta) = sqrt(3)/2 sin(lat): x = 2 sqrt(3) R lon cos(theta) / (3 P'(theta)), y = R P(theta), P the odd polynomial of degree 9.
    The inverse solves P(theta) = y / R by Newton's method.

    References
    ----------
    B. Savric, T. Patterson, B. Jenny, The Equal Earth map projection, International Journal of Geographical Information Science 33 (2019)
    454-465.
    """

    longitude: float = 0.0

    def forward(self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """East and north on the map, km, of degrees; the longitude is not wrapped."""
        theta = np.arcsin(_M * np.sin(np.radians(latitude)))
        x = np.radians(np.asarray(longitude) - self.longitude) * np.cos(theta) / (_M * _derivative(theta))
        return RADIUS * x, RADIUS * _polynomial(theta)

    def inverse(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Degrees of a point of the map in km; inside its outline."""
        target = np.asarray(y, dtype=np.float64) / RADIUS
        theta = target / _A[0]
        for _ in range(12):  # converges quadratically; 5 steps are enough at the pole
            theta = theta - (_polynomial(theta) - target) / _derivative(theta)
        longitude = np.degrees(np.asarray(x) / RADIUS * _M * _derivative(theta) / np.cos(theta)) + self.longitude
        return longitude, np.degrees(np.arcsin(np.clip(np.sin(theta) / _M, -1, 1)))


@dataclass(frozen=True)
class Lambert:
    """Lambert's azimuthal equal-area projection of the sphere around (`longitude`, `latitude`), degrees; not given: 10 E, 52 N, for Europe.

    x = R k cos(lat) sin(dlon), y = R k (cos(lat0) sin(lat) - sin(lat0) cos(lat) cos(dlon)),
    k = sqrt(2 / (1 + sin(lat0) sin(lat) + cos(lat0) cos(lat) cos(dlon))).

    References
    ----------
    J. P. Snyder, Map projections: a working manual, U.S. Geological Survey Professional Paper 1395 (1987), chapter 24 (sphere, oblique).
    """

    longitude: float = 10.0
    latitude: float = 52.0

    def forward(self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """East and north on the map, km, of degrees; infinite at the point opposite to the centre."""
        dlon, lat, lat0 = np.radians(np.asarray(longitude) - self.longitude), np.radians(latitude), np.radians(self.latitude)
        cosine = np.sin(lat0) * np.sin(lat) + np.cos(lat0) * np.cos(lat) * np.cos(dlon)
        with np.errstate(divide="ignore", invalid="ignore"):
            k = np.sqrt(2 / (1 + cosine))
            return (
                RADIUS * k * np.cos(lat) * np.sin(dlon),
                RADIUS * k * (np.cos(lat0) * np.sin(lat) - np.sin(lat0) * np.cos(lat) * np.cos(dlon)),
            )

    def inverse(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Degrees of a point of the map in km, within 2 R of the centre."""
        x, y = np.asarray(x, dtype=np.float64) / RADIUS, np.asarray(y, dtype=np.float64) / RADIUS
        rho, lat0 = np.hypot(x, y), np.radians(self.latitude)
        c = 2 * np.arcsin(rho / 2)
        ratio = np.divide(np.sin(c), rho, out=np.ones_like(rho), where=rho > 0)
        latitude = np.arcsin(np.clip(np.cos(c) * np.sin(lat0) + y * ratio * np.cos(lat0), -1, 1))
        longitude = np.arctan2(x * ratio, np.cos(lat0) * np.cos(c) - y * ratio * np.sin(lat0))
        return np.degrees(longitude) + self.longitude, np.degrees(latitude)
