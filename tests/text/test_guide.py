"""The cards of the guide: what they set can be set, and what they judge and say is true."""

import re

import mpmath
import numpy as np
import pytest

from lrviz import settings
from lrviz.core.graph import INPUTS, build, differentiate
from lrviz.pages import graph as graph_page
from lrviz.pages import training as training_page
from lrviz.text import explanations, guide
from lrviz.text.cards import CARDS, stands
from lrviz.text.guide import Choose, Try, Type
from lrviz.text.sentence import holds, say
from lrviz.training.model import mean_loss
from lrviz.training.playback import Request, make
from lrviz.training.walk import minimize
from tests.samples import sample
from tests.text.test_sentence import states

CARD = pytest.mark.parametrize("card", CARDS.values(), ids=list(CARDS))
GRAPH = [card for card in CARDS.values() if card.page == "graph"]
TRAINING = [card for card in CARDS.values() if card.page == "training"]
TABLES = {"graph": settings.GRAPH, "training": settings.TRAINING}
VALID = {"graph": graph_page.mismatched, "training": training_page.mismatched}


def of_kind(kind, cards=GRAPH):
    found = [card for card in cards if isinstance(card.ask, kind)]
    return pytest.mark.parametrize("card", found, ids=[card.name for card in found])


def whole(card):
    return {**settings.defaults(TABLES[card.page]), **card.state, "guide": card.name}


def inputs(state):
    return {name: state[name] for name in INPUTS}


def read_of(state):
    return differentiate(**inputs(state)).read


def truth(state, w1=None):
    """z, a, L by mpmath, perhaps with another w1."""
    with mpmath.workdps(60):
        x1, v1, x2, w2, b = (mpmath.mpf(state[k]) for k in ("x1", "w1", "x2", "w2", "b"))
        z = (v1 if w1 is None else w1) * x1 + w2 * x2 + b
        a = 1 / (1 + mpmath.exp(-z))
        return z, a, -mpmath.log(a if state["y"] else 1 - a)


def slope(state, name):
    """∂L/∂name as a difference in 60 digits."""
    with mpmath.workdps(60):
        step = mpmath.mpf(10) ** -25
        moved = [truth({**state, name: mpmath.mpf(state[name]) + s * step})[2] for s in (1, -1)]
        return (moved[0] - moved[1]) / (2 * step)


@CARD
def test_a_card_sets_fields_that_the_page_takes_and_lights_what_is_there(card):
    fields, state = TABLES[card.page], whole(card)
    for given in (state, {**state, **card.shown}):
        assert settings.accept(fields, settings.defaults(fields), given) == given
        assert VALID[card.page](given) == []
        query = {name: [text] for name, text in settings.encode(fields, given).items()}
        assert settings.decode(fields, query, VALID[card.page]) == (given, [])
    if card.page == "graph":
        assert set(card.lit) <= set(explanations.names(build(state["view"])))


def test_the_cards_stand_in_one_order_and_a_link_knows_them():
    names = list(CARDS)
    assert names == [card.name for card in CARDS.values()]
    pages = [card.page for card in CARDS.values()]
    assert pages == sorted(pages), "from the Graph page to the Training page, once"
    assert stands(None, "graph")
    assert stands(names[0], "graph")
    assert not stands(names[0], "training")
    assert not stands("nothing", "graph")


@pytest.mark.parametrize("card", GRAPH, ids=[card.name for card in GRAPH])
def test_a_card_says_one_to_three_sentences_with_every_number_in_place(card):
    shown = {**whole(card), **card.shown}
    for state in (whole(card), shown, *({**shown, **one} for one in states(sample(100, 3000), 7))):
        read = read_of(state)
        said = say(card.says, read)
        assert 1 <= len(re.findall(r"[.?!:](?= |$)", said)) <= 4, said
        assert len(re.findall(r"[.?!](?= |$)", said)) <= 3, said
        for text in (said, say(card.because, read), say(guide.always(card.ask.question), read)):
            assert text
            assert not re.search(r"[{}]|nan|inf\b|  ", text), text


RIGHT = {
    "belief": lambda s: {-1: "below ½", 0: "exactly ½", 1: "above ½"}[mpmath.sign(truth(s)[0])],
    "way": lambda s: {-1: "up", 0: "it makes no difference", 1: "down"}[
        mpmath.sign(slope(s, "w1"))
    ],
    "saturation": lambda s: (
        "nearly 0: σ is flat" if abs(truth(s)[1] - s["y"]) <= 0.1 else "about 1 in size"
    ),
}


@of_kind(Choose)
def test_the_answer_that_is_called_right_is_right(card):
    labels = [option.label for option in card.ask.options]
    assert len(set(labels)) == len(labels)
    for state in (whole(card), *({**whole(card), **one} for one in states(sample(150, 3000), 3))):
        if "z" in card.says[0][-1][1] and abs(truth(state)[0]) < 1e-12 and truth(state)[0] != 0:
            continue  # float64 rounds this z to 0 or away from it
        assert guide.right(card.ask, read_of(state)).label == RIGHT[card.name](state), state


@of_kind(Choose)
def test_in_the_state_of_the_card_every_wrong_answer_can_be_given(card):
    read = read_of(whole(card))
    wrong = [option for option in card.ask.options if option is not guide.right(card.ask, read)]
    assert len(wrong) >= 2
    assert all(option.meaning for option in wrong)


AMOUNTS = {
    "rate": lambda s: slope(s, "w1") / 100,
    "chain": lambda s: slope(s, "w1"),
    "three": lambda s: slope(s, "w2"),
    "shortcut": lambda s: truth(s)[1] - s["y"],
    # What two ways bring back adds up; the numbers stand in the question.
    "paths": lambda s: mpmath.fsum(
        re.findall(r"-?0\.\d", CARDS["paths"].ask.question.replace("−", "-"))
    ),
}


@of_kind(Type)
def test_the_number_that_is_asked_for_is_the_right_one(card):
    for state in (whole(card), *({**whole(card), **one} for one in states(sample(100, 1000), 5))):
        right = float(AMOUNTS[card.name](state))
        assert card.ask.right.of(read_of(state)) == pytest.approx(right, rel=1e-9, abs=1e-15)
        # To two digits is near enough; a tenth off is not.
        assert card.ask.judged(float(f"{right:.2g}"), read_of(state)) is None
        if right:
            assert card.ask.judged(right * 1.1, read_of(state)) is not None
            assert card.ask.judged(-right, read_of(state)) is not None


@of_kind(Type)
def test_a_mistake_is_called_by_its_name(card):
    read = read_of(whole(card))
    given = [float(f"{amount.of(read):.4g}") for amount, _ in card.ask.mistakes]
    assert [card.ask.judged(one, read) for one in given] == [why for _, why in card.ask.mistakes]
    assert card.ask.judged(1234.5, read) == ""


@of_kind(Try)
def test_what_is_to_be_tried_is_not_done_yet_and_can_be_done(card):
    state = whole(card)
    assert not holds(card.ask.until, read_of(state))
    found = [{**state, "w1": w / 100} for w in range(-500, 501)]
    assert any(holds(card.ask.until, read_of(one)) for one in found)


def test_a_rate_times_a_small_change_is_nearly_the_change():
    """What the card "rate" says of its nudge."""
    state = whole(CARDS["rate"])
    with mpmath.workdps(60):
        change = truth(state, mpmath.mpf(state["w1"]) + mpmath.mpf("0.01"))[2] - truth(state)[2]
        assert abs(change / (slope(state, "w1") / 100) - 1) < 0.01


def test_the_steepest_parameter_moves_farthest_and_steps_become_shorter():
    """What the card "step" says, of the steps that it asks for."""
    state, lengths = whole(CARDS["step"]), []
    while truth(state)[2] >= mpmath.mpf("0.2"):
        moves = {name: -float(slope(state, name)) for name in ("w1", "w2", "b")}
        assert max(moves, key=lambda name: abs(moves[name])) == "b"
        lengths.append(sum(move**2 for move in moves.values()))
        state = {**state, **{name: state[name] + move for name, move in moves.items()}}
    assert len(lengths) > 2
    assert lengths == sorted(lengths, reverse=True)
    assert holds(CARDS["step"].ask.until, read_of(state))


# The Training page


def run_of(state):
    return make(Request(**{name: state[name] for name in Request._fields}))


def run_read(made, rate, k=0):
    """The quantities of `lrviz/live/run-reader.js`, from the run itself."""
    h = made.history
    numbers = {
        "rows": len(made.scaled.data),
        "rate": rate,
        "step.now": k,
        "step.last": len(h),
        "loss.start": h.losses[0],
        "loss.now": h.losses[k],
        "loss.last": h.losses[-1],
        "start.size": np.linalg.norm(h.params[0]),
        "run.rises": np.sum(np.diff(h.losses) > 0),
        "run.moves": np.sum(np.any(np.diff(h.params, axis=0) != 0, axis=1)),
        "minimum.there": made.bounds.minimum is not None,
    }
    return lambda key: float(numbers[key])


@pytest.mark.parametrize("card", TRAINING, ids=[card.name for card in TRAINING])
def test_a_card_of_the_training_page_says_what_its_run_does(card):
    state = whole(card)
    read = run_read(run_of(state), state["lr"])
    said = [say(card.says, read), say(card.because, read)]
    if card.ask:
        said.append(say(guide.always(card.ask.question), read))
    for text in said:
        assert not re.search(r"[{}]|nan|inf\b|  ", text), text
    assert len(re.findall(r"[.?!](?= |$)", said[0])) <= 3
    assert max([card.shown.get("step", 0), state["step"]]) <= read("step.last")


CLAIMS = {
    "downhill": "at a right angle",
    "large": "jump up and down",
    "units": "hardly at all",
    "endless": "they grow without end",
}


@of_kind(Choose, TRAINING)
def test_the_answer_that_is_called_right_is_right_of_the_run(card):
    state = whole(card)
    made = run_of(state)
    h = made.history
    read = run_read(made, state["lr"])
    assert guide.right(card.ask, read).label == CLAIMS[card.name]
    assert sum(not option.meaning for option in card.ask.options) <= 1
    if card.name == "downhill":
        # Along the contour, turned by a right angle from the step, J does not change at first.
        w, step = h.params[state["step"]], np.diff(h.params, axis=0)[state["step"]]
        across = np.array([-step[1], step[0], 0]) * 1e-3
        X, y = made.scaled.X, made.scaled.data.y
        here, along, ahead = (
            mean_loss(X, y, w + d) for d in (np.zeros(3), across, np.array([*step[:2], 0]) * 1e-3)
        )
        assert abs(along - here) < 1e-3 * abs(ahead - here)
    if card.name == "large":
        assert state["lr"] > 2 * made.bounds.local
        assert np.sum(np.diff(h.losses) > 0) > 50
    if card.name == "units":
        smooth = run_of({**state, "scale": "standard", "lr": 0.5}).history.losses[-1]
        assert f"{smooth:.3f}" == "0.486"
        assert h.losses[-1] > 0.69
        assert 0.8 * made.bounds.guaranteed < state["lr"] < made.bounds.guaranteed
    if card.name == "endless":
        longer = run_of({**state, "steps": 2000}).history
        grown = np.linalg.norm(longer.params[:, :2], axis=1)
        assert np.all(np.diff(grown) > 0)
        double = mean_loss(made.scaled.X, made.scaled.data.y, 2 * h.params[-1])
        assert double < h.losses[-1]


@of_kind(Type, TRAINING)
def test_a_mean_is_asked_for_and_its_mistakes_are_known(card):
    state = whole(card)
    read = run_read(run_of(state), state["lr"])
    if card.name == "mean":
        wanted = mpmath.log(2)
    else:  # the numbers stand in the question
        given = card.ask.question.replace("−", "-").partition(" are ")[2]
        pulls = [mpmath.mpf(one) for one in re.findall(r"-?\d\.\d", given)]
        assert len(pulls) == 3
        wanted = mpmath.fsum(pulls) / 3
        # The formula that is named is the gradient of one example.
        assert "(a − y)·xᵢ" in say(card.because, read)
    assert card.ask.right.of(read) == pytest.approx(float(wanted), rel=1e-12)
    given = [amount.of(read) for amount, _ in card.ask.mistakes]
    assert [card.ask.judged(one, read) for one in given] == [why for _, why in card.ask.mistakes]


@pytest.mark.parametrize("page", TABLES)
def test_the_browser_is_given_the_order_of_all_cards_and_those_of_its_page_whole(page):
    given = guide.spec(CARDS, page, "/app/", settings.defaults(TABLES[page]))
    assert [(one["name"], one["page"]) for one in given["order"]] == [
        (card.name, card.page) for card in CARDS.values()
    ]
    here = {"graph": GRAPH, "training": TRAINING}[page]
    assert list(given["cards"]) == [card.name for card in here]
    kinds = {Choose: "choose", Try: "try", Type: "type"}
    for card in here:
        sent = given["cards"][card.name]
        assert sent["state"] == whole(card)
        if card.ask is None:
            assert sent["ask"] is None
            continue
        assert sent["ask"]["kind"] == kinds[type(card.ask)]
        if isinstance(card.ask, Choose):
            assert [one["label"] for one in sent["ask"]["options"]] == [
                option.label for option in card.ask.options
            ]
        elif isinstance(card.ask, Try):
            assert sent["ask"]["until"] == dict(card.ask.until)
            assert sent["ask"]["does"] == {n: {**whole(card), **card.ask.does}[n] for n in INPUTS}
        else:
            assert sent["ask"]["right"]["keys"] == list(card.ask.right.keys)
            assert [one["why"] for one in sent["ask"]["mistakes"]] == [
                why for _, why in card.ask.mistakes
            ]


@pytest.mark.parametrize("card", [one for one in GRAPH if isinstance(one.ask, Try)])
def test_what_is_shown_for_a_task_does_it(card):
    before = differentiate(**{name: whole(card)[name] for name in INPUTS})
    assert not holds(card.ask.until, before.read)
    after = differentiate(**{**before.inputs, **card.ask.does})
    assert holds(card.ask.until, after.read)
    if card.part != "onestep":
        assert set(card.ask.does) == {"w1"}  # what the card says to drag
        return
    # As many steps as the button takes, with the rate that it has.
    names = ("w1", "w2", "b")
    path = minimize(
        lambda w: [
            differentiate(**{**before.inputs, **dict(zip(names, w, strict=True))}).adjoints[name]
            for name in names
        ],
        [before.inputs[name] for name in names],
        learning_rate=whole(card)["lr"],
        steps=10,
    )
    losses = [
        differentiate(**{**before.inputs, **dict(zip(names, w, strict=True))}).values["L"]
        for w in path
    ]
    steps = next(k for k, loss in enumerate(losses) if loss < card.ask.until["value.L"][1])
    np.testing.assert_allclose([card.ask.does[name] for name in names], path[steps], rtol=1e-15)
