"""What a visitor takes away from the Training page: the animation, the numbers, the picture."""

from __future__ import annotations

import re
from collections.abc import Callable

import streamlit as st

from lrviz.export.standalone import standalone
from lrviz.export.tables import data_csv, history_csv
from lrviz.figures.palette import Mode
from lrviz.live.component import pictures
from lrviz.text.runs import labelled
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
    stem = f"lrviz-{re.sub(r'[^a-z0-9]+', '-', data.name.lower()).strip('-') or 'data'}"
    mode: Mode = "dark" if st.context.theme.type == "dark" else "light"

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
            mode=mode,
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
            # Spreadsheets know UTF-8 by its mark.
            _download(
                "Data, CSV",
                f"{stem}.csv",
                "text/csv",
                lambda: "\ufeff" + data_csv(data),
            )
            pictures(key, f"{stem}-{request.opt}")


def _download(label: str, name: str, kind: str, make: Callable[[], str]) -> None:
    st.download_button(
        label, lambda: make().encode(), name, kind, on_click="ignore", key=f"away-{label}"
    )
