r"""The derivation as the browser draws it: `lrviz.text.derivation` with slots that it fills.

A slot becomes ``\htmlData{q=value.a}{…}``, which KaTeX turns into an element that carries the
quantity's key; the browser writes numbers into those elements while an input is dragged.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from lrviz.core.expression import latex
from lrviz.core.graph import INPUTS, Loss, View, build
from lrviz.text.derivation import KEYS, Part, Step, part_of, parts, places, steps
from lrviz.text.explanations import names
from lrviz.text.numbers import number
from lrviz.text.substitution import SLOT, numeric, point, precision_losses
from lrviz.text.withheld import Withheld, withheld

#: How the parts are called on the bar that chooses one.
LABELS = {
    "goal": "Goal",
    "strategy": "Plan",
    "1": "① ∂L/∂a",
    "2": "② ∂a/∂z",
    "3": "③ ∂L/∂z",
    "4": "④ ∂z/∂w",
    "5": "⑤ ∂z/∂b",
    "sigmoid": "σ′",
    "result": "Result",
}

#: The order of the bar: the proof of ② stands right after ②.
ORDER = ("goal", "strategy", "1", "2", "sigmoid", "3", "4", "5", "result")
#: Where each remark of ③ is plain to see: z, and the inputs x1, w1, x2, w2, b, y.
EXTREMES = {
    "cancel: 1 − a above and below": (20, (3.0, 4.0, 2.0, 4.0, 0.0, 0)),
    "cancel: a above and below": (-20, (3.0, -4.0, 2.0, -4.0, 0.0, 1)),
    "put in: the result of ②": (-20, (3.0, -4.0, 2.0, -4.0, 0.0, 1)),
}


def payload(view: View, loss: Loss, of: str, shown: Withheld | None = None) -> dict[str, Any]:
    """Every part for one view, loss and target, as JSON-ready data.

    Parameters
    ----------
    view : {"vector", "features", "operations"}
        Whose nodes and edges the lines light up.
    loss : {"log", "squared"}
        Which derivation.
    of : {"w1", "w2", "b"}
        The target; the letter i stands for its feature, or for the first one.
    shown : Withheld, optional
        What a link leaves out: parts whose formulas it leaves out, and all numbers where it
        leaves out any, because the lines of a part are one number in many forms.

    Returns
    -------
    dict
        ``parts`` in reading order, and ``part_of``: node or edge of the view to part.
    """
    made = parts(loss, 2 if of == "w2" else 1)
    shown = shown or withheld(view, loss, ())
    keys = [key for key in ORDER if shown.part(key)]
    said = [_part(made[key], view, loss) for key in keys]
    leads = {name: part_of(name) for name in names(build(view, loss))}
    return {
        "parts": said if not shown.keys else [_bare(part) for part in said],
        "i": f"Here i = {2 if of == 'w2' else 1}.",
        "part_of": {name: part for name, part in leads.items() if part in keys},
        "numbers": not shown.keys,
        "whole": len(keys) == len(ORDER),
    }


def _bare(part: dict[str, Any]) -> dict[str, Any]:
    """A part without numbers, and without the words that have those of one state."""
    steps = [
        {**step, "numbers": "", "point": "", "bare": True, "losses": []} for step in part["steps"]
    ]
    for step in steps:
        step.pop("extreme", None)
    told = any(re.search(r"\d\.\d", text) for text in part["intro"])
    return {**part, "intro": [] if told else part["intro"], "steps": steps}


@cache
def length(part: str, loss: Loss) -> int:
    """How many lines a part has: the URL's ``line`` stays below it."""
    return len(steps(parts(loss)[part]))


def _part(part: Part, view: View, loss: Loss) -> dict[str, Any]:
    return {
        "key": part.key,
        "label": LABELS[part.key],
        "title": part.title.plain,
        "intro": part.intro.turns,
        "wanted": [latex(one) for one in part.wanted],
        "steps": [
            _step(step, view, loss) | (_extreme(step) if part.key == "3" else {})
            for step in steps(part)
        ],
    }


def _extreme(step: Step) -> dict[str, Any]:
    """A button for a line whose remark is about saturation: what it says, what it sets."""
    found = EXTREMES.get(step.line.rule.plain)
    if not (found and step.line.note):
        return {}
    z, given = found
    label = f"Show it at z = {number(z)}"
    return {"extreme": {"label": label, "fields": dict(zip(INPUTS, given, strict=True))}}


def _step(step: Step, view: View, loss: Loss) -> dict[str, Any]:
    chain, line, place = step
    numbers = numeric(line)
    kind, _, detail = line.rule.plain.partition(": ")
    return {
        "title": chain.title if place == 0 else "",
        "head": latex(chain.head) if place == 0 else "",
        "side": chain.side,
        "latex": line.latex,
        "rule": [kind, detail],
        "note": line.note.turns,
        "uses": line.uses if line.uses in KEYS else "",
        "about": list(places(line.about, view, loss)),
        "numbers": _slotted(numbers) if numbers else "",
        "point": "" if numbers else _slotted(point(line)),
        # A line that is nothing but its value is not written twice.
        "bare": bool(numbers and re.fullmatch(r"\\slot\{[^{}]*\}|-?\d+", numbers.strip())),
        "value": chain.value.json,
        "losses": [list(one) for one in precision_losses(line)],
    }


def _slotted(template: str) -> str:
    return SLOT.sub(
        lambda m: rf"\htmlData{{q={m['key']}, o={'1' if m['open'] else '0'}}}{{\text{{0}}}}",
        template,
    )
