"""Of every subset of a link's words: what Python gives the page cannot write what they leave out.

What it gives holds slots in place of numbers (see `lrviz.text.numbers.fill`), and depends on no
input. So each subset is read once, for all inputs; then the slots are filled at random inputs, and
compared with what the words leave out by the formulas of the field.
"""

from __future__ import annotations

import itertools
import math
import random
from functools import lru_cache

import pytest

from lrviz import hiding
from lrviz.core.graph import LOSSES, VIEWS, differentiate
from lrviz.pages import graph as page
from lrviz.text import explanations
from lrviz.text.numbers import SLOT
from lrviz.text.withheld import withheld
from tests.samples import sample, thin
from tests.text.test_withheld import OWN, said
from tests.withheld import (
    ALL,
    TELLING,
    hidden_formulas,
    hidden_sizes,
    leaks,
    same,
    telling_state,
)

BLOCKS = tuple(name for name in ALL if name not in TELLING)
NUMBERS = tuple(name for name in TELLING if hiding.GRAPH[name].kind == hiding.NUMBERS)
FORMULAS = tuple(name for name in TELLING if name not in NUMBERS and name != "formulas")


def every_set(names):
    return itertools.chain.from_iterable(
        itertools.combinations(names, count) for count in range(len(names) + 1)
    )


@lru_cache
def telling(view, loss):
    """A subset for each way of leaving out numbers and formulas that there is, of all 2¹⁴."""
    found = {}
    # Of the formulas only the fifth is a number as well.
    for numbers, five in itertools.product(every_set(NUMBERS), ((), ("formula5",))):
        keys = withheld(view, loss, (*numbers, *five)).keys
        for formulas in every_set(FORMULAS[:-1]):
            found.setdefault((keys, five, formulas), (*numbers, *formulas, *five))
    return list(found.values())


@pytest.mark.parametrize(("view", "loss"), thin(list(VIEWS), list(LOSSES)))
def test_what_is_left_out_goes_by_the_words_one_by_one(view, loss):
    """So that the subsets of `telling` stand for all."""
    dice = random.Random(f"{view}{loss}")
    for _ in range(sample(8, 2000)):
        hide = tuple(name for name in ALL if dice.random() < 0.5)
        shown = withheld(view, loss, hide)
        formulas = tuple(n for n in FORMULAS if n in hide or "formulas" in hide)
        five = ("formula5",) if "formula5" in formulas else ()
        numbers = tuple(name for name in hide if name in NUMBERS)
        assert shown.keys == withheld(view, loss, (*numbers, *five)).keys
        assert {f"formula{n}" for n in shown.formulas} == set(formulas)
    assert len(telling(view, loss)) > 1000


@pytest.mark.parametrize(("view", "loss"), thin(list(VIEWS), list(LOSSES)))
def test_no_subset_lets_a_number_or_a_formula_through(view, loss):
    dice = random.Random(f"{loss}{view}")
    every, tried = telling(view, loss), set()
    for words in dice.sample(every, sample(4, len(every))):
        hide = tuple(n for n in ALL if n in words or (n in BLOCKS and dice.random() < 0.2))
        keys = withheld(view, loss, hide).keys
        given = said(page.structure(view, loss, dice.choice(explanations.TARGETS), hide))
        assert len(given) > 200
        assert leaks(given, set(), hidden_formulas(hide, loss)) == [], hide
        slots = {slot[0]: slot for text in given for slot in SLOT.finditer(text)}
        told = {text: slot["keys"].split() for text, slot in slots.items() if slot["open"] != "?"}
        assert [text for text, of in told.items() if not keys.isdisjoint(of)] == [], hide
        # Which slots there are is a matter of the numbers alone.
        own = frozenset(key for text in told if not OWN.search(text) for key in told[text])
        if own in tried:
            continue
        tried.add(own)
        for _ in range(sample(5, 200)):
            state = telling_state(dice, hide, loss, view)
            # What speaks of two features in every view is filled by that one.
            passes = [differentiate(**state, view=one, loss=loss) for one in (view, "features")]
            sizes = {key: read(key, passes) for key in own}
            for hidden in hidden_sizes(hide, state, loss):
                assert [key for key in own if same(sizes[key], hidden)] == [], (hide, state)


def read(key, passes):
    """A quantity of the first pass that has it; the braces of LaTeX hold none."""
    for p in passes:
        try:
            return float(p.read(key))
        except (KeyError, ValueError, IndexError):
            continue
    return math.nan
