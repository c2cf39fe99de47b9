"""The seven kinds whose answer is a number.

Each maker rolls a state, asks the project's own pass for the key, and lists what each known
mistake comes to. It gives None where a mistake would pass for the right answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import numpy as np

from lrviz.core.expression import Expression, compiled, exp, log, number, rate, sigma, symbols
from lrviz.core.graph import INPUTS, Edge, Pass, backward, build, differentiate, forward
from lrviz.core.numerics import sigmoid
from lrviz.core.ops import OPS, RESIDUAL, SIGMOID
from lrviz.practice.dice import Dice
from lrviz.practice.mistakes import line_of
from lrviz.practice.problem import Problem, Wrong, apart
from lrviz.text.prose import Text, say
from lrviz.training.model import gradient
from lrviz.training.walk import minimize

L, a, z, b, y, g, eta = symbols("L", "a", "z", "b", "y", "g", "eta")
x1, x2, w1, w2 = symbols("x1", "x2", "w1", "w2")
X = {"w1": x1, "w2": x2, "b": number(1)}
OTHER = {"w1": x2, "w2": x1}
W = {"w1": w1, "w2": w2, "b": b}
DELTA = RESIDUAL["log"]
UP, SLOPE = OPS["log_loss"].rates[0], OPS["sigmoid"].rates[0]
TEN = number(math.log(10))
#: What rounding a to one decimal on the way makes of it.
_EARLY = 1

Maker = Callable[[Dice, int], "Problem | None"]


def _between(dice: Dice, low: int, high: int, step: int = 1, scale: int = 10) -> float:
    """A multiple of step/scale, not 0."""
    while True:
        rolled = (low + dice.below((high - low) // step + 1) * step) / scale
        if rolled:
            return rolled


def state(dice: Dice, level: int) -> dict[str, float]:
    """Inputs for a pocket calculator: halves, one decimal, or weights with two."""
    step, scale = {1: (5, 10), 2: (1, 10), 3: (5, 100)}[level]
    while True:
        out = {name: _between(dice, -30, 30, 5 if level == 1 else 1) for name in ("x1", "x2")}
        top = 2 * scale
        out |= {name: _between(dice, -top, top, step, scale) for name in ("w1", "w2", "b")}
        out["y"] = float(dice.below(2))
        at = out["w1"] * out["x1"] + out["w2"] * out["x2"] + out["b"]
        sizes = {abs(out[name]) for name in ("x1", "x2")}
        if 0.15 <= abs(at) <= 3 and len(sizes) == 2 and 1 not in sizes:
            return out


def passed(inputs: Mapping[str, float]) -> Pass:
    """The project's own pass over x1, x2, w1, w2, b, y."""
    numbers = {name: inputs[name] for name in INPUTS}
    return differentiate(**numbers)  # type: ignore[arg-type]


def _values(p: Pass) -> dict[str, float]:
    return {**p.inputs, **{name: float(p.values[name]) for name in ("z", "a", "L")}}


def _made(  # noqa: PLR0917 - the columns of a table
    kind: str,
    variant: str,
    question: Text,
    asked: Expression,
    formula: Expression,
    key: float,
    wrongs: Iterable[tuple[str, Expression]],
    values: Mapping[str, float],
    given: Iterable[str],
    place: tuple[str, str, str],
    rule: Text,
    strict: bool = True,
    slips: Iterable[tuple[str, Expression]] = (),
    **more: object,
) -> Problem | None:
    """A problem; ``place`` is its part, chain and rule.

    None where one of ``wrongs`` would pass for the key, unless it is not ``strict``: then that
    mistake alone is not known. One of ``slips`` that does so is left out, too, and the problem is
    as good.
    """
    names = tuple(values)

    def worth(e: Expression, at: Mapping[str, float]) -> float:
        return float(compiled(e, names)(*(at[name] for name in names)))

    found, others = (
        [Wrong(mistake, worth(e, values), e) for mistake, e in each] for each in (wrongs, slips)
    )
    if strict and (key == 0 or not all(apart(one.value, key) for one in found)):
        return None
    found = [one for one in found + others if apart(one.value, key)]
    if "a" in values and "a" in formula.symbols:
        early = {**values, "a": round(values["a"], _EARLY)}
        if 0 < early["a"] < 1 and apart(early_value := worth(formula, early), key):
            found.append(Wrong("rounded", early_value))
    part, chain, settled = place
    return Problem(
        *(0, 1, 1, kind, variant, question, key),
        asked=asked,
        formula=formula,
        values=MappingProxyType(dict(values)),
        given=tuple((name, values[name]) for name in given),
        wrongs=tuple(found),
        rule=rule,
        part=part,
        chain=chain,
        line=line_of(part, settled),
        **more,  # type: ignore[arg-type]
    )


def _pass(dice: Dice, level: int) -> tuple[Pass, dict[str, float]]:
    p = passed(state(dice, level))
    return p, _values(p)


def _read(dice: Dice, level: int) -> Problem | None:
    p, _ = _pass(dice, level)
    return value(p, dice.pick(("z", "a", "L")))


def value(p: Pass, variant: str, *, strict: bool = True) -> Problem | None:
    """The question what z, a or L is, of a pass with two features."""
    values = _values(p)
    wrongs: list[tuple[str, Expression]]
    slips: list[tuple[str, Expression]] = []
    if variant == "z":
        asked, formula = z, OPS["affine"].formula
        given: tuple[str, ...] = ("x1", "x2", "w1", "w2", "b")
        wrongs = [
            ("sign", -formula),
            ("other", w1 * x2 + w2 * x1 + b),
            ("no bias", w1 * x1 + w2 * x2),
            ("added", w1 + x1 + w2 + x2 + b),
            ("multiplied", w1 * x1 * (w2 * x2) + b),
        ]
        slips = [
            ("product", w1 * x1 - w2 * x2 + b),
            ("product", w2 * x2 - w1 * x1 + b),
            ("product", b - w1 * x1 - w2 * x2),
            ("bias sign", w1 * x1 + w2 * x2 - b),
        ]
        place = ("goal", "z", "multiply out")
        rule = say("Each weight times its own feature, added up, and the bias on top.")
    elif variant == "a":
        asked, formula, given = a, SIGMOID, ("z",)
        wrongs = [
            ("mirrored", sigma(-z)),
            ("reciprocal", 1 + exp(-z)),
            ("value", SLOPE),
        ]
        place = ("goal", "a", "put in: the formula")
        rule = say("The prediction is the sigmoid of {}.", z)
    else:
        # With the label put in: the other logarithm is multiplied by 0.
        asked, given = L, ("a", "y")
        right, left = (log(a), log(1 - a)) if values["y"] else (log(1 - a), log(a))
        formula = -right
        wrongs = [
            ("sign", right),
            ("label", -left),
            ("log10", -right / TEN),
            ("added", -(right + left)),
        ]
        place = ("goal", "L", "definition: the log loss")
        rule = say("The label chooses the logarithm: of {} for 1, of {} for 0.", a, 1 - a)
    return _made(
        "read",
        variant,
        say("What is {}?", asked),
        *(asked, formula, values[variant], wrongs, values, given, place, rule, strict, slips),
        inputs=p.inputs,
    )


def _local(dice: Dice, level: int) -> Problem | None:
    p, _ = _pass(dice, level)
    edge = dice.pick((("w1", "z"), ("w2", "z"), ("z", "a"), ("a", "L")))
    return local(p, edge, ("z",) if level == 3 else ("z", "a") if level == 2 else ("a",))


def local(
    p: Pass, edge: Edge, known: tuple[str, ...] = ("a",), *, strict: bool = True
) -> Problem | None:
    """The question what a local derivative is; ``known`` is given besides the inputs."""
    values = _values(p)
    tail, head = edge
    wrongs: list[tuple[str, Expression]]
    given: tuple[str, ...]
    if edge == ("b", "z"):
        formula, given = X["b"], tuple(INPUTS[:-1])
        wrongs = [("sign", -formula), ("bias", x1), ("bias", x2), ("value", b)]
        wrongs.append(("constant", number(0)))
        place = ("5", "main", "zero: adding 0")
        rule = say("{} is simply added.", b)
    elif head == "z":
        formula, given = X[tail], tuple(INPUTS[:-1])
        wrongs = [
            ("sign", -formula),
            ("other", OTHER[tail]),
            ("weight", W[tail]),
            ("value", W[tail] @ formula),
        ]
        place = ("4", "general", "constant factor")
        rule = say("One term of {} has {} in it; its factor is the rate.", z, W[tail])
    elif head == "a":
        formula, given = SLOPE, known
        wrongs = [("sign", -formula), ("value", a), ("complement", a @ a)]
        place = ("2", "main", "put in: the sigmoid")
        rule = say("The sigmoid's slope is written with its own value {}.", a)
    else:
        one, zero = -(1 / a), 1 / (1 - a)
        formula, left = (one, zero) if values["y"] else (zero, one)
        given = (*known, "y")
        right = log(a) if values["y"] else log(1 - a)
        wrongs = [
            ("sign", -formula),
            ("label", left),
            ("value", -right),
            ("log10", formula / TEN),
            ("swapped", y - a),
        ]
        place = ("1", "main", "derivative of log")
        rule = say("The derivative of {} is {}; mind the sign, and what is inside.", log(a), 1 / a)
    asked = rate(*symbols(head, tail))
    return _made(
        "local",
        f"{tail}-{head}",
        say("What is the local derivative {}?", asked),
        *(asked, formula, float(p.locals[edge]), wrongs, values, given, place, rule, strict),
        inputs=p.inputs,
        of=tail if tail in W else "w1",
    )


def _known(level: int) -> tuple[str, ...]:
    return {1: ("z", "a"), 2: ("z",), 3: ()}[level]


def _chain(dice: Dice, level: int) -> Problem | None:
    p, values = _pass(dice, level)
    of = dice.pick(("w1", "w2", "b"))
    if of == "b" and not values["y"]:
        return None  # a itself, which is given
    return chain(p, of, _known(level))


def chain(p: Pass, of: str, known: tuple[str, ...] = (), *, strict: bool = True) -> Problem | None:
    """The question what a parameter's gradient is; ``known`` is given besides the inputs."""
    values = _values(p)
    asked = rate(L, W[of])
    if of == "b":
        formula: Expression = DELTA
        wrongs = [("bias", DELTA @ x1), ("slope", UP), ("added", UP + SLOPE)]
        slips = [("unlabelled", a)]
        place = ("result", "bias", "put in: the result of ③")
    else:
        formula = DELTA @ X[of]
        wrongs = [
            ("feature", DELTA),
            ("stopped", DELTA),
            ("other", DELTA @ OTHER[of]),
            ("slope", UP @ X[of]),
            ("added", UP + SLOPE + X[of]),
        ]
        slips = [("unlabelled", a @ X[of]), ("weight", DELTA @ W[of])]
        place = ("result", "weight", "put in: the result of ④")
    turned = (y - a) @ X[of] if of != "b" else y - a
    return _made(
        "chain",
        of,
        say("What is {}?", asked),
        *(asked, formula, float(p.adjoints[of])),
        [("sign", turned), ("swapped", turned), ("kept", formula @ SLOPE), *wrongs],
        values,
        (*(name for name in INPUTS if name in p.inputs), *known),
        place,
        say(
            "Along the way from {} to {} the rates multiply; ① and ② together are {}.",
            W[of],
            L,
            DELTA,
        ),
        strict,
        slips,
        inputs=p.inputs,
        of=of,
    )


def residual(p: Pass, *, strict: bool = True) -> Problem | None:
    """The question what ③ is, ∂L/∂z."""
    values = _values(p)
    asked = rate(L, z)
    wrongs = [
        ("sign", y - a),
        ("swapped", y - a),
        ("slope", UP),
        ("kept", DELTA @ SLOPE),
        ("added", UP + SLOPE),
    ]
    return _made(
        "chain",
        "z",
        say("What is {}?", asked),
        *(asked, DELTA, float(p.adjoints["z"]), wrongs, values, tuple(INPUTS)),
        ("3", "main", "cancel: ya is taken away"),
        say("It is ① times ②: {} and {} meet in {}.", UP, SLOPE, z),
        strict,
        [("unlabelled", a)],
        inputs=p.inputs,
    )


def _paths(dice: Dice, level: int) -> Problem | None:
    inputs = state(dice, level)
    share = dice.pick(((4, 5), (3, 5), (2, 5), (1, 5), (3, 4), (1, 4)))
    inputs["y"] = share[0] / share[1]
    graph = build("operations", "log")
    values_of = forward(graph, inputs)
    _, adjoints = backward(graph, values_of)
    values = {**inputs, **{name: float(values_of[name]) for name in ("z", "a", "L")}}
    first, second = -(y / a), (1 - y) / (1 - a)
    asked, formula, key = rate(L, a), UP, float(adjoints["a"])
    wrongs = [
        ("sign", -UP),
        ("multiplied", first @ second),
        ("one way", first),
        ("one way", second),
        ("inner", first - second),
        ("log10", UP / TEN),
        ("swapped", (1 - a) / (1 - y) - a / y),
    ]
    if level == 3:
        asked, formula, key = rate(L, z), UP @ SLOPE, float(adjoints["z"])
        wrongs = [(mistake, e @ SLOPE) for mistake, e in wrongs] + [("slope", UP)]
    question = say(
        f"{share[0]} of {share[1]} people say 1, so the label is {{}}: both ways from {{}} to {{}} "
        "count, through {} and through {}. What is {}?",
        *(number(inputs["y"]), a, L, log(a), log(1 - a), asked),
    )
    return _made(
        "paths",
        "a" if level < 3 else "z",
        question,
        *(
            asked,
            formula,
            key,
            wrongs,
            values,
            ("y", "z", "a") if level == 1 else ("y", "a") if level == 2 else ("y", "z"),
        ),
        ("1", "main", "put in: the side calculation"),
        say("Multiply along each way, then add the two."),
        inputs=MappingProxyType(inputs),
        view="operations",
    )


def _step(dice: Dice, level: int) -> Problem | None:
    p, values = _pass(dice, level)
    of = dice.pick(("w1", "w2", "b") if level > 1 else ("w1", "w2"))
    values["eta"] = dice.pick((0.1, 0.2, 0.5, 2.0) if level > 1 else (0.1, 0.5, 2.0))
    values["g"] = float(p.adjoints[of])
    if level == 1:
        # What is given has the digits that are shown.
        values["g"] = float(f"{values['g']:.2g}")
    moved = minimize(
        lambda _: np.array([values["g"]]),
        np.array([values[of]]),
        optimizer="gd",
        learning_rate=values["eta"],
        steps=1,
    )
    slope = g if level == 1 else DELTA @ X[of] if of != "b" else DELTA
    target = W[of]
    formula = target - eta @ slope
    wrongs = [
        ("rate", target - slope),
        ("ascent", target + eta @ slope),
        ("step", -(eta @ slope)),
        ("added", target - (eta + slope)),
        ("value", slope),
        ("stayed", target),
    ]
    if level > 1 and of != "b":
        wrongs += [
            ("feature", target - eta @ DELTA),
            ("other", target - eta @ (DELTA @ OTHER[of])),
            ("kept", target - eta @ (DELTA @ X[of] @ SLOPE)),
        ]
    given = (of, "eta", "g") if level == 1 else (*p.inputs, *_known(level), "eta")
    asks = "One step of gradient descent with learning rate {} = {}: what is {} after it"
    letters = (eta, number(values["eta"]), target)
    question = (
        say(f"{asks}, where {{}} is {{}}?", *letters, g, rate(L, target))
        if level == 1
        else say(f"{asks}?", *letters)
    )
    return _made(
        "step",
        of,
        question,
        *(target, formula, float(moved[1][0]), wrongs, values, given),
        ("result", "weight" if of != "b" else "bias", "put in: the result of ③"),
        say("Go against the gradient, by {} times its size.", eta),
        inputs=p.inputs,
        of=of,
    )


def _mean(dice: Dice, level: int) -> Problem | None:
    start = state(dice, level)
    params = np.array([start["w1"], start["w2"], start["b"]])
    rows, kept = [], 0
    while kept < 3:
        more = state(dice, level)
        at = start["w1"] * more["x1"] + start["w2"] * more["x2"] + start["b"]
        if 0.15 <= abs(at) <= 3:
            rows.append({**{name: more[name] for name in ("x1", "x2", "y")}, "z": at})
            kept += 1
    for row in rows:
        row["a"] = float(sigmoid(row["z"]))
    of = dice.pick(("w1", "w2"))
    own, other = ("x1", "x2") if of == "w1" else ("x2", "x1")
    key = float(
        gradient([[r["x1"], r["x2"]] for r in rows], [r["y"] for r in rows], params)[
            ("w1", "w2").index(of)
        ]
    )

    def total(*products: Expression) -> Expression:
        return products[0] + products[1] + products[2]

    off = [number(_four(row["a"])) - number(row["y"]) for row in rows]
    xs, others = ([number(row[name]) for row in rows] for name in (own, other))
    whole = total(*(e @ x for e, x in zip(off, xs, strict=True)))
    formula = whole / 3
    wrongs = [
        ("sign", -formula),
        ("swapped", -formula),
        ("sum", whole),
        ("feature", total(*off) / 3),
        ("stopped", total(*off) / 3),
        ("other", total(*(e @ x for e, x in zip(off, others, strict=True))) / 3),
        ("averaged", (total(*off) / 3) @ (total(*xs) / 3)),
    ]
    asked = rate(symbols("J")[0], W[of])
    shown = ("x1", "x2", "y", "z" if level == 3 else "a")
    if abs(key) < 0.05:
        return None
    return _made(
        "mean",
        of,
        say(
            "The loss {} is the mean over these three examples. What is {}?", symbols("J")[0], asked
        ),
        *(asked, formula, key, wrongs, {}, ()),
        ("result", "weight", "put in: the result of ④"),
        say("One gradient for each example, {}; then their mean.", DELTA @ X[of]),
        slips=[
            (
                "unlabelled",
                total(*(number(_four(r["a"])) @ x for r, x in zip(rows, xs, strict=True))) / 3,
            )
        ],
        inputs=MappingProxyType(start),
        rows=tuple(MappingProxyType({name: row[name] for name in shown}) for row in rows),
        of=of,
    )


def _four(value: float) -> float:
    return float(f"{value:.4g}")


def _saturation(dice: Dice, level: int) -> Problem | None:
    size = 6 + dice.below(4 if level == 2 else 7)
    label = dice.below(2)
    # Confident and wrong, but for the sigmoid's slope, where either side will do.
    at = -size if label else size
    variant = dice.pick(("L", "a", "z", "slope"))
    x = {"x1": 4.0, "x2": 2.0, "w1": at / 4, "w2": 0.0, "b": 0.0, "y": float(label)}
    p = passed(x)
    values = {"z": float(at), "y": float(label)}
    size_of = z if at > 0 else -z
    far, near = (exp(z), exp(-z)) if at > 0 else (exp(-z), exp(z))
    sign = -1 if label else 1
    sure = number(sign)
    if variant == "L":
        asked, formula, key = L, size_of, float(p.values["L"])
        wrongs = [("sign", -size_of), ("log10", size_of / TEN), ("label", near)]
        place = ("goal", "L", "definition: the log loss")
        rule = say(
            "For a large {} the sigmoid's small side is {}, and the log undoes it.", size_of, near
        )
    elif variant == "slope":
        asked, formula, key = rate(a, z), near, float(p.locals["z", "a"])
        wrongs = [("sign", -near), ("zero", number(0)), ("value", number(1))]
        place = ("2", "main", "put in: the sigmoid")
        rule = say("One of {} and {} is nearly 1, the other nearly {}.", a, 1 - a, near)
    elif variant == "a":
        asked, formula, key = rate(L, a), sure @ far, float(p.locals["a", "L"])
        wrongs = [("sign", -(sure @ far)), ("label", -sure), ("value", size_of)]
        place = ("1", "main", "order: the positive term")
        rule = say("It divides by the small side, which is about {}.", near)
    else:
        asked, formula, key = rate(L, z), number(1 - label) - y, float(p.adjoints["z"])
        wrongs = [
            ("sign", -sure),
            ("kept", sure @ near),
            ("slope", sure @ far),
            ("flat", number(0)),
        ]
        place = ("3", "main", "cancel: ya is taken away")
        rule = say(
            "{} explodes and {} vanishes, but their product is {}.", rate(L, a), rate(a, z), DELTA
        )
    asks = "The model is very sure. Without a calculator: about what is {}?"
    if variant in ("slope", "a"):
        asks += " A power of e will do."
    return _made(
        "saturation",
        variant,
        say(asks, asked),
        *(asked, formula, key, wrongs, values, ("z", "y"), place, rule),
        inputs=p.inputs,
    )


#: The maker of each kind.
MAKERS: Mapping[str, Maker] = MappingProxyType(
    {
        "read": _read,
        "local": _local,
        "chain": _chain,
        "paths": _paths,
        "step": _step,
        "mean": _mean,
        "saturation": _saturation,
    }
)
