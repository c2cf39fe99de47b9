"""The Training page: a run of gradient descent and four views of the same step."""

from __future__ import annotations

import time
from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
import streamlit as st

from lrviz import settings
from lrviz.core.graph import build
from lrviz.core.numerics import Z_LIMIT
from lrviz.data.built_in import DATASETS, load_dataset
from lrviz.data.dataset import Dataset, from_points
from lrviz.figures.data import data_figure, plane_figure
from lrviz.figures.graph import build_figure
from lrviz.figures.loss import loss_figure
from lrviz.figures.palette import PALETTES, ROLES
from lrviz.figures.styles import RUN_STYLES, outline
from lrviz.figures.surface import LETTERS, surface_spec
from lrviz.live.component import (
    Message,
    alone,
    base_path,
    control,
    heard,
    live,
    plain,
    read_message,
    rows,
    signals,
)
from lrviz.live.playback_payload import examples, payload
from lrviz.pages import downloads, owndata
from lrviz.pages.session import PageState
from lrviz.settings import State
from lrviz.text import cards, explanations, guide, scenarios
from lrviz.text.about_run import texts
from lrviz.text.runs import labelled
from lrviz.training.model import PLANES
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Playback, Request, Scaled, TrainingData, built_in, make

Spec = dict[str, Any]  #: what the component is given, see `lrviz.live.component`

KEY: Final = "training"
#: Seconds of work before progress is shown.
PATIENCE = 1.0
#: Work longer than this, in seconds, rests for so long after every stretch of so long: Python runs
#: one visit at a time, and whoever moves a slider meanwhile should not wait for another's turn.
SHORT, REST, WORK = 0.2, 0.01, 0.02
#: Who wakes late was not the only one to wait: the next rest is longer by so many times that, up to
#: the second, in seconds. Of a server that is quiet nothing is taken.
YIELD, LONGEST_REST = 2.0, 0.1

#: The run of a link without fields.
_OPENING = Request(**settings.OPENING)

#: What an empty plane changes in the structure of the run behind it.
_BLANK = {"structure": "blank"}

_OWN = {settings.OWN: "Your own points"}
_SCALES = {"standard": "Standardised", "raw": "Raw"}
_DRAWN = {"contour": "Contour", "3d": "3D"}
_START = "The start w₁, w₂, b"

#: The visitor's uploaded file in the session, as a `TrainingData`.
FILE_KEY = "training-file"
_LOST = (
    "An uploaded file is not part of the link, and is gone after a reload{}: choose it again with "
    "“Your data…”. All else is as in the link."
)


def page() -> None:
    """Show the Training page."""
    page_state = PageState(KEY, settings.TRAINING, mismatched)
    arrived = st.session_state.get("showing") != KEY
    asked = signals(KEY)
    revision = page_state.memory["revision"]
    page_state.load(asked=bool(asked))
    lost = _lost(page_state, page_state.memory["revision"] != revision)
    if "stop" in asked:
        _back(page_state, read_message(asked["stop"]))
    if "open" in asked:
        owndata.ask(_use)
    else:
        # A page that was cut off for a moment runs anew, with the dialog open perhaps.
        owndata.resume(_use, still=not arrived)
    with st.container():
        if lost:
            text = _LOST.format("" if alone() else " or with its server")
            st.warning(text, icon=":material/upload_file:")
    page_state.notice()
    _body()


def _lost(page_state: PageState, read: bool) -> bool:
    """Whether to say that the file is gone: until there is one, or another link is read.

    The page that had it writes a link without it by itself, perhaps before anybody has read that.
    """
    memory = page_state.memory
    gone = FILE_KEY not in _session()
    if gone and memory["query"].get("data") == [settings.FILE]:
        memory["lost"] = True
        memory["bad"] = [name for name in memory["bad"] if name != "data"]
    elif read:
        memory["lost"] = False
    return gone and memory.get("lost", False)


def _session() -> MutableMapping[Any, Any]:
    return st.session_state


def _back(page_state: PageState, stopped: Message | None) -> None:
    """Return to the run that is drawn; what is stopped is not asked again, what came since is."""
    memory, message = page_state.memory, heard(KEY)
    if "shown" in memory:
        memory["state"] = memory["shown"]
        memory["revision"] += 1
        newer = (
            message and stopped and (message.client != stopped.client or message.seq > stopped.seq)
        )
        if message and not newer:
            page_state.handle(message)


def _use(data: Dataset) -> None:
    """Train on a visitor's file from now on."""
    st.session_state[FILE_KEY] = TrainingData(data)
    page_state = PageState(KEY, settings.TRAINING, mismatched)
    file = {"data": settings.FILE}
    fresh = settings.defaults(settings.TRAINING, file)
    begun = {name: fresh[name] for name in ("scale", "lr", "step", "example")}
    page_state.put(**settings.followed(settings.TRAINING, page_state.state, **file, **begun))


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
    if state["step"] > state["steps"]:
        wrong.append("step")
    if state["example"] >= max(rows, 1):
        wrong.append("example")
    if not cards.stands(state["guide"], KEY):
        wrong.append("guide")
    return wrong


def _source(page_state: PageState) -> TrainingData | None:
    """The data of the state; None while there is no point."""
    state, memory = page_state.state, page_state.memory
    if state["data"] != settings.OWN:
        held: TrainingData = (
            st.session_state[FILE_KEY]
            if state["data"] == settings.FILE
            else built_in(state["data"])
        )
        memory.pop("names", None)
        memory.update(last=held.data, points=None)
        return held
    points = state["points"]
    if not points:
        memory.pop("names", None)
        return None
    if memory.get("points") != points:
        memory.update(points=points, own=TrainingData(_named(memory, from_points(points))))
    own: TrainingData = memory["own"]
    return own


def _named(memory: MutableMapping[str, Any], data: Dataset) -> Dataset:
    """Points that were copied from a data set keep its names while they are edited."""
    shown: Dataset | None = memory.get("last")
    pairs = () if shown is None else ((shown.X, data.X), (shown.y, data.y))
    if shown is not None and all(np.array_equal(one, other) for one, other in pairs):
        memory["names"] = (shown.feature_names, shown.label_names, shown.label)
    if "names" not in memory:
        return data
    features, labels, label = memory["names"]
    return replace(data, feature_names=features, label_names=labels, label=label)


@st.fragment
def _body() -> None:
    page_state = PageState(KEY, settings.TRAINING, mismatched)
    page_state.receive()
    state = page_state.state
    request = Request(**{name: state[name] for name in Request._fields})
    source = _source(page_state)
    if source is None:
        # Behind the empty plane stands a run that is not shown.
        request, source = _OPENING, built_in(_OPENING.data)
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
        # What a link leaves out is in no file either.
        if not blank and not state["hide"]:
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
    """Shows progress once work has taken a second, and leaves room for the other visits.

    Each showing lets Streamlit end this run if the browser has asked to stop.
    """

    def __init__(self, place: Any) -> None:
        self.place, self.began = place, time.monotonic()
        self.shown = self.began + PATIENCE
        self.rests, self.rest = self.began + SHORT, REST

    def __call__(self, done: int, whole: int) -> None:
        """Say how far the work is, ten times a second at most."""
        now = time.monotonic()
        if now >= self.rests:
            time.sleep(self.rest)
            woke = time.monotonic()
            late = woke - now - self.rest
            self.rest = min(LONGEST_REST, REST + YIELD * max(late, 0.0))
            now, self.rests = woke, woke + WORK
        if now >= self.shown:
            self.shown = now + 0.1
            self.place.progress(min(done / max(whole, 1), 1.0), text="Computing the run…")


def warm() -> None:
    """Build what every first visit needs."""
    structure(_OPENING)


@lru_cache(maxsize=4)
def structure(request: Request) -> Spec:
    """What the live component is given for one run on built-in data; not to be written on."""
    return _written(make(request))


def _written(made: Playback) -> Spec:
    data, runs = made.scaled.data, labelled(made)
    figures = {
        "data": data_figure(data, most=0),
        "loss": loss_figure(runs),
    }
    own = {
        "structure": f"{made.scaled.digest}|{'|'.join(map(str, made.request))}",
        "playback": payload(made),
        "figures": {name: figure.to_plotly_json() for name, figure in figures.items()},
        "surface": surface_spec(made.surface),
        "features": list(data.feature_names),
        "labels": list(data.classes),
        "texts": texts(made),
    }
    return {**_shared(), **plain(own)}


def _number(kind: str, name: str, label: str, **more: Any) -> dict[str, Any]:
    """A control that takes what its field takes."""
    about = next(field.about for field in settings.TRAINING if field.name == name) or {}
    each = about.get("each", about)
    limits = {"min": each["low"], "max": each["high"], "least": each.get("least", 0)}
    form = {"whole": each["kind"] == "whole", "count": about.get("count", 1)}
    return control(kind, name, label, **limits, **form, **more)


@lru_cache(maxsize=1)
def _shared() -> Spec:
    """What is the same for every run."""
    graph = build("features")
    labels = {row.name: row.label for row in OPTIMIZERS.values()}
    surfaces = _options(_DRAWN)
    planes = {name: f"{LETTERS[i]}, {LETTERS[j]}" for name, (i, j, _) in PLANES.items()}
    example = {
        shape: build_figure("features", shape=shape).to_plotly_json() for shape in ("wide", "tall")
    }
    spec = {
        "guide": guide.spec(
            cards.CARDS, KEY, f"{base_path()}/", settings.defaults(settings.TRAINING)
        ),
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
        "legend": [[role, name] for role, (name, _) in ROLES.items()],
        "reach": settings.HIGH,
        "threshold": [settings.THRESHOLD_LOW, settings.THRESHOLD_HIGH],
        "z_limit": int(Z_LIMIT),
        "home": f"{base_path()}/",
        "opening": {**settings.OPENING, "opt": _OPENING.opt},
        "elsewhere": settings.ELSEWHERE,
        "uses": {
            name: [row.name for row in OPTIMIZERS.values() if argument in row.uses]
            for name, argument in (
                ("lr", "learning_rate"),
                ("momentum", "momentum"),
                ("batch", "batch_size"),
                ("seed", "seed"),
            )
        },
        "scenarios": scenarios.spec(),
        "controls": [
            control("select", "data", "Data", options=_options({**DATASETS, **_OWN})),
            control("choice", "scale", "Features", options=_options(_SCALES)),
            control("select", "opt", "Optimizer", options=_options(labels)),
            _number("log", "lr", "Rate η", title="Learning rate"),
            _number("field", "momentum", "μ", title="Momentum"),
            _number("field", "batch", "Batch"),
            _number("field", "seed", "Seed"),
            _number("field", "l2", "Decay λ", title="Weight decay"),
            _number("field", "steps", "Steps"),
            _number("row", "start", "Start", title=_START),
            control("choice", "plane", title="Plane", place="surface", options=_options(planes)),
            control("choice", "surface", title="Surface", place="surface", options=surfaces),
        ],
    }
    made: Spec = plain(spec)
    return made


def _options(labels: Mapping[str, str]) -> list[list[str]]:
    return [[name, label] for name, label in labels.items()]
