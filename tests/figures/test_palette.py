"""The colours of the five roles can be read, and told apart whatever a person's cones are."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from lrviz.figures.palette import PALETTES

ROLES = ("value", "rate", "gradient", "history", "data")
#: Machado, Oliveira & Fernandes, A physiologically-based model for simulation of color vision
#: deficiency (IEEE TVCG 15, 2009), table 1, severity 1: linear RGB to linear RGB.
CONES = {
    "all three": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
#: IEC 61966-2-1: linear sRGB to XYZ, and the white of D65.
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
#: A difference of about 2.3 can just be noticed (Mahy, Van Eycken & Oosterlinck, 1994); this is
#: enough for a thin line.
APART = 18.0


def linear(colour):
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIE 1976 L*a*b* of a linear RGB."""
    t = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    d = 6 / 29
    f = np.where(t > d**3, np.cbrt(t), t / (3 * d**2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one, other):
    """The contrast of two colours as WCAG 2 defines it."""
    low, high = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", PALETTES)
@pytest.mark.parametrize("cones", CONES)
def test_the_roles_are_told_apart(mode, cones):
    seen = {role: lab(CONES[cones] @ linear(PALETTES[mode][role])) for role in ROLES}
    for one, other in itertools.combinations(ROLES, 2):
        distance = np.linalg.norm(seen[one] - seen[other])
        assert distance >= APART, (one, other, distance)


@pytest.mark.parametrize("mode", PALETTES)
@pytest.mark.parametrize("role", ["text", "muted", *ROLES, "selection"])
def test_what_is_written_can_be_read(mode, role):
    for ground in ("surface", "card"):
        assert contrast(PALETTES[mode][role], PALETTES[mode][ground]) >= 4.5


@pytest.mark.parametrize("mode", PALETTES)
def test_an_edge_that_is_not_lit_is_still_seen(mode):
    for ground in ("surface", "card"):
        assert contrast(PALETTES[mode]["edge"], PALETTES[mode][ground]) >= 3
