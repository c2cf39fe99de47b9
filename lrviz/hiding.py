"""What a link may leave out: one table, read by the link, the pages, the browser and Share.

A name here is a word of the URL field ``hide``. What follows from it, which numbers and formulas
that leaves out and which blocks go with them, is `lrviz.text.withheld`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

#: What may be left out, by kind, as the Share page groups it.
BLOCK, NUMBERS, FORMULAS = "Leave out", "Numbers to leave out", "Formulas to leave out"

#: The derivation's five components, by their number.
COMPONENTS: Final[Mapping[str, str]] = MappingProxyType(
    {"1": "① ∂L/∂a", "2": "② ∂a/∂z", "3": "③ ∂L/∂z", "4": "④ ∂z/∂wᵢ", "5": "⑤ ∂z/∂b"}
)


class Part(NamedTuple):
    """A row: what it is called, its kind, and what stands in its hint."""

    label: str
    kind: str
    hint: str = ""


#: Of the Graph page, by name. Names that links have had for longer come first, in their order.
GRAPH: Final[Mapping[str, Part]] = MappingProxyType(
    {
        "derivation": Part("The derivation", BLOCK),
        "check": Part("Check", BLOCK, "The gradient check."),
        "try": Part("Presets", BLOCK, "Presets, the nudge and the step."),
        "product": Part("The chain rule", BLOCK, "The product below the picture."),
        "player": Part("Step by step", BLOCK),
        "values": Part("Computed numbers", NUMBERS, "All that is not an input."),
        "forward": Part("z, a and L", NUMBERS, "The values of the forward pass."),
        "gradients": Part("∂L/∂w and ∂L/∂b", NUMBERS, "And ③ with them: ∂L/∂b is the same number."),
        **{f"number{n}": Part(label, NUMBERS) for n, label in COMPONENTS.items()},
        "formulas": Part("Every formula", FORMULAS, "Those of ① to ⑤; z, a and L keep theirs."),
        **{f"formula{n}": Part(f"{label} = …", FORMULAS) for n, label in COMPONENTS.items()},
    }
)
#: Of the Practice page.
PRACTICE: Final[Mapping[str, Part]] = MappingProxyType(
    {"solution": Part("Hints, solutions and mistakes", BLOCK, "The first answer counts.")}
)
#: Of the Training page: its sections.
TRAINING: Final[Mapping[str, Part]] = MappingProxyType(
    {
        "data": Part("The data", BLOCK),
        "rates": Part("Learning rates", BLOCK),
        "contributions": Part("What each example adds", BLOCK),
        "rule": Part("The update rule", BLOCK),
        "example": Part("The chosen example", BLOCK),
        "history": Part("The steps so far", BLOCK),
    }
)
