"""What runs of training are called and how they are described."""

from __future__ import annotations

from lrviz.text.numbers import number
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Playback, Run
from lrviz.training.walk import History

#: What the runs are called, the playback's own first.
LETTERS = ("A", "B", "C")


def describe(run: Run, *, start_too: bool = True) -> str:
    """A run in a few words: its optimizer, what that listens to, and its start if not zero."""
    opt, lr, momentum, batch, _, *start = run
    rule = OPTIMIZERS[opt]
    said = [rule.label]
    for argument, text in (
        ("learning_rate", f"η = {number(lr)}"),
        ("momentum", f"μ = {number(momentum)}"),
        ("batch_size", f"batch {batch}"),
    ):
        if argument in rule.uses:
            said.append(text)
    if start_too and any(start):
        said.append(f"from ({', '.join(map(number, start))})")
    return ", ".join(said)


def runs(playback: Playback, *, start_too: bool = True) -> list[tuple[str, str, History]]:
    """Letter, description and history of every run, the playback's own first."""
    rows = (playback.request.run, *playback.request.versus)
    described = [describe(run, start_too=start_too) for run in rows]
    return list(zip(LETTERS, described, (playback.history, *playback.comparisons), strict=False))
