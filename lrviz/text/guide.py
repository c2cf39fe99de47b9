"""What a card of the guide is made of, how an answer is judged, and what the browser is given.

A card says something, sets the page to a state, lights a part of it up, asks, and says why. What
depends on numbers is a table of `lrviz.text.sentence`, said for the numbers that are on screen
when it is said; so is which answer is right. The cards themselves are in `lrviz.text.cards`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any, Literal, TypeAlias

from lrviz.core.graph import INPUTS
from lrviz.text.sentence import Bounds, Table, holds, payload
from lrviz.text.substitution import Read

Page: TypeAlias = Literal["graph", "training"]

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
    """Do something on the page until the conditions hold.

    Attributes
    ----------
    question : str
    until : mapping
    does : mapping
        Inputs by which they hold, with the card's others: what is done for who asks to be shown.
    """

    question: str
    until: Mapping[str, Bounds]
    does: Mapping[str, float]


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
    veil : tuple of str
        Parts of the page that would give the answer away: hidden until it is given.
    hides : tuple of str
        Parts of the page that the card has no use for: hidden as long as it is open.
    seen, told : tuple of str
        Quantities that are shown although the walk has not come so far: from the first, and from
        the answer on.
    onward : str
        The page that the last card leads to.
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
    veil: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    onward: str = ""


def always(text: str) -> tuple[Table, ...]:
    """A template that is said whatever the numbers are."""
    return ((({}, text),),)


def spec(
    cards: Mapping[str, Card], page: Page, home: str, defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """What the browser is given: the order of all cards, and those of one page whole.

    ``defaults`` are the page's fields before a card changes any, and ``home`` the app's path.
    """
    return {
        "home": home,
        "order": [{"name": c.name, "page": c.page, "title": c.title} for c in cards.values()],
        "tolerance": TOLERANCE,
        "cards": {c.name: _card(c, defaults) for c in cards.values() if c.page == page},
    }


def _card(card: Card, defaults: Mapping[str, Any]) -> dict[str, Any]:
    state = {**defaults, **card.state, "guide": card.name}
    return {
        "says": payload(card.says),
        "because": payload(card.because),
        "ask": _ask(card.ask, state),
        "state": state,
        "shown": dict(card.shown),
        "lit": list(card.lit),
        "part": card.part,
        "veil": list(card.veil),
        "hides": list(card.hides),
        "seen": list(card.seen),
        "told": list(card.told),
        "onward": card.onward,
    }


def _ask(ask: Choose | Try | Type | None, state: Mapping[str, Any]) -> dict[str, Any] | None:
    if ask is None:
        return None
    made: dict[str, Any] = {"question": payload(always(ask.question))}
    if isinstance(ask, Choose):
        options = [
            {"label": o.label, "when": dict(o.when), "meaning": o.meaning} for o in ask.options
        ]
        return {"kind": "choose", **made, "options": options}
    if isinstance(ask, Try):
        does = {name: ask.does.get(name, state[name]) for name in INPUTS}
        return {"kind": "try", **made, "until": dict(ask.until), "does": does}
    mistakes = [{**_amount(amount), "why": why} for amount, why in ask.mistakes]
    return {"kind": "type", **made, "right": _amount(ask.right), "mistakes": mistakes}


def _amount(amount: Amount) -> dict[str, Any]:
    return {"keys": list(amount.keys), "how": amount.how, "by": amount.by}


def right(ask: Choose, read: Read) -> Option:
    """The option that is right for these numbers."""
    return next(option for option in ask.options if holds(option.when, read))
