"""What the guide's module reads and judges, in a runtime without a page."""

import pytest

from lrviz.core.graph import differentiate
from lrviz.live.playback_payload import examples, payload
from lrviz.text.cards import CARDS
from lrviz.text.guide import Amount, Type, _amount
from lrviz.training.playback import Request, make
from tests.live.node import run
from tests.text.test_guide import run_read

TYPED = {
    "-0.62": -0.62,
    " −0.62 ": -0.62,
    "–1": -1.0,
    "+2": 2.0,
    ".5": 0.5,
    "3.": 3.0,
    "0,25": 0.25,
    "1e-3": 0.001,
    "1E2": 100.0,
    "": None,
    "-": None,
    "1/3": 1 / 3,
    "−0,5 / 4": -0.125,
    "0/3": 0.0,
    "1/0": None,
    "1/": None,
    "/3": None,
    "1/2/3": None,
    "1e300/1e-300": None,
    "one": None,
    "NaN": None,
    "Infinity": None,
    "0x10": None,
    "1,000,000": None,
    "1e99999": None,
    "alert(1)": None,
    "١": None,
}


def test_a_number_is_read_as_people_type_it_and_nothing_else_is():
    body = """
    globalThis.document = { createElement: () => ({}) };
    const { typed } = await load("guide.js");
    return given.map(typed);
    """
    assert dict(zip(TYPED, run(body, list(TYPED)), strict=True)) == TYPED


def test_an_amount_is_what_python_makes_of_it():
    p = differentiate(x1=1.5, x2=2, w1=0.5, w2=-0.25, b=0.1, y=1)
    cards = [card for card in CARDS.values() if card.page == "graph"]
    asks = [card.ask for card in cards if isinstance(card.ask, Type)]
    amounts = [one for ask in asks for one in (ask.right, *(amount for amount, _ in ask.mistakes))]
    assert any(amount.how == "sum" for amount in amounts)
    amounts.append(Amount(("value.a",), by=2.0))
    numbers = {key: float(p.read(key)) for amount in amounts for key in amount.keys}
    body = """
    const { amountOf } = await load("guide.js");
    return given.amounts.map((one) => amountOf(one, (key) => given.numbers[key]));
    """
    given = {"amounts": [_amount(one) for one in amounts], "numbers": numbers}
    expected = [amount.of(p.read) for amount in amounts]
    assert run(body, given) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("request_", [Request(), Request(lr=20.0, steps=50), Request(data="xor")])
def test_the_quantities_of_a_run_are_those_of_the_run(request_):
    made = make(request_)
    read = run_read(made, request_.lr, k=7 if len(made.history) > 7 else 0)
    keys = ["rows", "rate", "step.now", "step.last", "loss.start", "loss.now", "loss.last"]
    keys += ["start.size", "run.rises", "run.moves", "minimum.there"]
    body = """
    const { Playback, readRows } = await load("playback.js");
    const { runReader } = await load("run-reader.js");
    const playback = new Playback(given.playback, readRows(given.rows));
    return given.keys.map(runReader(playback, given.k));
    """
    given = {"playback": payload(made), "rows": examples(made.scaled), "keys": keys}
    found = run(body, {**given, "k": int(read("step.now"))})
    assert found == [read(key) for key in keys]
