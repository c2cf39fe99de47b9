"""The cards of the guide, in one table: a new card touches this module alone."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, log, log10, nextafter
from types import MappingProxyType
from typing import Any

from lrviz.core.expression import plain
from lrviz.core.graph import differentiate
from lrviz.core.ops import OPS, SIGMOID
from lrviz.text.guide import Amount, Card, Choose, Option, Page, Try, Type, always
from lrviz.text.sentence import DOWN, ONE, UP, ZERO, Bounds
from lrviz.training.model import PARAMETERS

_LEAST = nextafter(0.0, inf)
NEGATIVE: Bounds = (None, -_LEAST)
POSITIVE: Bounds = (_LEAST, None)

#: Stages of the walk in the view "features": what is known when a card asks.
_Z, _A, _L, _BACK = 1, 2, 3, 5
#: The local derivatives on the way from w₁ to L.
_CHAIN = ("local.w1-z", "local.z-a", "local.a-L")

#: An example with the answer 1 that is judged wrongly.
_WRONGLY: Mapping[str, float] = MappingProxyType(
    {"x1": 0.5, "w1": -1.0, "x2": 0.25, "w2": 1.0, "b": 0.0}
)


def _descended(start: Mapping[str, float], below: float) -> dict[str, float]:
    """Where steps of gradient descent with η = 1 lead, as many as bring the loss below a limit."""
    at: dict[str, Any] = {**start, "y": 1.0}
    while (p := differentiate(**at)).values["L"] >= below:
        at |= {name: at[name] - float(p.adjoints[name]) for name in PARAMETERS}
    return {name: at[name] for name in PARAMETERS}


_GRAPH: tuple[Card, ...] = (
    Card(
        "belief",
        "graph",
        "What the model believes",
        always(
            "An example is two numbers, x₁ and x₂, and an answer, 0 or 1. The model weighs them: "
            f"z = {plain(OPS['affine'].formula)}. The sigmoid σ turns z into a = {plain(SIGMOID)}, "
            "the probability it gives to the answer 1."
        ),
        Choose(
            "z is {value.z}. Where will a be?",
            (
                Option("below ½", {"value.z": NEGATIVE}, "Only a z below 0 leads below ½."),
                Option("exactly ½", {"value.z": ZERO}, "Only z = 0 leads to exactly ½."),
                Option("above ½", {"value.z": POSITIVE}, "Only a z above 0 leads above ½."),
            ),
        ),
        (
            (
                ({"value.z": ZERO}, "σ(0) = ½: the model has no opinion."),
                (
                    {"value.z": UP},
                    "σ(0) = ½, and σ only rises: z above 0 gives a {~value.a} {value.a}. The model "
                    "leans to the answer 1.",
                ),
                (
                    {},
                    "σ(0) = ½, and σ only rises: z below 0 gives a {~value.a} {value.a}. The model "
                    "leans to the answer 0.",
                ),
            ),
        ),
        state={"stage": _Z},
        shown={"stage": _A},
        hides=("product",),
        lit=("z", "a"),
    ),
    Card(
        "charge",
        "graph",
        "What the loss charges",
        (
            (
                ({"value.y": ONE}, "The answer is 1, and the model gave it the probability a. "),
                ({}, "The answer is 0, and the model gave it the probability 1 − a. "),
            ),
            (
                (
                    {},
                    "The loss L is minus the natural logarithm of that: the price of being unsure.",
                ),
            ),
        ),
        Try(
            "Drag w₁ until the loss is below 0.1. Which way do you expect to go?",
            {"value.L": (None, 0.1)},
            {"w1": 2.0},
        ),
        (
            (
                (
                    {"value.y": ONE},
                    "a {~value.a} {value.a} now, and L {~value.L} {value.L}. ",
                ),
                (
                    {},
                    "1 − a {~complement.a} {complement.a} now, and L {~value.L} {value.L}. ",
                ),
            ),
            (
                (
                    {},
                    "Sure and right costs next to nothing; drag the other way, and sure and wrong "
                    "costs without end.",
                ),
            ),
        ),
        state={"stage": _L},
        lit=("L",),
        hides=("product",),
    ),
    Card(
        "way",
        "graph",
        "Which way?",
        (
            (
                ({"value.y": ONE}, "The answer is 1. "),
                ({}, "Another example: now the answer is 0. "),
            ),
            (({}, "Only w₁ may move, all else is held, and we want the loss to fall."),),
        ),
        Choose(
            "Should w₁ go up or down?",
            (
                Option(
                    "up",
                    {"adjoint.w1": NEGATIVE},
                    "Up would be right where the loss falls as w₁ grows: with a negative slope.",
                ),
                Option(
                    "down",
                    {"adjoint.w1": POSITIVE},
                    "Down would be right where the loss grows with w₁: with a positive slope.",
                ),
                Option(
                    "it makes no difference",
                    {"adjoint.w1": ZERO},
                    "That would need a slope of exactly 0, as with x₁ = 0.",
                ),
            ),
        ),
        (
            (
                (
                    {"adjoint.w1": ZERO},
                    "x₁ = 0: w₁ is multiplied by nothing but 0, and the curve of L against w₁ is "
                    "level.",
                ),
                (
                    {"adjoint.w1": DOWN},
                    "The curve of L against w₁ goes down to the right: its slope ∂L/∂w₁ "
                    "{~adjoint.w1} {adjoint.w1} is negative, so more w₁ means less loss. The sign "
                    "of the slope says which way, and you go against it.",
                ),
                (
                    {},
                    "The curve of L against w₁ goes up to the right: its slope ∂L/∂w₁ "
                    "{~adjoint.w1} {adjoint.w1} is positive, so less w₁ means less loss. The sign "
                    "of the slope says which way, and you go against it.",
                ),
            ),
        ),
        state={"y": 0, "stage": _L},
        told=("adjoint.w1",),
        lit=("w1",),
        hides=("product",),
    ),
    Card(
        "rate",
        "graph",
        "A slope is a rate",
        always(
            "∂L/∂w₁ {~adjoint.w1} {adjoint.w1}: so much does the loss change for each unit of w₁, "
            "as long as the step is small."
        ),
        Type(
            "Let w₁ grow by 0.01. By how much will the loss change, about?",
            Amount(("adjoint.w1",), by=0.01),
            (
                (
                    Amount(("adjoint.w1",), by=-0.01),
                    "The size is right; the sign of the slope is the sign of the change.",
                ),
                (
                    Amount(("adjoint.w1",)),
                    "That is the change for a whole unit; 0.01 is a hundredth of one.",
                ),
                (
                    Amount(("adjoint.w1",), by=-1.0),
                    "That is the change for a whole unit, with the other sign.",
                ),
                (
                    Amount(("adjoint.w1",), by=0.1),
                    "That is for 0.1; 0.01 is ten times smaller.",
                ),
            ),
        ),
        always(
            "A slope is a rate: rate × change = {adjoint.w1} × 0.01. The nudge does it: at each "
            "node the true change stands beside rate × change, and they nearly agree, because a "
            "curve is nearly its tangent for a small step."
        ),
        state={"y": 0, "stage": _L},
        shown={"nudge": 0.01},
        lit=("w1", "L"),
        part="nudge",
        hides=("product",),
        seen=("adjoint.w1",),
    ),
    Card(
        "chain",
        "graph",
        "Three rates along one path",
        (
            (({"value.y": ONE}, "The answer is 1 here. "), ({}, "")),
            (
                (
                    {},
                    "Each arrow has a slope of its own, its local derivative: a unit of w₁ moves z "
                    "by ④ {~local.w1-z} {local.w1-z}, a unit of z moves a by ② {~local.z-a} "
                    "{local.z-a}, a unit of a moves L by ① {~local.a-L} {local.a-L}.",
                ),
            ),
        ),
        Type(
            "Then how much does a unit of w₁ move L, at this rate?",
            Amount(("local.w1-z", "local.z-a", "local.a-L")),
            (
                (
                    Amount(("local.w1-z", "local.z-a", "local.a-L"), by=-1.0),
                    "The size is right: look again at the sign of ①.",
                ),
                (
                    Amount(("local.w1-z", "local.z-a", "local.a-L"), "sum"),
                    "You added them. But the second rate acts on what the first has made: twice as "
                    "much z moves a twice as far.",
                ),
                (
                    Amount(("local.z-a", "local.a-L")),
                    "That is ∂L/∂z, two rates of the three: what w₁ does to z, ④, is missing.",
                ),
                (
                    Amount(("local.w1-z", "local.z-a")),
                    "That is how far a moves; the last rate, ①, takes it on to L.",
                ),
                (
                    Amount(("local.w1-z", "local.a-L")),
                    "The rate between z and a, ②, is missing: σ passes on only a part.",
                ),
            ),
        ),
        always(
            "{local.w1-z} × {(local.z-a)} × {(local.a-L)} {~adjoint.w1 local.w1-z local.z-a "
            "local.a-L} {adjoint.w1}: each rate acts on what the one before has made, so along a "
            "path they multiply. That is the chain rule."
        ),
        state={"stage": _L},
        lit=("w1", "z", "a", "L"),
        veil=("product",),
        seen=_CHAIN,
        told=("adjoint.w1",),
    ),
    Card(
        "shortcut",
        "graph",
        "A shortcut",
        (
            (
                (
                    {"value.y": ONE},
                    "The answer is 1. Then ①, the slope of −log a, is −1/a {~local.a-L} "
                    "{local.a-L}, and ②, the slope of σ, is a·(1 − a) {~local.z-a} {local.z-a}.",
                ),
                (
                    {},
                    "Now the answer is 0. Then ①, the slope of −log(1 − a), is 1/(1 − a) "
                    "{~local.a-L} {local.a-L}, and ②, the slope of σ, is a·(1 − a) {~local.z-a} "
                    "{local.z-a}.",
                ),
            ),
        ),
        Type(
            "What is their product, ∂L/∂z?",
            Amount(("local.a-L", "local.z-a")),
            (
                (
                    Amount(("local.a-L", "local.z-a"), by=-1.0),
                    "The size is right: look at the sign of ①.",
                ),
                (
                    Amount(("local.a-L", "local.z-a"), "sum"),
                    "That is their sum; along a path rates multiply.",
                ),
                (
                    Amount(("complement.a",)),
                    "That is 1 − a, which is what cancels.",
                ),
            ),
        ),
        (
            (
                (
                    {"value.y": ONE},
                    "a cancels, and what is left is −(1 − a), which is a − 1 {~adjoint.z} "
                    "{adjoint.z}. ",
                ),
                ({}, "1 − a cancels, and what is left is a {~adjoint.z} {adjoint.z}. "),
            ),
            (
                (
                    {},
                    "Both answers in one formula: ∂L/∂z = a − y, the belief minus the answer. That "
                    "is ③, above the picture.",
                ),
            ),
        ),
        state={"y": 0, "stage": _L},
        shown={"stage": None},
        lit=("a", "L"),
        hides=("act",),
        seen=("local.z-a", "local.a-L"),
    ),
    Card(
        "paths",
        "graph",
        "Two ways to the loss",
        always(
            "Here σ is taken apart (from n = −z to a), and so is the loss. From a one way goes up, "
            "through ℓ₁ = log a, and one goes down, through c = 1 − a and ℓ₀ = log(1 − a); both "
            "end in L."
        ),
        Type(
            "Say one way brings back 0.3 and the other −0.5. What is ∂L/∂a then?",
            Amount((), by=-0.2),
            (
                (
                    Amount((), by=-0.15),
                    "That is their product. Along one way rates multiply; two ways do not act on "
                    "one another.",
                ),
                (Amount((), by=-0.5), "That is one of them alone; a change of a takes both ways."),
                (Amount((), by=0.3), "That is one of them alone; a change of a takes both ways."),
                (Amount((), by=-0.1), "That is their mean; but nothing divides them by two."),
                (Amount((), by=0.8), "Their signs count: one raises L, the other lowers it."),
                (Amount((), by=0.2), "The size is right: −0.5 outweighs 0.3."),
            ),
        ),
        (
            (
                (
                    {"value.y": ONE},
                    "A change of a goes both ways at once, so the shares add. Here {adjoint.a} + "
                    "0: with y = 1 the lower way brings 0; with y = 0 it is the upper one. ",
                ),
                (
                    {},
                    "A change of a goes both ways at once, so the shares add. Here 0 + "
                    "{adjoint.a}: with y = 0 the upper way brings 0; with y = 1 it is the lower "
                    "one. ",
                ),
            ),
            (({}, "Along a way rates multiply; where ways meet, gradients add."),),
        ),
        state={"view": "operations", "stage": 15},
        shown={"stage": None},
        lit=("a", "l1", "l0", "c"),
        hides=("act",),
    ),
    Card(
        "saturation",
        "graph",
        "Sure and wrong",
        (
            (
                (
                    {"value.y": ONE, "value.z": (None, -5)},
                    "z {~value.z} {value.z}, and the answer is 1: the model is sure, and wrong. ",
                ),
                ({}, "z {~value.z} {value.z}, and the answer is {value.y}. "),
            ),
            (
                (
                    {"local.z-a": (None, 0.01)},
                    "σ is flat out there: its slope ② {~local.z-a} {local.z-a}.",
                ),
                ({}, "The slope of σ there, ② {~local.z-a} {local.z-a}."),
            ),
        ),
        Choose(
            "How large will ∂L/∂z be?",
            (
                Option(
                    "nearly 0: σ is flat",
                    {"adjoint.z": (-0.1, 0.1)},
                    "So it would be if only ② counted. But the loss is as steep as σ is flat.",
                ),
                Option(
                    "enormous: the loss explodes",
                    {"adjoint.z": (None, -2)},
                    "So it would be if only ① counted. But σ is as flat as the loss is steep.",
                ),
                Option(
                    "about 1 in size",
                    {},
                    "So it is where the model is sure and wrong, and only there.",
                ),
            ),
        ),
        (
            (({}, "① {~local.a-L} {local.a-L} and ② {~local.z-a} {local.z-a}: "),),
            (
                (
                    {"value.y": ONE, "value.z": (None, -5)},
                    "where one explodes the other vanishes, and their product is a − y "
                    "{~adjoint.z} {adjoint.z}. So a confident mistake is corrected at full speed: "
                    "that is why this loss goes with this σ.",
                ),
                (
                    {},
                    "their product is a − y {~adjoint.z} {adjoint.z}. Where the model is sure and "
                    "wrong, one explodes and the other vanishes, and the mistake is corrected at "
                    "full speed: that is why this loss goes with this σ.",
                ),
            ),
        ),
        state={"x1": 3.0, "w1": -4.0, "x2": 2.0, "w2": -4.0, "b": 0.0, "y": 1, "stage": _L},
        shown={"stage": None},
        lit=("L", "a", "z"),
        hides=("act",),
    ),
    Card(
        "three",
        "graph",
        "All three at once",
        always(
            "Every way from the loss to a parameter passes through z. So ∂L/∂z = a − y "
            "{~adjoint.z} {adjoint.z} is computed once, and serves w₁, w₂ and b; the last rates "
            "are x₁, x₂ and 1."
        ),
        Type(
            "x₂ is {value.x2}. What is ∂L/∂w₂?",
            Amount(("adjoint.z", "value.x2")),
            (
                (
                    Amount(("adjoint.z", "value.x2"), by=-1.0),
                    "The size is right: look at the signs of ∂L/∂z and x₂.",
                ),
                (
                    Amount(("adjoint.z",)),
                    "That is ∂L/∂z, and ∂L/∂b too; for w₂ the last rate is x₂.",
                ),
                (
                    Amount(("adjoint.z", "value.x1")),
                    "That is ∂L/∂w₁: you took x₁, the other feature.",
                ),
                (
                    Amount(("adjoint.z", "value.w2")),
                    "∂z/∂w₂ is what w₂ is multiplied by: x₂, and not w₂ itself.",
                ),
            ),
        ),
        always(
            "{adjoint.z} × {(value.x2)} {~adjoint.w2 adjoint.z value.x2} {adjoint.w2}. One "
            "backward pass has all three gradients, for hardly more work than one."
        ),
        state={"y": 0, "stage": _BACK, "of": "w2"},
        shown={"stage": None},
        lit=("w1", "w2", "b"),
        hides=("act",),
    ),
    Card(
        "step",
        "graph",
        "One step",
        always(
            "Another example, judged wrongly. Each parameter moves against its own gradient: "
            "w ← w − η·∂L/∂w. η, the learning rate, says how far."
        ),
        Try(
            "Press “Take one step” until the loss is below 0.2. Watch how far each step goes.",
            {"value.L": (None, 0.2)},
            _descended(_WRONGLY, 0.2),
        ),
        (
            (
                (
                    {"value.L": (None, 0.2)},
                    "The steepest parameter moves farthest. And as the loss falls, to {value.L} "
                    "now, the steps become shorter: where there is little to gain, the gradient "
                    "is small.",
                ),
                (
                    {},
                    "The steepest parameter moves farthest. Step by step the loss falls and the "
                    "steps become shorter: where there is little to gain, the gradient is small.",
                ),
            ),
        ),
        state=_WRONGLY,
        lit=("w1", "w2", "b"),
        part="onestep",
    ),
)

#: The Training page as the cards begin there, whatever its defaults are.
_RUN: Mapping[str, Any] = {
    "data": "penguins",
    "scale": "standard",
    "opt": "gd",
    "lr": 0.5,
    "steps": 200,
    "start": (0.0, 0.0, 0.0),
}

_TRAINING: tuple[Card, ...] = (
    Card(
        "mean",
        "training",
        "Many examples, one mean",
        (
            (
                (
                    {"start.size": ZERO},
                    "J is the mean of L over all {rows} examples; training makes it small. At the "
                    "start w₁ = w₂ = b = 0, so z = 0 and a = ½ for every example.",
                ),
                ({}, "J is the mean of L over all {rows} examples; training makes it small."),
            ),
        ),
        Type(
            "How large is J at the start?",
            Amount(("loss.start",)),
            (
                (Amount((), by=0.5), "That is a. The loss is −log of it."),
                (
                    Amount((), by=-log(2)),
                    "The logarithm of ½ is negative, and the loss minus that.",
                ),
                (Amount((), by=log10(2)), "That is −log₁₀ ½; the loss has the natural logarithm."),
                (
                    Amount(("loss.start", "rows")),
                    "That is the sum over all examples; J is their mean.",
                ),
            ),
        ),
        (
            (
                (
                    {"start.size": ZERO},
                    "Each example pays −log ½ {~loss.start} {loss.start}, whatever its class; so "
                    "does their mean.",
                ),
                ({}, "J {~loss.start} {loss.start} at the start."),
            ),
        ),
        state=_RUN,
        part="loss",
        veil=("loss", "numbers", "example", "surface"),
    ),
    Card(
        "pull",
        "training",
        "Everybody pulls",
        always(
            "J is made of every example's loss, so ∂J/∂w₁ is made of every example's own ∂L/∂w₁: "
            "which way w₁ should go for it alone."
        ),
        Type(
            "Three examples alone: their ∂L/∂w₁ are 0.8, −0.3 and −0.2. What is ∂J/∂w₁?",
            Amount((), by=0.1),
            (
                (Amount((), by=0.3), "That is their sum; J divides it by m, which is 3 here."),
                (Amount((), by=1.3 / 3), "Their signs count: two of them pull the other way."),
                (Amount((), by=1.3), "Their signs count, and J divides the sum by m."),
                (Amount((), by=-0.1), "The size is right: 0.8 outweighs the two others."),
                (Amount((), by=0.8), "The largest one alone decides nothing: all three count."),
            ),
        ),
        always(
            "(0.8 − 0.3 − 0.2)/3 = 0.1. J is a sum divided by m, and a derivative goes through "
            "both: the gradient of J is the mean of the examples' own, (a − y)·xᵢ each. They pull "
            "different ways, and the mean decides."
        ),
        state=_RUN,
        part="pulls",
        veil=("numbers",),
    ),
    Card(
        "downhill",
        "training",
        "The surface",
        always(
            "Every place on the surface is a pair of weights, and its height is J there. The ball "
            "stands at the weights of this step. Here two features say nearly the same, and the "
            "valley is long."
        ),
        Choose(
            "A contour line joins places of equal J. Which way does a short step leave it?",
            (
                Option(
                    "along it",
                    {"rows": NEGATIVE},
                    "Along a contour line J stays the same: that is no way down.",
                ),
                Option(
                    "straight at the minimum",
                    {"rows": NEGATIVE},
                    "Only in a round bowl. In a valley the steepest way down leads to its floor "
                    "first, and the path bends.",
                ),
                Option("at a right angle", {}, ""),
            ),
        ),
        always(
            "Along the contour J does not change, so all of its slope lies across: the gradient "
            "points straight uphill, at a right angle, and the step goes against it. Step by step "
            "that bends the path."
        ),
        state={**_RUN, "data": "twins", "lr": 2.0, "start": (0.0, 3.0, 0.0)},
        shown={"step": 40},
        part="surface",
        veil=("arrows", "loss"),
    ),
    Card(
        "large",
        "training",
        "Longer steps",
        (
            (
                (
                    {"rate": (20, 20)},
                    "Back to the birds, again from w₁ = w₂ = b = 0, but with η = 20 in place of "
                    "0.5: for the same slope every step is forty times as long.",
                ),
                ({}, "The birds again, but η {~rate} {rate} in place of 0.5."),
            ),
        ),
        Choose(
            "What will J do in these {step.last} steps?",
            (
                Option(
                    "fall, only faster",
                    {"run.rises": ZERO},
                    "So it would while steps are short for the valley: then a longer step is a "
                    "longer way down.",
                ),
                Option(
                    "stand still",
                    {"run.moves": ZERO},
                    "It stands still only where the gradient is 0.",
                ),
                Option("jump up and down", {}, "Only steps across the valley land higher."),
            ),
        ),
        (
            (
                (
                    {"run.rises": ZERO},
                    "J fell at every step: from {loss.start} to {loss.last}.",
                ),
                (
                    {},
                    "J rose at {run.rises} of {step.last} steps. A step is as long as η says, and "
                    "where the valley is narrow it lands on the other side, and higher.",
                ),
            ),
        ),
        state={**_RUN, "lr": 20.0},
        shown={"step": 200},
        part="surface",
        veil=("loss", "numbers", "arrows"),
    ),
    Card(
        "units",
        "training",
        "Why features are scaled",
        always(
            "The same birds, but in millimetres, and about the largest η that is safe there. "
            "Standardised, each feature less its mean and over its deviation, 200 steps reach "
            "the minimum, at J ≈ 0.486."
        ),
        Choose(
            "How far does J come down from {loss.start} in {step.last} steps here?",
            (
                Option(
                    "as far",
                    {"loss.last": (None, 0.5)},
                    "So it would if both weights were equally steep.",
                ),
                Option(
                    "about half way",
                    {"loss.last": (0.5, 0.65)},
                    "It is less than that: look at the shape of the valley.",
                ),
                Option("hardly at all", {}, "It comes farther than that."),
            ),
        ),
        always(
            "J is {loss.last} after {step.last} steps. A slope is (a − y)·x, so an x in the tens "
            "makes it tens of times as steep, and the steepest direction sets the largest safe η: "
            "along the flat floor of the valley such steps are tiny. Scaling makes it rounder."
        ),
        state={**_RUN, "scale": "raw", "lr": 0.003},
        shown={"step": 200},
        part="surface",
        veil=("loss", "numbers"),
    ),
    Card(
        "endless",
        "training",
        "Two classes and a line",
        always("Here a straight line parts the two classes, with no example on the wrong side."),
        Choose(
            "What becomes of the weights if training goes on for ever?",
            (
                Option(
                    "they settle",
                    {"minimum.there": POSITIVE},
                    "They settle where there is a minimum: where classes overlap, or where the "
                    "loss also charges for large weights.",
                ),
                Option(
                    "they go back to 0",
                    {"rows": NEGATIVE},
                    "At 0 every a is ½, and J log 2: the worst of this whole path.",
                ),
                Option("they grow without end", {}, ""),
            ),
        ),
        (
            (
                (
                    {"minimum.there": POSITIVE},
                    "There is a minimum here, and they settle in it.",
                ),
                (
                    {},
                    "Double the weights and b, and the line stays where it is, but every example "
                    "is surer, and right: J falls again. So there is no minimum, and the weights "
                    "grow for ever, slower and slower.",
                ),
            ),
        ),
        state={**_RUN, "data": "separable"},
        shown={"step": 200},
        part="surface",
    ),
    Card(
        "you",
        "training",
        "Now you",
        always(
            "Along a path rates multiply, where paths meet they add, and ∂L/∂z is a − y. A step "
            "goes against the gradient of J, the mean of many losses, as far as η says. Now drag "
            "the ball, place points of your own, or go on to problems."
        ),
        None,
        state=_RUN,
        onward="practice",
    ),
)

#: All cards by name, in their order.
CARDS: Mapping[str, Card] = MappingProxyType({card.name: card for card in (*_GRAPH, *_TRAINING)})


def stands(name: str | None, page: Page) -> bool:
    """Whether a card of this name is one of the page's; no card at all is, too."""
    return name is None or (name in CARDS and CARDS[name].page == page)
