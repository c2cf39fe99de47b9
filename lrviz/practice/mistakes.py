"""The mistakes that are known by name: one table.

A problem says what each mistake that is possible in it comes to; the names, the sentences and
the lines of the derivation that settle them stand here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from lrviz.core.graph import Loss
from lrviz.text.derivation import parts, steps


class Mistake(NamedTuple):
    """A misconception.

    Attributes
    ----------
    name : str
        A few words, for "That is the number of: …".
    sentence : str
        What was done, and what belongs there.
    part : str
        The part of the derivation that settles it: the URL field ``part``.
    rule : str
        How the rule of the line begins that settles it.
    """

    name: str
    sentence: str
    part: str
    rule: str


_RESIDUAL = ("3", "cancel: ya is taken away")
_SLOPE = ("3", "put in: the result of ②")
_CHAIN = ("result", "put in: the result of ④")
_MOVES = ("4", "constant factor: x₁ moves out")

#: Every mistake by its key.
MISTAKES: Mapping[str, Mistake] = MappingProxyType(
    {
        "sign": Mistake(
            "the sign flipped",
            "The size is right and the sign is not: a minus was lost on the way, or one too many "
            "put in.",
            *_RESIDUAL,
        ),
        "mirrored": Mistake(
            "the sign of z flipped",
            "This is σ(−z), which is 1 − a: the exponent in 1/(1 + e⁻ᶻ) is −z, and −z is positive "
            "where z is negative.",
            "goal",
            "put in: the formula of the sigmoid",
        ),
        "unlabelled": Mistake(
            "a in place of a − y",
            "The label is taken away from the prediction: what is left is how far off that is.",
            *_RESIDUAL,
        ),
        "swapped": Mistake(
            "y and a swapped",
            "It is a − y, prediction minus label; this is y − a, or the loss with the two in each "
            "other's place.",
            *_RESIDUAL,
        ),
        "label": Mistake(
            "the other label",
            "This is what comes out for the other label: y chooses which logarithm counts.",
            "goal",
            "definition: the log loss",
        ),
        "feature": Mistake(
            "the feature forgotten",
            "The weight's own feature is missing: ∂z/∂wᵢ is xᵢ, and it multiplies.",
            *_CHAIN,
        ),
        "stopped": Mistake(
            "stopped at ∂L/∂z",
            "This is ∂L/∂z: one arrow is left on the way to the parameter.",
            "result",
            "chain rule: wᵢ reaches L only through z",
        ),
        "other": Mistake(
            "the other feature",
            "Each weight meets its own feature only: w₁ meets x₁, and w₂ meets x₂.",
            *_MOVES,
        ),
        "bias": Mistake(
            "a feature where there is none",
            "The bias is simply added: ∂z/∂b is 1, and no feature belongs here.",
            "5",
            "zero: adding 0",
        ),
        "slope": Mistake(
            "a(1 − a) forgotten",
            "The way leads through the sigmoid, and its slope a(1 − a) multiplies.",
            *_SLOPE,
        ),
        "kept": Mistake(
            "a(1 − a) kept",
            "Under log loss a(1 − a) cancels against what ∂L/∂a divides by.",
            "3",
            "cancel: 1 − a above and below",
        ),
        "log10": Mistake(
            "the logarithm to base 10",
            "log is the natural logarithm here, the key ln of a calculator.",
            "goal",
            "definition: the log loss",
        ),
        "added": Mistake(
            "added where one multiplies",
            "Along one way rates multiply; only where ways meet does one add.",
            "strategy",
            "chain rule: z reaches L only through a",
        ),
        "multiplied": Mistake(
            "multiplied where one adds",
            "What meets in one place adds up.",
            "1",
            "sum rule: term by term",
        ),
        "one way": Mistake(
            "only one of the two ways",
            "a has two ways to the loss, and both count: their gradients add.",
            "1",
            "sum rule: term by term",
        ),
        "inner": Mistake(
            "the inner derivative of 1 − a forgotten",
            "Where a grows, 1 − a falls: that way has a factor of −1 more.",
            "1",
            "signs: adding a negative",
        ),
        "weight": Mistake(
            "the weight in place of its feature",
            "∂z/∂wᵢ is what stands next to wᵢ, and that is xᵢ; the weight itself is ∂z/∂xᵢ.",
            *_MOVES,
        ),
        "value": Mistake(
            "the value, not its rate",
            "This is the value itself; asked is how fast it changes.",
            "strategy",
            "chain rule: wᵢ reaches L only through z",
        ),
        "complement": Mistake(
            "1 − a forgotten",
            "The sigmoid's slope has two factors, a and 1 − a.",
            "2",
            "put in: the sigmoid of z is a",
        ),
        "no bias": Mistake(
            "the bias forgotten",
            "z has a last term, the bias b.",
            "goal",
            "multiply out",
        ),
        "bias sign": Mistake(
            "the bias with the other sign",
            "The bias is added with the sign it has.",
            "goal",
            "multiply out",
        ),
        "product": Mistake(
            "the sign of a product",
            "Minus times minus is plus, and minus times plus is minus.",
            "goal",
            "multiply out",
        ),
        "reciprocal": Mistake(
            "one over it forgotten",
            "σ is one over this.",
            "goal",
            "put in: the formula of the sigmoid",
        ),
        "rate": Mistake(
            "η forgotten",
            "The gradient was taken whole: the learning rate η says how much of it.",
            *_CHAIN,
        ),
        "ascent": Mistake(
            "a step uphill",
            "This step goes up: the gradient points to where the loss grows, so it is taken away.",
            *_CHAIN,
        ),
        "step": Mistake(
            "the step alone",
            "This is by how much the parameter moves; asked is where it then stands.",
            *_CHAIN,
        ),
        "stayed": Mistake(
            "no step taken",
            "This is where the parameter stood before the step.",
            *_CHAIN,
        ),
        "sum": Mistake(
            "the sum, not the mean",
            "The three gradients were added; their mean is a third of that.",
            *_CHAIN,
        ),
        "averaged": Mistake(
            "averaged before multiplying",
            "The mean of products is not the product of means: each example multiplies first.",
            *_CHAIN,
        ),
        "zero": Mistake(
            "the slope taken for 0",
            "It is small, but it is not zero: something is left to go down by.",
            "2",
            "put in: the sigmoid of z is a",
        ),
        "flat": Mistake(
            "the slope of σ alone",
            "σ is flat here, but the loss is as steep as σ is flat: the two multiply to a − y, and "
            "of a sure mistake that is about 1 in size.",
            *_RESIDUAL,
        ),
        "constant": Mistake(
            "b taken for a constant",
            "b is what moves here, and z moves by as much.",
            "5",
            "zero: adding 0",
        ),
        "rounded": Mistake(
            "rounded too early",
            "This is what comes out when a is cut to one decimal on the way; keep four digits.",
            "2",
            "put in: the sigmoid of z is a",
        ),
    }
)


def line_of(part: str, rule: str, loss: Loss = "log") -> int:
    """The number of a part's line, from 0, whose rule begins so: the URL field ``line``.

    Raises
    ------
    LookupError
        No line has it.
    """
    for n, step in enumerate(steps(parts(loss)[part])):
        if step.line.rule.plain.startswith(rule):
            return n
    raise LookupError(f"No line of {part} has the rule {rule!r}.")
