"""What the picture of an optimizer's step says: its letters in words, and one sentence on a step.

``live/optimizer-view.js`` draws the pictures and fills the sentences in; `quantities` computes
the same numbers here, and a test holds the two equal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrviz.core.expression import latex, plain, symbol
from lrviz.text.sentence import ONE, ZERO, Line, Table, payload, say
from lrviz.training.model import PARAMETERS
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Playback

#: The picture that each optimizer has; gd and sgd have none, their step is the slope itself.
PICTURES: Mapping[str, str] = MappingProxyType(
    {
        "newton": "parabola",
        "momentum": "velocity",
        "nesterov": "velocity",
        "rmsprop": "rates",
        "adam": "rates",
        "adagrad": "rates",
    }
)
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "parabola": "Newton’s step, beside a gradient step",
        "velocity": "The step, by where it comes from",
        "rates": "A learning rate for each parameter",
    }
)

#: One spread is "only" or "even" that of another from so many times on.
MUCH = 1.5
#: Letters of the rules in words.
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "g": "the slopes of J, one for each parameter",
        "v": "the velocity: all slopes so far, each fading by the factor μ a step",
        "m": "the running mean of the slopes",
        "m_hat": "m, corrected for having begun at 0",
        "s": "the running mean of the squared slopes",
        "s_hat": "s, corrected for having begun at 0",
        "H": "the second derivatives of J: how each slope changes with each parameter",
        "d": "the direction that comes out, which is subtracted whole",
        "delta": "the damping: 0 unless the plain step would not lead down",
        "epsilon": "so small that it only keeps 0 from dividing",
        "lambda": "the weight decay",
        "mu": "how much of the velocity is kept",
        "alpha": "how much of the running mean is kept",
        "beta1": "how much of m is kept",
        "beta2": "how much of s is kept",
        "t": "the count of steps, this one included",
        "eta": "the learning rate",
    }
)
_OWN = {
    ("sgd", "g"): "the slopes over this minibatch alone",
    ("adagrad", "s"): "the sum of all squared slopes so far",
}


def letters(opt: str, *, decays: bool = False) -> list[tuple[str, str, str]]:
    """The letters of a rule, what they mean, and their LaTeX, in the order they are written in."""
    named = [
        name
        for line in OPTIMIZERS[opt].statements
        for side in (line.right, line.left)
        for name in side.symbols
    ]
    if decays:
        named.append("lambda")
    silent = set() if _shows_slopes(opt) else {"g"}
    known = [symbol(n) for n in dict.fromkeys(named) if n in MEANINGS and n not in silent]
    return [(plain(s), _OWN.get((opt, s.parts[0]), MEANINGS[s.parts[0]]), latex(s)) for s in known]


def _shows_slopes(opt: str) -> bool:
    """Whether g stands in the rule as it is written, or in its picture."""
    rule = OPTIMIZERS[opt]
    own = rule.solve is not None or any(line.name == "g" for line in rule.statements)
    return own or (PICTURES.get(opt) == "rates" and "m" not in rule.keeps)


# The sentences. Conditions are on what `quantities` gives; the first line that holds is said.

_BEYOND: Line = ({"finite": ZERO}, "The numbers of this step leave float64.")
_GRADIENT = "where a gradient step with η = 1/K finds {~gradient.after} {gradient.after}."
_RATIO = "{~ratio} {ratio} times as far as the slope alone would take it, {~turn} {turn}°"


def _parabola() -> Table:
    return (
        _BEYOND,
        ({"slope": ZERO}, "The slope is exactly zero here, so neither way leads anywhere."),
        ({"bend": ZERO}, "J is straight along d here, to the last digit: there is no bottom."),
        (
            {"damping": ZERO},
            "The parabola that has J’s slope and curvature here has its bottom along d at J "
            "{~newton.bottom} {newton.bottom}; Newton jumps there and finds J {~newton.after} "
            f"{{newton.after}}, {_GRADIENT}",
        ),
        (
            {},
            "The step is damped, δ {~damping} {damping}: it goes {~share} {share} of the way to "
            "the bottom of the parabola along d and finds J {~newton.after} {newton.after}, "
            f"{_GRADIENT}",
        ),
    )


def _velocity() -> Table:
    return (
        _BEYOND,
        ({"moves": ZERO}, "Nothing moves here."),
        (
            {"carried": ZERO, "ratio": ONE},
            "Nothing is carried on yet: the whole step comes from this step’s slope.",
        ),
        (
            {"carried": ZERO},
            f"Nothing is carried on yet, but the look ahead makes the step go {_RATIO} off "
            "straight downhill.",
        ),
        ({"bare": ZERO}, "The slope is exactly zero here: the whole step is carried on."),
        (
            {"turn": (90, None)},
            f"The velocity outweighs the slope: the step goes {_RATIO} off straight downhill, so "
            "it goes up.",
        ),
        (
            {"ratio": (1, None)},
            f"The velocity carries on: the step goes {_RATIO} off straight downhill.",
        ),
        ({}, f"The velocity holds back: the step goes only {_RATIO} off straight downhill."),
    )


def _rates(slope: str) -> Table:
    sizes = f"The largest {slope} is {{~slopes}} {{slopes}} times the smallest"
    own = "each parameter’s rate is η over the size of its own slopes."
    return (
        _BEYOND,
        ({"moves": ZERO}, "Nothing moves here."),
        (
            {"least": ZERO},
            f"One parameter has a {slope} of exactly zero and stays; {own}",
        ),
        (
            {"evened": (MUCH, None)},
            f"{sizes}, the largest step only {{~steps}} {{steps}} times the smallest: {own}",
        ),
        (
            {"evened": (None, 1 / MUCH)},
            f"{sizes}, the largest step even {{~steps}} {{steps}} times: {own}",
        ),
        ({}, f"{sizes}, the largest step {{~steps}} {{steps}} times: {own}"),
    )


#: From less than this share on one says that slopes have cancelled.
CANCELLED = 0.5
#: So much is all of it: what is missing is rounding.
WHOLE = 1 - 1e-9


def _cancels() -> Table:
    """Of Adam: what slopes of changing sign leave of their mean."""
    return (
        ({"finite": ZERO}, ""),
        ({"moves": ZERO}, ""),
        # About as long as the others: what stands below does not jump while a run is played.
        (
            {"left": (WHOLE, None)},
            " No slopes of changing sign cancel in the mean so far: m̂ is as large as the mean of "
            "their sizes.",
        ),
        (
            {"left": (CANCELLED, None)},
            " No parameter’s slopes cancel in the mean by more than half: m̂ is at least {~left} "
            "{left} times their mean size.",
        ),
        *(
            (
                {"whose": (n, n)},
                f" The slopes of {plain(symbol(name))} have changed sign and cancel in the mean: "
                "m̂ is {~left} {left} times their mean size.",
            )
            for n, name in enumerate(PARAMETERS)
        ),
    )


def picture(opt: str) -> dict[str, Any] | None:
    """What the browser is given of an optimizer's picture; None where it has none."""
    kind = PICTURES.get(opt)
    if kind is None:
        return None
    adam = opt == "adam"
    says = {
        "parabola": (_parabola(),),
        "velocity": (_velocity(),),
        "rates": (_rates("mean slope m̂"), _cancels()) if adam else (_rates("slope"),),
    }
    return {
        "kind": kind,
        "title": TITLES[kind],
        "says": payload(says[kind]),
        # Nesterov carries the velocity that this step's slope is in already.
        "ahead": opt == "nesterov",
    }


def sentence(made: Playback, k: int) -> str:
    """What is said beside the picture of the step from k on."""
    found = picture(made.request.opt)
    if found is None:
        return ""
    tables = [tuple((when, text) for when, text in table) for table in found["says"]]
    return say(tables, quantities(made, k).__getitem__)


# The numbers


def quantities(made: Playback, k: int) -> dict[str, float]:
    """The numbers of the sentence on the step from k on."""
    make = {"parabola": _of_parabola, "velocity": _of_velocity, "rates": _of_rates}
    with np.errstate(all="ignore"):
        found = make[PICTURES[made.request.opt]](made, k)
    known = all(map(math.isfinite, found.values()))
    return {**found, "finite": float(known)}


def _of_parabola(made: Playback, k: int) -> dict[str, float]:
    p = made.parabolas
    assert p is not None
    slope, bend, j = float(p.slopes[k, 0]), float(p.bends[k, 0]), float(made.history.losses[k])
    return {
        "slope": slope,
        "bend": bend,
        "damping": float(made.terms["delta"][k]),
        "share": bend / slope if slope else 0.0,
        "newton.bottom": j - slope * slope / (2 * bend) if bend else j,
        "newton.after": float(p.ends[k, 0]),
        "gradient.after": float(p.ends[k, 1]),
    }


def _of_velocity(made: Playback, k: int) -> dict[str, float]:
    g, v, mu = made.used[k], made.terms["v"][k], made.request.momentum
    moved = v if made.request.opt == "momentum" else g + mu * v
    size, bare = float(np.linalg.norm(moved)), float(np.linalg.norm(g))
    carried = float(np.linalg.norm(mu * made.terms["v_before"][k]))
    ratio, turn = 0.0, 0.0
    if size and bare:
        ratio = size / bare
        one, other = moved / size, g / bare
        apart, along = np.linalg.norm(one - other), np.linalg.norm(one + other)
        turn = math.degrees(2 * math.atan2(float(apart), float(along)))
    return {"moves": size, "bare": bare, "carried": carried, "ratio": ratio, "turn": turn}


def _of_rates(made: Playback, k: int) -> dict[str, float]:
    adam = made.request.opt == "adam"
    slopes = np.abs(made.terms["m_hat"][k] if adam else made.used[k])
    squares = made.terms["s_hat" if adam else "s"][k]
    epsilon = OPTIMIZERS[made.request.opt].constants["epsilon"]
    steps = made.request.lr * (slopes / (np.sqrt(squares) + epsilon))
    least, most = float(slopes.min()), float(steps.max())
    of_slopes, of_steps = (
        (float(each.max() / each.min()) if each.min() else 1.0) for each in (slopes, steps)
    )
    found = {
        "moves": most,
        "least": least,
        "slopes": of_slopes,
        "steps": of_steps,
        "evened": of_slopes / of_steps,
    }
    if adam:
        shares = [
            float(mean / size) if size else 1.0
            for mean, size in zip(slopes, _mean_sizes(made, k), strict=True)
        ]
        found["left"] = min(shares)
        found["whose"] = float(shares.index(found["left"]))
    return found


def _mean_sizes(made: Playback, k: int) -> NDArray[np.float64]:
    """The mean size of each parameter's slopes, each counting as it does in Adam's m̂."""
    shares = OPTIMIZERS["adam"].constants["beta1"] ** np.arange(k, -1, -1.0)
    sizes: NDArray[np.float64] = shares @ np.abs(made.used[: k + 1]) / shares.sum()
    return sizes
