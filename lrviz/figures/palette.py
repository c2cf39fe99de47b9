"""Every colour, by role, for light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Mode = Literal["light", "dark"]

#: Colours by role. Values and gradients follow Okabe & Ito's blue and vermillion, which stay
#: apart under every common colour vision; each text colour has a contrast of 4.5 or more
#: against the surface and the card of its mode. No two roles of a mode share a colour. What
#: parameters were over the steps is ``history``: trail, ball, loss curve, cursor. Runs compared
#: are ``history``, ``run_b`` and ``run_c``, which also differ in lightness.
PALETTES: Mapping[Mode, Mapping[str, str]] = MappingProxyType(
    {
        "light": MappingProxyType(
            {
                "text": "#1b2430",
                "muted": "#5b6675",
                "surface": "#ffffff",
                "card": "#f6f8fb",
                "data_card": "#f1f3f2",
                "line": "#c3cbd6",
                "edge": "#8590a0",
                "value": "#0b5fa5",
                "gradient": "#b23c00",
                "gradient_soft": "#fbe9df",
                "history": "#870569",
                "rate": "#6d28d9",
                "data": "#4d6258",
                "selection": "#39424f",
                "low": "#fffdf0",
                "high": "#86b6da",
                "class0": "#9a5b00",
                "class1": "#00705c",
                "run_b": "#1d3fd8",
                "run_c": "#2b0a33",
            }
        ),
        "dark": MappingProxyType(
            {
                "text": "#e8edf4",
                "muted": "#9aa7b8",
                "surface": "#0e1117",
                "card": "#1a202b",
                "data_card": "#181d1c",
                "line": "#3b4656",
                "edge": "#667487",
                "value": "#7cc0ff",
                "gradient": "#ff9d66",
                "gradient_soft": "#3a2417",
                "history": "#fc90bd",
                "rate": "#a97cff",
                "data": "#a5c396",
                "selection": "#f4f6fa",
                "low": "#0d0f1c",
                "high": "#63692c",
                "class0": "#e6b35a",
                "class1": "#4fd0aa",
                "run_b": "#8ff7f4",
                "run_c": "#f0f04a",
            }
        ),
    }
)

#: What the three colours of a graph stand for: in short, and in words for who sees it first.
ROLES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "value": ("value", "forward: the value of each node"),
        "rate": (
            "local derivative",
            "on an arrow: its local derivative, the slope of a tangent",
        ),
        "gradient": (
            "gradient",
            "backward: the gradient ∂L/∂node, how fast the loss changes with it",
        ),
    }
)

_BETWEEN: Mapping[Mode, tuple[str, ...]] = MappingProxyType(
    {
        "light": ("#f3efbd", "#cfe6b9", "#a3d3c6"),
        "dark": ("#1d2350", "#1f4069", "#205a63", "#3d6b47"),
    }
)
#: The loss from low to high, by mode: from yellow or indigo through green to blue or olive. Its
#: luminance goes one way only, so it is read without hue as well; the valley has the ground's.
RAMPS: Mapping[Mode, tuple[str, ...]] = MappingProxyType(
    {m: (PALETTES[m]["low"], *_BETWEEN[m], PALETTES[m]["high"]) for m in PALETTES}
)


def check_mode(mode: object) -> None:
    """Refuse what is no mode.

    Raises
    ------
    ValueError
        The mode is unknown.
    """
    if not isinstance(mode, str) or mode not in PALETTES:
        raise ValueError(f"The mode must be one of {', '.join(PALETTES)}, not {mode!r}.")
