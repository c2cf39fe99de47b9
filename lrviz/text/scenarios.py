"""Runs worth watching, each with what to look for. The first is what the Training page opens with.

Every sentence is about its run alone; a test holds it against that run.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from lrviz import settings


class Scenario(NamedTuple):
    """A run one click away.

    Attributes
    ----------
    name, label : str
        What code and a person call it.
    look : str
        What to look for, in one sentence.
    fields : dict
        Fields of the Training page; all other fields of a run are at their defaults.
    """

    name: str
    label: str
    look: str
    fields: dict[str, Any]


#: The valley that three of them share.
_VALLEY = {**settings.OPENING, "scale": "standard", "opt": "gd"}

SCENARIOS = (
    Scenario(
        "zigzag",
        "Zig-zag",
        "Every step leaps across the valley to its other wall, and J falls all the same: look how "
        "little of each of the first steps goes along the valley.",
        _VALLEY,
    ),
    Scenario(
        "smooth",
        "Smooth",
        "The same valley with a smaller η: the path turns into the valley once and follows its "
        "floor, and J falls at every step.",
        {**_VALLEY, "lr": 1.5},
    ),
    Scenario(
        "overshoot",
        "Overshoot",
        "Here η is beyond 2/κ: J rises at every second step, and the ball ends in a bounce between "
        "two walls that it never leaves.",
        {**_VALLEY, "lr": 7.0},
    ),
    Scenario(
        "raw",
        "Raw units",
        "In millimetres the valley is about a thousand times as long, along b, as it is wide, "
        "standardised about twice: ten steps bring the ball to its floor, and the 190 after them "
        "bring b less than a hundredth of its way to the minimum.",
        {
            "data": "penguins",
            "scale": "raw",
            "opt": "gd",
            "lr": 0.003,
            "steps": 200,
            "start": (0.5, 0.5, 0.0),
            "plane": "w1b",
        },
    ),
)

#: What a scenario decides, besides what it says itself: its run, and the plane it is seen in.
_SET = (
    *("data", "scale", "opt", "lr", "momentum", "batch", "seed", "l2", "steps", "start", "step"),
    *("plane", "comparisons"),
)


def state(scenario: Scenario) -> dict[str, Any]:
    """The fields that it sets, those at their defaults too."""
    fresh = settings.defaults(settings.TRAINING, scenario.fields)
    return {name: scenario.fields.get(name, fresh[name]) for name in _SET}


def spec() -> list[dict[str, Any]]:
    """All of them for the browser."""
    return [
        {"name": s.name, "label": s.label, "look": s.look, "fields": state(s)} for s in SCENARIOS
    ]
