"""The HTML of the file that is taken away: one document that loads nothing and runs nothing else.

plotly.js, the player and the numbers are written into it, and a content security policy of its
own lets the browser load nothing and run no other script, whatever a column of a visitor's file
may be called.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np
from plotly.offline import get_plotlyjs

from lrviz.data.table import printable
from lrviz.figures.palette import PALETTES, Mode
from lrviz.figures.styles import RUN_STYLES, outline
from lrviz.figures.surface import LETTERS
from lrviz.text.numbers import number
from lrviz.text.runs import LabelledRun
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.run import History

_CREDIT = (
    "Made with lrviz, which makes the derivative of logistic regression visible. Drawn by "
    "plotly.js (MIT licence), which this file carries."
)
#: The heading, by how many runs there are.
_QUESTIONS = {
    1: "How does training find the weights? Press Play.",
    2: "How do two runs find the weights? Press Play.",
    3: "How do three runs find the weights? Press Play.",
}


def inert(value: Any) -> str:
    """JSON that can stand inside a script element, whatever texts are in it."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"), default=np.ndarray.tolist)
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


def _settings(label: str, history: History) -> str:
    """What the run was started with, but for what its label says already."""
    rule = OPTIMIZERS[history.optimizer]
    start = ", ".join(f"{s} = {number(x)}" for s, x in zip(LETTERS, history.start, strict=True))
    parts = [rule.label] if rule.label not in label else []
    if "learning_rate" in rule.uses and "η" not in label:
        parts.append(f"η = {number(history.learning_rate)}")
    if "momentum" in rule.uses and "μ" not in label:
        parts.append(f"μ = {number(history.momentum)}")
    if "batch_size" in rule.uses and "batch" not in label:
        parts.append(f"minibatches of {history.batch_size}, seed {history.seed}")
    return ", ".join([*parts, f"from {start}"])


def _text(text: str) -> str:
    """Text as HTML that shows it and does nothing else."""
    return escape(printable(text))


@cache
def _asset(name: str) -> str:
    return (files("lrviz") / "live" / name).read_text(encoding="utf-8")


@cache
def _digest(name: str) -> str:
    """How a content security policy names a script: by what is in it."""
    script = get_plotlyjs() if name == "plotly" else _asset(name)
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def document(
    runs: Sequence[LabelledRun], name: str, about: Sequence[str], mode: Mode, playback: str
) -> str:
    """The whole document.

    Parameters
    ----------
    runs : sequence of LabelledRun
    name : str
        Of the data.
    about : sequence of str
        Sentences for below the figures.
    mode : {"light", "dark"}
    playback : str
        What the player reads, as `inert` writes it.
    """
    labels = "; ".join(run.label for run in runs)
    policy = (
        f"default-src 'none'; script-src {_digest('plotly')} {_digest('standalone.js')}; "
        "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    colours = "".join(f"--{role.replace('_', '-')}:{c};" for role, c in PALETTES[mode].items())
    footer = "".join(f"<p>{_text(line)}</p>\n" for line in (*about, _CREDIT))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="{mode}">
<link rel="icon" href="data:,">
<title>{_text(f"{labels} on {name}")} · lrviz</title>
<style>:root{{color-scheme:{mode};{colours}}}
{_asset("standalone.css")}</style>
</head>
<body data-runs="{len(runs)}">
<main>
<h1>{_QUESTIONS[len(runs)]}</h1>
<noscript><p>JavaScript is switched off in this browser, and the animation needs it.</p></noscript>
<div class="views">
{_view("surface", "Loss surface", "slice")}
{_view("data", "Data and boundary", "sides")}
{_view("loss", "Loss at every step", "")}
</div>
<section class="player" aria-label="Player">
<div class="buttons">
<button type="button" id="back">Back</button>
<button type="button" id="play">Play</button>
<button type="button" id="step">Step</button>
<button type="button" id="restart">Restart</button>
</div>
<input type="range" id="frame" aria-label="step" min="0" max="0" step="1" value="0">
<output id="now" for="frame"></output>
</section>
{_table(runs)}
<footer>
{footer}</footer>
</main>
<script type="application/json" id="playback">{playback}</script>
<script>{get_plotlyjs()}</script>
<script>{_asset("standalone.js")}</script>
</body>
</html>
"""


def _view(name: str, title: str, caption: str) -> str:
    said = f'<p class="caption" id="{caption}"></p>' if caption else ""
    return (
        f'<section class="view view-{name}" aria-label="{title}"><h2>{title}</h2>'
        f'<div class="plot" id="{name}" role="img"></div>{said}</section>'
    )


def _table(runs: Sequence[LabelledRun]) -> str:
    head = ["step", "loss J", *LETTERS]
    columns = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in head)
    rows = "".join(
        f'<tr role="row"><th scope="row" role="rowheader">{_key(run, n, len(runs))}'
        f"<b>{_text(run.label)}</b><span>{_text(_settings(run.label, run.history))}</span>"
        + (f"<span>{_text(run.history.stopped)}</span>" if run.history.stopped else "")
        + "</th>"
        + "".join(f'<td role="cell" data-name="{name}"></td>' for name in head)
        + "</tr>"
        for n, run in enumerate(runs)
    )
    return (
        '<table role="table" aria-label="Runs"><thead role="rowgroup"><tr role="row">'
        f'<th scope="col" role="columnheader">run</th>{columns}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table>'
    )


def _key(run: LabelledRun, n: int, count: int) -> str:
    """The run's line and marker as a small picture, with its letter."""
    look = RUN_STYLES[n]
    fill = "selection" if count == 1 else look.role
    colour, fill = (f"var(--{role.replace('_', '-')})" for role in (look.role, fill))
    marker = f'<path d="{outline(look.form, 9)}" transform="translate(24,12)"/>'
    letter, spoken = "", ""
    if count > 1:
        letter = f'<text x="24" y="16">{_text(run.name[:2])}</text>'
        spoken = f'<span class="unseen">Run {_text(run.name)}: </span>'
    return (
        '<svg class="key" width="48" height="24" viewBox="0 0 48 24" aria-hidden="true">'
        f'<path d="M0,12H48" style="stroke:{colour};stroke-dasharray:{look.dasharray or "none"}"/>'
        f'<g style="fill:{fill}">{marker}</g>{letter}</svg>{spoken}'
    )
