"""What is said about a run beside its figures: the learning rate, the data, the scale, the start.

Every sentence here is made from the run that it is about.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lrviz import settings
from lrviz.data.dataset import UNNAMED, Dataset
from lrviz.text.numbers import equation, number
from lrviz.training.course import course
from lrviz.training.newton import StepBounds, first_rate
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import SYMBOLS, Playback
from lrviz.training.starts import random_start

#: The title of the block that also says the parameters in both scales.
SCALED = "The scale"


def texts(made: Playback) -> list[dict[str, Any]]:
    """Blocks of a title and lines; that of the learning rate has rates to try."""
    lines, rates = about_rates(made)
    return [
        {"title": "Learning rate", "lines": lines, "rates": rates},
        {"title": "The data", "lines": about_data(made)},
        {"title": SCALED, "lines": about_scale(made)},
    ]


# The data


def classes(data: Dataset) -> str:
    """What y = 0 and y = 1 are called, and of what, where that has a name."""
    labels = ", ".join(
        f"y = {label}" + (f" is {name}" if name != str(label) else "")
        for label, name in enumerate(data.label_names)
    )
    return labels if data.label == UNNAMED else f"the label is {data.label}: {labels}"


def about_data(made: Playback) -> list[str]:
    """What the data set teaches, how many there are of what, and where it is from."""
    data = made.scaled.data
    count = f"{len(data)} examples" if len(data) > 1 else "One example"
    lines = [*([data.teaches] if data.teaches else []), f"{count}; {classes(data)}.", *data.notes]
    lines += _about_minimum(made)
    if made.request.data == "xor":
        lines.append(
            "At w = 0, b = 0 every a is ½, so each example adds ±½·x, and over the four corners "
            "these cancel in every coordinate: the gradient is exactly zero. It is the minimum, "
            f"too: in log loss no line does better than {equation('J = log 2', np.log(2.0))}. "
            "By counting, a line can get three of the four right, but never the fourth, and it "
            "pays for that one with more than it gains."
        )
    if made.request.data == settings.OWN:
        return [*lines, "The points are part of the link."]
    if made.request.data == settings.FILE:
        return [
            *lines,
            f"Your own file, {data.name}: it stays in this visit and is not in the link. Examples "
            "are counted from 0, without the header and without rows that were left out.",
        ]
    return [*lines, f"Source: {data.source} Licence: {data.licence}"]


def _about_minimum(made: Playback) -> list[str]:
    """Whether there is one, where that is not plain."""
    data, l2, best = made.scaled.data, made.request.l2, made.bounds.minimum
    if len(set(data.y.tolist())) == 1:
        way = "Raising" if data.y[0] else "Lowering"
        free = ", and weight decay leaves b alone" if l2 else ""
        return [
            "There is one class only, so the best answer is always that one: the loss can fall "
            f"for ever. {way} b always lowers J{free}. Add the other class to give training "
            "something to weigh."
        ]
    if best is None:
        return [
            "A line separates the classes. Take that line’s w and b and double them: every "
            "example is still on its side, none costs more, and J is smaller. So no minimum "
            "exists, and ‖w‖ keeps growing, for gradient descent like log t."
        ]
    if not l2:
        return []
    at = ", ".join(equation(s, v) for s, v in zip(SYMBOLS, best.tolist(), strict=True))
    first = (
        "A line separates the classes, so without weight decay no minimum would exist. "
        if made.separable
        else ""
    )
    holds = "holds the weights: the minimum is at" if made.separable else "moves the minimum to"
    return [f"{first}Weight decay, {equation('λ', l2)}, {holds} {at}."]


# The scale


def about_scale(made: Playback) -> list[str]:
    """What was done to the features, and what a change of scale does to the learning rate."""
    s, request = made.scaled, made.request
    if request.scale == "raw":
        lines = ["The features are used as they are, in their own units: what is large pulls more."]
    else:
        each = "; ".join(
            f"{name}: {equation('mean', float(m))}, {equation('standard deviation', float(d))}"
            for name, m, d in zip(s.data.feature_names, s.mean, s.scale, strict=True)
        )
        lines = [f"Each feature is standardised, (x − mean) / standard deviation. {each}."]
    if OPTIMIZERS[request.opt].uses:
        rates = first_rates(made)
        (_, here), (other, there) = made.guaranteed.items()
        one = f"Both leave room for {equation('η', rates[other])}, which a change of scale sets."
        each = (
            f"So a change of scale sets η anew, to {number(rates['standard'])} for "
            f"{_SCALES['standard']} and {number(rates['raw'])} for {_SCALES['raw']}."
        )
        lines.append(
            f"The units change the curvature, and so what a learning rate can be: 2/K is "
            f"{_about(here)} here and {_about(there)} for {_SCALES[other]}. "
            + (one if rates["standard"] == rates["raw"] else each)
        )
    return lines


def first_rates(made: Playback) -> dict[str, float]:
    """The learning rate to begin with on each scale, as the page takes it."""
    return {
        scale: max(settings.RATE_LOW, first_rate(bound)) for scale, bound in made.guaranteed.items()
    }


_SCALES = {"standard": "standardised features", "raw": "raw features"}


def _about(x: float) -> str:
    """A number, with ≈ before it where it is rounded."""
    return equation("", x).removeprefix("=").strip()


# The learning rate


def marks(bounds: StepBounds) -> list[tuple[str, float]]:
    """Learning rates that a slider marks, by name, within its range."""
    named = [("2/K", bounds.guaranteed)]
    if bounds.local is not None:
        named.append(("2/κ", bounds.local))
    return [(name, at) for name, at in named if settings.RATE_LOW <= at <= settings.RATE_HIGH]


def about_rates(made: Playback) -> tuple[list[str], list[tuple[str, float]]]:
    """Sentences on the learning rates that matter, and rates to try."""
    r, (guaranteed, local, *_) = made.request, made.bounds
    if r.opt == "newton":
        return ["Newton’s method takes its step from the curvature and needs no η."], []
    held = ", and λ added for each of the two weights" if r.l2 else ""
    lines = [
        "Too large a step crosses the valley and lands higher on the other side. How large is too "
        "large depends on how strongly the surface is curved.",
        f"The guaranteed bound, {equation('2/K', guaranteed)}: K is a number that the curvature "
        "exceeds nowhere, the largest eigenvalue of XᵀX/(4m), with the m examples as rows of X "
        f"and a column of ones for b{held}. Below 2/K no step over the whole data raises J, "
        "wherever it starts.",
    ]
    if local is None:
        lines.append(
            "There is no local threshold: no minimum exists to settle at, and the curvature "
            "fades as the weights grow."
        )
    else:
        lines.append(
            f"The local threshold, {equation('2/κ', local)}: κ is the largest curvature at the "
            "minimum. Near there, along the direction of that curvature, a step with an η below "
            f"{equation('1/κ', local / 2)} stays on its side of the valley. With a larger one it "
            "leaps to the other side, and the path is a zig-zag: below 2/κ it lands nearer, above "
            "farther away, and gradient descent cannot settle there."
        )
    lines.append(now(made))
    if r.opt != "gd":
        return lines, []
    tries = [("Just below 2/K", _short(0.98 * guaranteed))]
    if local is not None:
        tries += [
            ("Just below 2/κ", _short(0.97 * local)),
            ("Beyond 2/κ", _short(1.15 * local)),
            ("Far beyond", _short(4 * local)),
        ]
    low, high = settings.RATE_LOW, settings.RATE_HIGH
    return lines, [(text, lr) for text, lr in tries if low <= lr <= high]


def _short(x: float) -> float:
    return float(f"{x:.3g}")


def now(made: Playback) -> str:
    """Where this run's learning rate stands, and what came of it."""
    r, (guaranteed, local, *_) = made.request, made.bounds
    here = f"Now {equation('η', r.lr)}"
    if r.opt != "gd":
        label, rows = OPTIMIZERS[r.opt].label, len(made.scaled.data)
        if r.opt == "sgd" and r.batch > rows:
            label += f" (with all {rows} rows at once, because a batch of {r.batch} is more)"
        which = "That is" if local is None else "Both are"
        return f"{here}. {which} about full-batch gradient descent; {label} has limits of its own."
    if r.lr <= guaranteed:
        return f"{here}: within the guaranteed bound, so J never rises."
    if local is not None and r.lr > local:
        return f"{here}: beyond both. {_came(made)}"
    if local is None:
        return f"{here}: beyond the bound, so single steps may raise J. {_came(made)}"
    return (
        f"{here}: between the two. Nothing is promised on the way, but once near the minimum the "
        f"steps settle there. {_came(made)}"
    )


def _came(made: Playback) -> str:
    """What came of a learning rate beyond the guaranteed bound, in counts."""
    c = course(made.history, made.bounds)
    said = [f"J rose at {c.rises} of {_steps(c.steps)}." if c.rises else "J rose at no step here."]
    if c.crossings:
        said.append(
            f"Of the last {_steps(c.late)}, {c.crossings} came out on the other side of the "
            f"minimum along its steepest direction, {c.farther or 'none'} of them farther from it "
            "than before."
        )
    if c.bounce is not None:
        low, high = (_about(one) for one in c.bounce)
        ends = f"J {low} and J {high}" if low != high else f"two places of equal height, J {low}"
        said.append(f"It has settled into a bounce between {ends}.")
    return " ".join(said)


def _steps(count: int) -> str:
    return f"{count} steps" if count != 1 else "1 step"


#: Up to which power of ten the surface tells losses apart: float32 ends at 3.4·10³⁸.
DRAWN_LIMIT = float(np.log10(np.finfo(np.float32).max))


def too_large(made: Playback) -> str | None:
    """Why raw values are too large to train on or to draw, where they are."""
    said, r = [], made.request
    guaranteed, most = made.bounds.guaranteed, float(np.abs(made.scaled.X).max())
    if r.scale == "raw" and OPTIMIZERS[r.opt].uses and guaranteed < settings.RATE_LOW:
        said.append(
            f"Raw, these features are too large for a gradient step that is safe: they reach "
            f"{_about(most)}, so 2/K is {_about(guaranteed)}, and no η below "
            f"{_about(settings.RATE_LOW)} can be set."
        )
    if made.surface.high > DRAWN_LIMIT:
        said.append("J leaves 10³⁸ on this surface, and all that is above it has one colour.")
    return " ".join(said) or None


# The start


def still(made: Playback) -> dict[str, Any] | None:
    """Why nothing moves from this start, and one from which something does.

    None where something moves.
    """
    h = made.history
    if (made.following != h.params[0]).any():
        return None
    away = random_start(made.request.seed)
    if h.gradients[0].any():
        why = (
            "there is nothing to play: every step from here is smaller than the last digit of "
            "float64"
        )
    else:
        best = made.bounds.minimum
        here = best is not None and np.allclose(best, h.params[0], atol=1e-9)
        why = "there is nothing to play: the gradient is exactly zero at this start" + (
            ", because it is the minimum already" if here else ""
        )
    return {"why": f"{why[0].upper()}{why[1:]}. Start elsewhere.", "start": list(away)}
