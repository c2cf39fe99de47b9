"""The guide: cards that ask before they show, one idea each, on the pages themselves.

A card is a row of `CARDS`: what it says, the state it sets the page to, what it lights up, what
it asks, how an answer is judged, and why. Whatever depends on numbers is a table of
`lrviz.text.sentence`, said for the numbers that are on screen when it is said; so is which answer
is right. A new card touches this table alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf, nextafter, prod
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from lrviz.text.sentence import DOWN, ONE, UP, ZERO, Bounds, Table, holds, payload
from lrviz.text.substitution import Read

Page: TypeAlias = Literal["graph", "training"]

_LEAST = nextafter(0.0, inf)
NEGATIVE: Bounds = (None, -_LEAST)
POSITIVE: Bounds = (_LEAST, None)
#: A typed answer within this share of the right one is right: two digits are never farther off.
TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose.

    Attributes
    ----------
    label : str
    when : mapping
        The first option of a card whose conditions hold of the numbers on screen is right.
    meaning : str
        Said where it was chosen and is wrong: what it would have meant.
    """

    label: str
    when: Mapping[str, Bounds]
    meaning: str


@dataclass(frozen=True, slots=True)
class Choose:
    """Choose one of several answers."""

    question: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Try:
    """Do something on the page until the conditions hold."""

    question: str
    until: Mapping[str, Bounds]


@dataclass(frozen=True, slots=True)
class Amount:
    """Quantities multiplied, or added, and times a number."""

    keys: tuple[str, ...]
    how: Literal["product", "sum"] = "product"
    by: float = 1.0

    def of(self, read: Read) -> float:
        """Its value where quantities read as given."""
        numbers = [float(read(key)) for key in self.keys]
        return self.by * (prod(numbers) if self.how == "product" else sum(numbers))


@dataclass(frozen=True, slots=True)
class Type:
    """Type a number.

    Attributes
    ----------
    question : str
    right : Amount
    mistakes : tuple of (Amount, str)
        Wrong amounts that have a reason, and the reason.
    """

    question: str
    right: Amount
    mistakes: tuple[tuple[Amount, str], ...] = ()

    def judged(self, answer: float, read: Read) -> str | None:
        """None where it is right, else the reason, or '' where none is known."""
        if near(answer, self.right.of(read)):
            return None
        found = [why for amount, why in self.mistakes if near(answer, amount.of(read))]
        return found[0] if found else ""


def near(answer: float, amount: float) -> bool:
    """Whether a typed answer is this amount, to `TOLERANCE`."""
    return abs(answer - amount) <= TOLERANCE * abs(amount)


@dataclass(frozen=True, slots=True)
class Card:
    """One card.

    Attributes
    ----------
    name : str
        Its name in a link.
    page : {"graph", "training"}
    title : str
    says : tuple of tables
        One to three sentences.
    ask : Choose, Try, Type or None
        Without a question the card only says.
    because : tuple of tables
        Said after the answer, whatever it was.
    state, shown : mapping
        Fields of the page that differ from their defaults while it asks, and those that change
        when it shows.
    lit : tuple of str
        Nodes and edges of the picture.
    part : str
        The part of the page it speaks of; brought into view.
    """

    name: str
    page: Page
    title: str
    says: tuple[Table, ...]
    ask: Choose | Try | Type | None
    because: tuple[Table, ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    lit: tuple[str, ...] = ()
    part: str = "picture"


def always(text: str) -> tuple[Table, ...]:
    """A template that is said whatever the numbers are."""
    return ((({}, text),),)


#: Stages of the walk in the view "features": what is known when a card asks.
_Z, _A, _L, _BACK = 1, 2, 3, 5

_GRAPH: tuple[Card, ...] = (
    Card(
        "belief",
        "graph",
        "What the model believes",
        always(
            "z = w₁x₁ + w₂x₂ + b adds up what each part contributes: the bars in z. The sigmoid σ "
            "turns z into a, the probability that the model gives to the answer 1."
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
            (({}, "The loss L is minus the logarithm of that: the price of being unsure."),),
        ),
        Try(
            "Drag w₁ until the loss is below 0.1. Which way do you expect to go?",
            {"value.L": (None, 0.1)},
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
    ),
    Card(
        "way",
        "graph",
        "Which way?",
        always("Now only w₁ may move, and everything else is held. We want the loss to fall."),
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
        state={"stage": _L},
        shown={"stage": None},
        lit=("w1",),
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
        shown={"nudge": 0.01},
        lit=("w1", "L"),
        part="nudge",
    ),
    Card(
        "chain",
        "graph",
        "Rates multiply",
        always(
            "A unit of w₁ moves z by ④ {~local.w1-z} {local.w1-z}. A unit of z moves a by ② "
            "{~local.z-a} {local.z-a}. A unit of a moves L by ① {~local.a-L} {local.a-L}."
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
        shown={"stage": None},
        lit=("w1", "z", "a", "L"),
    ),
    Card(
        "paths",
        "graph",
        "Gradients add where paths meet",
        always(
            "Here σ and the loss are taken apart, and a has two ways to L: through log a, which "
            "counts when y is 1, and through log(1 − a), which counts when y is 0."
        ),
        Choose(
            "y is {value.y}. What comes back to a?",
            (
                Option(
                    "the rate of the way through log a",
                    {"value.y": ONE},
                    "Through log a everything is multiplied by y, which is 0 here.",
                ),
                Option(
                    "the rate of the way through log(1 − a)",
                    {"value.y": ZERO},
                    "Through log(1 − a) everything is multiplied by 1 − y, which is 0 here.",
                ),
                Option(
                    "the product of both",
                    {"value.y": (2, None)},
                    "Along one way rates multiply. Two ways do not act on one another: each "
                    "brings its own share, and the shares add.",
                ),
            ),
        ),
        (
            (
                (
                    {"value.y": ONE},
                    "∂L/∂a is the sum over both ways, and the other way brings 0: {adjoint.a} and "
                    "nothing more. ",
                ),
                (
                    {},
                    "∂L/∂a is the sum over both ways, and the other way brings 0: {adjoint.a} and "
                    "nothing more. ",
                ),
            ),
            (({}, "Along a way rates multiply; where ways meet, gradients add."),),
        ),
        state={"view": "operations", "stage": 15},
        shown={"stage": None},
        lit=("a",),
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
        always(
            "① {~local.a-L} {local.a-L} and ② {~local.z-a} {local.z-a}: where one explodes the "
            "other vanishes, and their product is a − y {~adjoint.z} {adjoint.z}. So a confident "
            "mistake is corrected at full speed: that is why this loss goes with this σ."
        ),
        state={"x1": 3.0, "w1": -4.0, "x2": 2.0, "w2": -4.0, "b": 0.0, "y": 1, "stage": _L},
        shown={"stage": None},
        lit=("L", "a", "z"),
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
                    "The size is right: ∂L/∂z is negative, and x₂ is not.",
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
        state={"stage": _BACK, "of": "w2"},
        shown={"stage": None},
        lit=("w1", "w2", "b"),
    ),
    Card(
        "step",
        "graph",
        "One step",
        always(
            "Each parameter moves against its own gradient: w ← w − η·∂L/∂w. η, the learning rate, "
            "says how far."
        ),
        Try(
            "Press “Take one step” until the loss is below 0.2. Which of the three moves farthest?",
            {"value.L": (None, 0.2)},
        ),
        always(
            "The steepest one moves farthest, and as the loss falls to {value.L} the steps become "
            "shorter: where there is little to gain, the gradient is small."
        ),
        lit=("w1", "w2", "b"),
        part="onestep",
    ),
)

#: All cards by name, in their order.
CARDS: Mapping[str, Card] = MappingProxyType({card.name: card for card in _GRAPH})


def stands(name: str | None, page: Page) -> bool:
    """Whether a card of this name is one of the page's; no card at all is, too."""
    return name is None or (name in CARDS and CARDS[name].page == page)


def spec(page: Page, home: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """What the browser is given: the order of all cards, and those of one page whole.

    ``defaults`` are the page's fields before a card changes any, and ``home`` the app's path.
    """
    cards = CARDS.values()
    return {
        "home": home,
        "order": [{"name": c.name, "page": c.page, "title": c.title} for c in cards],
        "tolerance": TOLERANCE,
        "cards": {c.name: _card(c, defaults) for c in cards if c.page == page},
    }


def _card(card: Card, defaults: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "says": payload(card.says),
        "because": payload(card.because),
        "ask": _ask(card.ask),
        "state": {**defaults, **card.state, "guide": card.name},
        "shown": dict(card.shown),
        "lit": list(card.lit),
        "part": card.part,
    }


def _ask(ask: Choose | Try | Type | None) -> dict[str, Any] | None:
    if ask is None:
        return None
    made: dict[str, Any] = {"question": payload(always(ask.question))}
    if isinstance(ask, Choose):
        options = [
            {"label": o.label, "when": dict(o.when), "meaning": o.meaning} for o in ask.options
        ]
        return {"kind": "choose", **made, "options": options}
    if isinstance(ask, Try):
        return {"kind": "try", **made, "until": dict(ask.until)}
    mistakes = [{**_amount(amount), "why": why} for amount, why in ask.mistakes]
    return {"kind": "type", **made, "right": _amount(ask.right), "mistakes": mistakes}


def _amount(amount: Amount) -> dict[str, Any]:
    return {"keys": list(amount.keys), "how": amount.how, "by": amount.by}


def right(ask: Choose, read: Read) -> Option:
    """The option that is right for these numbers."""
    return next(option for option in ask.options if holds(option.when, read))
