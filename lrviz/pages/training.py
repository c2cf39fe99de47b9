"""The Training page: a run of gradient descent and four views of the same step."""

from __future__ import annotations

import time
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any

import streamlit as st

from lrviz import settings
from lrviz.core.graph import build
from lrviz.core.numerics import Z_LIMIT
from lrviz.data.built_in import DATASETS, load_dataset
from lrviz.data.dataset import Dataset, from_points
from lrviz.figures.data import data_figure, plane_figure
from lrviz.figures.graph import build_figure
from lrviz.figures.loss import loss_figure
from lrviz.figures.palette import PALETTES
from lrviz.figures.styles import RUN_STYLES, outline
from lrviz.figures.surface import LETTERS, surface3d_figure, surface_figure
from lrviz.live.component import base_path, control, heard, live, plain, rows, signals
from lrviz.live.playback_payload import examples, payload
from lrviz.pages import downloads, owndata
from lrviz.pages.session import PageState
from lrviz.settings import State
from lrviz.text import explanations
from lrviz.text.numbers import number
from lrviz.text.runs import labelled
from lrviz.training.model import PLANES
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Playback, Request, Scaled, TrainingData, built_in, make

Spec = dict[str, Any]  #: what the component is given, see `lrviz.live.component`

KEY = "training"
#: Seconds of work before progress is shown.
PATIENCE = 1.0

#: What an empty plane changes in the structure of the run behind it.
_BLANK = {"structure": "blank"}
#: A learning rate to begin with when the scale changes: about the guaranteed bound on penguins.
FIRST_RATES = {"standard": {"lr": 0.5}, "raw": {"lr": 0.003}}

_SCENARIOS: list[dict[str, Any]] = []
_OWN = {settings.OWN: "Your own points"}
_SCALES = {"standard": "Standardised", "raw": "Raw"}
_DRAWN = {"contour": "Contour", "3d": "3D"}
_START = "The start w₁, w₂, b"
#: The title of the block that also says the parameters in both scales.
_SCALED = "The scale"


#: The visitor's uploaded file in the session, as a `TrainingData`.
FILE_KEY = "training-file"
_LOST = (
    "An uploaded file is not part of the link, and is gone after a reload: choose it again with "
    "“Your data…”. All else is as in the link."
)


def page() -> None:
    """Show the Training page."""
    page_state = PageState(KEY, settings.TRAINING, mismatched)
    page_state.load()
    asked = signals(KEY)
    if "stop" in asked:
        _back(page_state)
    if "open" in asked:
        owndata.ask(_use)
    with st.container():
        if page_state.memory["query"].get("data") == [settings.FILE] and FILE_KEY not in _session():
            bad = page_state.memory["bad"]
            page_state.memory["bad"] = [name for name in bad if name != "data"]
            st.warning(_LOST, icon=":material/upload_file:")
    page_state.notice()
    _body()


def _session() -> MutableMapping[Any, Any]:
    return st.session_state


def _back(page_state: PageState) -> None:
    """Return to the run that is drawn; what was asked for meanwhile is not asked again."""
    memory, message = page_state.memory, heard(KEY)
    if "shown" in memory:
        memory["state"] = memory["shown"]
        memory["revision"] += 1
        if message:
            page_state.handle(message)


def _use(data: Dataset) -> None:
    """Train on a visitor's file from now on."""
    st.session_state[FILE_KEY] = TrainingData(data)
    page_state = PageState(KEY, settings.TRAINING, mismatched)
    fresh = settings.defaults(settings.TRAINING)
    kept = {name: fresh[name] for name in ("scale", "lr", "step", "example")}
    page_state.put(data=settings.FILE, **kept)


def mismatched(state: State) -> list[str]:
    """Fields that do not fit the data and the run they stand beside."""
    wrong = []
    if state["data"] == settings.FILE and FILE_KEY not in _session():
        wrong.append("data")
        state = {**state, "data": settings.defaults(settings.TRAINING)["data"]}
    if state["data"] == settings.OWN:
        rows = len(state["points"])
    elif state["data"] == settings.FILE:
        rows = len(_session()[FILE_KEY].data)
    else:
        rows = len(load_dataset(state["data"]))
    default_batch = next(f.default for f in settings.TRAINING if f.name == "batch")
    if state["step"] > state["steps"]:
        wrong.append("step")
    if state["example"] >= max(rows, 1):
        wrong.append("example")
    # A data set smaller than the default batch is simply used whole, and points come and go.
    if state["data"] != settings.OWN and state["batch"] > rows and state["batch"] != default_batch:
        wrong.append("batch")
    return wrong


def _source(page_state: PageState) -> TrainingData | None:
    """The data of the state; None while there is no point."""
    state, memory = page_state.state, page_state.memory
    if state["data"] == settings.FILE:
        held: TrainingData = st.session_state[FILE_KEY]
        return held
    if state["data"] != settings.OWN:
        return built_in(state["data"])
    points = state["points"]
    if not points:
        return None
    if memory.get("points") != points:
        memory.update(points=points, own=TrainingData(from_points(points)))
    own: TrainingData = memory["own"]
    return own


@st.fragment
def _body() -> None:
    page_state = PageState(KEY, settings.TRAINING, mismatched)
    page_state.receive()
    state = page_state.state
    request = Request(**{name: state[name] for name in Request._fields})
    source = _source(page_state)
    if source is None:
        # Behind the empty plane stands a run that is not shown.
        request, source = Request(), built_in(Request().data)
        blank = True
    else:
        blank = False
    # The figures keep their place above; what is said while waiting lies over them.
    stage, below = st.container(), st.container(key="training-progress").empty()
    made = source.make(request, _Watch(below))
    below.empty()
    page_state.memory["shown"] = state
    with stage:
        rows(KEY, _examples(page_state, made.scaled))
        spec = _structure(page_state, made) | (_BLANK if blank else {})
        file = _session().get(FILE_KEY)
        placed = state["data"] == settings.OWN
        own = {"hidden": list(state["hide"]), "file": file and file.data.name, "own_points": placed}
        live(KEY, {**spec, **own, "kind": "playback", "blank": blank})
        if not blank:
            downloads.offer(KEY, made)
    page_state.acknowledge()


def _examples(page_state: PageState, scaled: Scaled) -> Mapping[str, Any]:
    held = page_state.memory.get("examples")
    if held is None or held["digest"] != scaled.digest:
        held = page_state.memory["examples"] = examples(scaled)
    return held


def _structure(page_state: PageState, made: Playback) -> Spec:
    """`structure`; that of a visitor's own data is kept in the session alone."""
    if made.request.data in DATASETS:
        return structure(made.request)
    held = page_state.memory.get("structure")
    if held is None or held[0] is not made:
        held = page_state.memory["structure"] = (made, _written(made))
    spec: Spec = held[1]
    return spec


class _Watch:
    """Shows progress once work has taken a second.

    Each showing lets Streamlit end this run if the browser has asked to stop.
    """

    def __init__(self, place: Any) -> None:
        self.place, self.began = place, time.monotonic()
        self.shown = self.began + PATIENCE

    def __call__(self, done: int, whole: int) -> None:
        """Say how far the work is, ten times a second at most."""
        now = time.monotonic()
        if now >= self.shown:
            self.shown = now + 0.1
            self.place.progress(min(done / max(whole, 1), 1.0), text="Computing the run…")


def warm() -> None:
    """Build what every first visit needs."""
    structure(Request())


@lru_cache(maxsize=4)
def structure(request: Request) -> Spec:
    """What the live component is given for one run on built-in data; not to be written on."""
    return _written(make(request))


def _written(made: Playback) -> Spec:
    data, runs = made.scaled.data, labelled(made)
    revision = f"{made.request.data}-{made.request.scale}"
    figures = {
        "contour": surface_figure(made.surface, revision=revision),
        "3d": surface3d_figure(made.surface, [run.name for run in runs], revision=revision),
        "data": data_figure(data, most=0),
        "loss": loss_figure(runs),
    }
    own = {
        "structure": f"{made.scaled.digest}|{'|'.join(map(str, made.request))}",
        "playback": payload(made),
        "figures": {name: figure.to_plotly_json() for name, figure in figures.items()},
        "features": list(data.feature_names),
        "labels": list(data.label_names),
        "texts": _texts(made),
    }
    return {**_shared(), **plain(own)}


@lru_cache(maxsize=1)
def _shared() -> Spec:
    """What is the same for every run."""
    graph = build("features")
    low, high, reach = settings.RATE_LOW, settings.RATE_HIGH, settings.START_HIGH
    labels = {row.name: row.label for row in OPTIMIZERS.values()}
    surfaces = _options(_DRAWN)
    planes = {name: f"{LETTERS[i]}, {LETTERS[j]}" for name, (i, j, _) in PLANES.items()}
    example = {
        shape: build_figure("features", shape=shape).to_plotly_json() for shape in ("wide", "tall")
    }
    spec = {
        "own": {
            "most": settings.POINTS_LIMIT,
            "reach": settings.POINTS_HIGH,
            "plane": plane_figure().to_plotly_json(),
        },
        "most": settings.COMPARISONS_LIMIT,
        "styles": [
            {"dasharray": style.dasharray, "outline": outline(style.form, 8)}
            for style in RUN_STYLES
        ],
        "palettes": {mode: dict(colours) for mode, colours in PALETTES.items()},
        "question": "How does training find the weights?",
        "graph": explanations.spec(graph),
        "panels": {name: explanations.panel(graph, name) for name in explanations.names(graph)},
        "example": example,
        "reach": settings.HIGH,
        "z_limit": int(Z_LIMIT),
        "home": f"{base_path()}/",
        "rates": FIRST_RATES,
        "uses": {
            name: [row.name for row in OPTIMIZERS.values() if argument in row.uses]
            for name, argument in (
                ("lr", "learning_rate"),
                ("momentum", "momentum"),
                ("batch", "batch_size"),
                ("seed", "seed"),
            )
        },
        "scenarios": _SCENARIOS,
        "controls": [
            control("select", "data", "Data", options=_options({**DATASETS, **_OWN})),
            control("choice", "scale", "Features", options=_options(_SCALES)),
            control("select", "opt", "Optimizer", options=_options(labels)),
            control("log", "lr", "Learning rate η", title="Learning rate", min=low, max=high),
            control("field", "momentum", "μ", title="Momentum", min=0, max=0.999),
            control("field", "batch", "Batch", min=1, max=1000, whole=True),
            control("field", "seed", "Seed", min=0, max=999_999, whole=True),
            control("field", "steps", "Steps", min=1, max=settings.STEPS_HIGH, whole=True),
            control("row", "start", "Start", count=3, title=_START, min=-reach, max=reach),
            control("choice", "plane", title="Plane", place="surface", options=_options(planes)),
            control("choice", "surface", title="Surface", place="surface", options=surfaces),
        ],
    }
    made: Spec = plain(spec)
    return made


def _options(labels: Mapping[str, str]) -> list[list[str]]:
    return [[name, label] for name, label in labels.items()]


# What is said


def _texts(made: Playback) -> list[dict[str, Any]]:
    lines, rates = _rates(made)
    return [
        {"title": "Learning rate", "lines": lines, "rates": rates},
        {"title": "The data", "lines": _about_data(made)},
        {"title": _SCALED, "lines": _about_scale(made)},
    ]


def _about_data(made: Playback) -> list[str]:
    data = made.scaled.data
    labels = ", ".join(
        f"y = {label}" + (f" is {name}" if name != str(label) else "")
        for label, name in enumerate(data.label_names)
    )
    count = f"{len(data)} examples" if len(data) > 1 else "One example"
    lines = [*([data.teaches] if data.teaches else []), f"{count}; {labels}.", *data.notes]
    if len(set(data.y.tolist())) == 1:
        lines.append(
            "There is one class only, so the best answer is always that one: the loss falls for "
            "ever while the weights grow. Add the other class to give training something to weigh."
        )
    elif made.bounds.minimum is None:
        lines.append(
            "A line separates the classes. Take that line’s w and b and double them: every "
            "example is still on its right side, and every loss is smaller. So no minimum exists, "
            "and ‖w‖ keeps growing, for gradient descent like log t."
        )
    if made.request.data == "xor":
        lines.append(
            "At w = 0, b = 0 every a is ½, so each example adds ±½·x, and over the four corners "
            "these cancel in every coordinate: the gradient is exactly zero. It is the minimum, "
            "too: no line does better than J = log 2 = 0.6931."
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


def _about_scale(made: Playback) -> list[str]:
    s = made.scaled
    if made.request.scale == "raw":
        return ["The features are used as they are, in their own units: what is large pulls more."]
    each = "; ".join(
        f"{name}: mean {number(float(m))}, standard deviation {number(float(d))}"
        for name, m, d in zip(s.data.feature_names, s.mean, s.scale, strict=True)
    )
    return [
        f"Each feature is standardised, (x − mean) / standard deviation. {each}.",
    ]


def _rates(made: Playback) -> tuple[list[str], list[tuple[str, float]]]:
    """Sentences on the learning rates that matter, and rates to try."""
    r, (guaranteed, local, _) = made.request, made.bounds
    if r.opt == "newton":
        return ["Newton’s method takes its step from the curvature and needs no η."], []
    lines = [
        "Too large a step crosses the valley and lands higher on the other side. How large is too "
        "large depends on how strongly the surface is curved.",
        f"The guaranteed bound, 2/L = {number(guaranteed)}: this L is not the loss but a number "
        "that the curvature never exceeds, λmax(XᵀX)/4m, from the m examples as rows of X with a "
        "column of ones for b. Below 2/L every step over the whole data lowers J, from anywhere.",
    ]
    if local is None:
        lines.append(
            "There is no local threshold: no minimum exists to settle at, and the curvature "
            "fades as the weights grow."
        )
    else:
        lines.append(
            f"The local threshold, 2/λ* = {number(local)}: λ* is the largest curvature at the "
            "minimum. Above it gradient descent cannot settle there: each step lands farther from "
            "the minimum than it started, on the other side."
        )
    lines.append(_now(made))
    if r.opt != "gd":
        return lines, []
    tries = [("Just below 2/L", _short(0.98 * guaranteed))]
    if local is not None:
        tries += [
            ("Just below 2/λ*", _short(0.97 * local)),
            ("Beyond 2/λ*", _short(1.15 * local)),
            ("Far beyond", _short(4 * local)),
        ]
    return lines, [(text, lr) for text, lr in tries if lr <= settings.RATE_HIGH]


def _short(x: float) -> float:
    return float(f"{x:.3g}")


def _now(made: Playback) -> str:
    r, (guaranteed, local, _) = made.request, made.bounds
    now = f"Now η = {number(r.lr)}"
    if r.opt != "gd":
        label = OPTIMIZERS[r.opt].label
        rows = len(made.scaled.data)
        if r.opt == "sgd" and r.batch > rows:
            label += f" (with all {rows} rows at once, because a batch of {r.batch} is more)"
        return f"{now}. Both are about full-batch gradient descent; {label} has limits of its own."
    # A converged run flickers in the last digits of float64: that is not a rise.
    before, after = made.history.losses[:-1], made.history.losses[1:]
    rises = int((after > before * (1 + 1e-9)).sum())
    rose = f" The loss rose at {rises} of {len(made.history)} steps." if rises else ""
    if r.lr <= guaranteed:
        return f"{now}: within the bound, so the loss never rises."
    if local is not None and r.lr > local:
        return (
            f"{now}: beyond both. Far from the minimum the slope is mild and steps still help; "
            f"near it each step leaps across the valley and lands higher.{rose}"
        )
    if local is None:
        return f"{now}: beyond the bound, so single steps may raise the loss.{rose}"
    return (
        f"{now}: between the two. Nothing is promised on the way, but near the minimum the steps "
        f"do settle.{rose}"
    )
