"""The words of the field, each explained in a sentence where it is met."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Term to explanation. A longer term is found before a shorter one that it contains.
GLOSSARY: Mapping[str, str] = MappingProxyType(
    {
        "local derivative": "How fast the end of one arrow changes when its start alone changes: "
        "the slope of the tangent to that one operation.",
        "upstream gradient": "How fast the loss changes with the node that an arrow leads to: it "
        "comes back from the loss, and is multiplied by the local derivative.",
        "gradient": "How fast the loss changes with something, ∂L/∂something: its sign says which "
        "way is up, its size how steep.",
        "logit": "z, the weighted sum before the sigmoid: any number from −∞ to ∞. 0 is undecided.",
        "predicted probability": "a = σ(z), between 0 and 1: how likely the model holds y = 1.",
        "log loss": "The surprise at the label that is there: minus the logarithm of the "
        "probability that the model gave it. Also called binary cross-entropy.",
        "squared error": "Half the squared distance between the probability and the label.",
        "saturation": "Where σ is nearly flat: a is close to 0 or 1, and its slope ② close to 0.",
        "sigmoid": "σ(z) = 1/(1 + e⁻ᶻ), the S-shaped curve that turns a number into a probability.",
        "learning rate": "η: how far a step goes for a slope of 1.",
        "the loss": "L: one number that says how wrong the prediction is for this example. "
        "Training makes it small.",
    }
)
