"""What a visitor takes away: the animation, the numbers, the picture, the code."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import streamlit as st

from lrviz.core.graph import INPUTS, differentiate
from lrviz.export.code import LANGUAGES, graph_code
from lrviz.export.standalone import standalone
from lrviz.export.tables import data_csv, history_csv, marked
from lrviz.export.training_code import WRITTEN, languages_of, training_code
from lrviz.live.component import pictures
from lrviz.pages.session import mode
from lrviz.settings import State
from lrviz.text.latex import to_latex
from lrviz.text.runs import labelled
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Playback


def offer(key: str, made: Playback) -> None:
    """Offer a run's downloads, in a row; each is made when it is asked for.

    Parameters
    ----------
    key : str
        The mount whose picture is taken.
    made : Playback
    """
    data, request = made.scaled.data, made.request
    runs = labelled(made, start_too=False)
    now = mode()  # a file is made later, where no page is
    stem = f"lrviz-{re.sub(r'[^a-z0-9]+', '-', data.name.lower()).strip('-') or 'data'}"

    # Slices that stand for several steps would not be those of the frames.
    surface = made.surface if made.surface.slices.kind == "series" else None

    def animation() -> str:
        return standalone(
            runs,
            data,
            made.scaled.X,
            plane=request.plane,
            scaled=request.scale == "standard",
            surface=surface,
            mode=now,
        )

    with st.container(key=f"{key}-away"):
        st.html("<h2>Take it away</h2>")
        with st.container(horizontal=True):
            _download("Animation, HTML", f"{stem}-{request.opt}.html", "text/html", animation)
            _download(
                "History, CSV",
                f"{stem}-{request.opt}-history.csv",
                "text/csv",
                lambda: history_csv(runs, made.scaled),
            )
            _download(
                "Data, CSV",
                f"{stem}.csv",
                "text/csv",
                lambda: marked(data_csv(data)),
            )
            pictures(key, f"{stem}-{request.opt}")
            _code(made, f"{stem}-{request.opt}")


def _code(made: Playback, stem: str) -> None:
    """Offer the run as a script, by language: it prints where the run ends."""
    data, run = made.scaled.data, made.history

    def write(language: str) -> str:
        return training_code(language, made.scaled.X, data.y, run)

    offered = languages_of(run, data.y)
    with st.popover("Code"):
        if run.optimizer not in WRITTEN:
            st.markdown(
                f"{OPTIMIZERS[run.optimizer].label} needs more than its few lines, so only the "
                "minimum is written, by scikit-learn."
            )
        if "scikit-learn" not in offered:
            st.markdown("There is one class only, so there is no minimum for scikit-learn to find.")
        for language in offered:
            name = f"{stem}-{language.lower()}{LANGUAGES[language]}"
            _download(language, name, "text/plain", partial(write, language))


def offer_graph(state: State) -> None:
    """Offer the state of the Graph page as a script, by language, and as LaTeX."""
    inputs = {name: state[name] for name in INPUTS}

    def derivation() -> str:
        p = differentiate(**inputs, loss=state["loss"])
        return to_latex(None, state["loss"], p.read, 2 if state["of"] == "w2" else 1)

    with st.popover("Code"):
        st.markdown("Each is complete, and prints the numbers of this state.")
        for language, ending in LANGUAGES.items():
            name = f"lrviz-graph-{language.lower()}{ending}"
            write = partial(graph_code, language, inputs, state["loss"])
            _download(language, name, "text/plain", write)
        _download("LaTeX", "lrviz-derivation.tex", "text/plain", derivation)


def _download(label: str, name: str, kind: str, make: Callable[[], str]) -> None:
    st.download_button(
        label, lambda: make().encode(), name, kind, on_click="ignore", key=f"away-{label}"
    )
