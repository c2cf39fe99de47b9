"""What runs of training are called and how they are described."""

from __future__ import annotations

from typing import NamedTuple

from lrviz.text.numbers import equation, number
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Playback, RunSettings
from lrviz.training.run import History

#: What the runs are called, the playback's own first.
LETTERS = ("A", "B", "C")


class LabelledRun(NamedTuple):
    """One run and what it is called.

    Attributes
    ----------
    name : str
        A letter, different from that of the other runs: A, B or C.
    label : str
        What a person reads: "Gradient descent, η = 0.5".
    history : History
    """

    name: str
    label: str
    history: History


def describe(run: RunSettings, *, start_too: bool = True) -> str:
    """A run in a few words: its optimizer, what that listens to, and its start if not zero."""
    opt, lr, momentum, batch, _, *start = run
    rule = OPTIMIZERS[opt]
    said = [rule.label]
    for argument, text in (
        ("learning_rate", equation("η", lr)),
        ("momentum", equation("μ", momentum)),
        ("batch_size", f"batch {batch}"),
    ):
        if argument in rule.uses:
            said.append(text)
    if start_too and any(start):
        said.append(f"from ({', '.join(map(number, start))})")
    return ", ".join(said)


def labelled(playback: Playback, *, start_too: bool = True) -> list[LabelledRun]:
    """Every run of a playback, its own first."""
    rows = (playback.request.run, *playback.request.comparisons)
    labels = [describe(run, start_too=start_too) for run in rows]
    histories = (playback.history, *playback.comparisons)
    return list(map(LabelledRun, LETTERS, labels, histories))
