"""The text equivalents and the checks, as small HTML tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from lrviz.core.expression import compiled
from lrviz.core.gradient_check import gradient_check
from lrviz.core.graph import Pass
from lrviz.core.naive import naive
from lrviz.core.numerics import CERTAIN, ROUNDS_TO_ONE
from lrviz.text import explanations
from lrviz.text.numbers import BLANK, fill, number
from lrviz.text.withheld import Withheld, withheld

#: Stands in a table where a link leaves something out.
LEFT_OUT = "left out"
#: Under a gradient check that float64 cannot make.
CHECK_LOST = (
    "The central difference takes one loss from another. Here they agree in nearly all of the 16 "
    "digits of a float64, and what is left is rounding: the check ends here, not the formula."
)


def table(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """An HTML table with an accessible name; the first cell of a row is its header."""
    columns = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<table class="lv-table" aria-label="{escape(name)}"><caption>{escape(name)}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>"
    )


def _vector(p: Pass, shown: Withheld, kind: str, name: str, held: Sequence[str]) -> str:
    def one(key: str) -> str:
        return number(p.read(key)) if shown.number(key) else LEFT_OUT

    if len(held) < 2:
        return one(f"{kind}.{name}")
    return "(" + ", ".join(one(f"{kind}.{name}.{i}") for i in range(len(held))) + ")"


def values(p: Pass, shown: Withheld | None = None) -> str:
    """The table ``Values``: node, value, adjoint; less what a link leaves out."""
    shown = shown or withheld(p.view, p.loss, ())
    rows = []
    for name in p.graph.graph["order"]:
        held = p.graph.nodes[name].get("inputs", ())
        rows.append(
            (
                explanations.letter(name),
                _vector(p, shown, "value", name, held),
                _vector(p, shown, "adjoint", name, held),
            )
        )
    return table("Values", ("Node", "Value", "Adjoint ∂L/∂node"), rows)


def local_derivatives(p: Pass, shown: Withheld | None = None) -> str:
    """The table ``Local derivatives``: edge, symbol, value; less what a link leaves out."""
    shown = shown or withheld(p.view, p.loss, ())
    rows = []
    for tail, head in p.graph.edges:
        held = p.graph.nodes[tail].get("inputs", ())
        formula = fill(shown.formula(p.graph, (tail, head)), p.read).replace(BLANK, LEFT_OUT)
        symbol = f"{explanations.derivative((tail, head))} = {formula}"
        edge = f"{explanations.letter(tail)} → {explanations.letter(head)}"
        rows.append((edge, symbol, _vector(p, shown, "local", f"{tail}-{head}", held)))
    return table("Local derivatives", ("Edge", "Symbol", "Value"), rows)


def check(p: Pass) -> str:
    """The table ``Gradient check``, and why it ends where float64 does."""
    checks = gradient_check(p)
    rows = [
        (
            explanations.gradient(c.input),
            number(_by_formula(p, c.input)),
            number(c.graph),
            number(c.central),
            "equal" if c.difference in (None, 0.0) else number(c.difference or 0.0),
        )
        for c in checks
    ]
    head = ("", "By formula", "By the graph", "Central difference", "Relative difference")
    note = f'<p class="lv-note">{escape(CHECK_LOST)}</p>' if any(c.lost for c in checks) else ""
    return table("Gradient check", head, rows) + note


def _by_formula(p: Pass, of: str) -> float:
    formula = explanations.identity(p.loss, of)
    values = {**p.inputs, "a": p.values["a"]}
    return float(compiled(formula)(*(values[name] for name in formula.symbols)))


def _plain(x: float) -> str:
    if math.isnan(x):
        return "no number"
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    return number(x)


def saturation(p: Pass) -> str:
    """The panel that stands beside a saturated pass, or '' while |z| ≤ 10."""
    z, y = p.read("value.z"), int(p.inputs["y"])
    if abs(z) <= CERTAIN or p.loss != "log":
        return ""
    n = naive(z, y)
    one, two, _ = explanations.product(p.graph, "b").factors
    exact = [p.read(k) for k in ("value.L", one.key, two.key, "adjoint.z")]
    found = [n[k] for k in ("L", "dL/da", "da/dz", "dL/dz")]
    names = ("L", "① ∂L/∂a", "② ∂a/∂z", "③ ∂L/∂z = ① × ②")
    rows = [(s, _plain(a), number(e)) for s, a, e in zip(names, found, exact, strict=True)]
    return (
        '<section class="lv-panel lv-saturation" aria-label="Saturation"><h3>Saturation</h3>'
        f"<p>{escape(_sentence(z, y, n))}</p>"
        + table("Naive and exact", ("", "As the formula is written", "Exact pass"), rows)
        + "</section>"
    )


def _sentence(z: float, y: int, n: dict[str, float]) -> str:
    nearest = f"At z = {number(z)} the float64 nearest to a is exactly {number(n['a'])}"
    if not math.isfinite(n["dL/dz"]):
        return (
            f"{nearest}, so the naive ① divides by zero while ② is zero: ∞ × 0 has no value. "
            "The exact pass keeps σ(z) and σ(−z) as two numbers, and its product holds."
        )
    if n["dL/dz"] == 0.0:
        return (
            f"{nearest}, so the naive product is exactly 0. The truth is small but not zero; the "
            "exact pass keeps σ(−z), which is that small number."
        )
    if (z > 0) == (y == 1):
        return (
            f"At z = {number(z)} the model is confident and right: the loss and its gradient are "
            "close to zero. The naive formulas lose digits here as a nears its limit."
        )
    # Float64 has numbers next to 0 far below those next to 1: only there is 1 − a lost.
    copes = (
        "The naive formula copes on this side, however negative z is: a itself keeps its digits."
        if z < 0
        else f"The naive formula still copes here; from z ≈ {ROUNDS_TO_ONE:.1f} on it does not."
    )
    return (
        f"At z = {number(z)} the model is confident and wrong. ① blows up, ② all but vanishes, "
        f"and yet their product ③ is close to 1 in size: the two cancel. {copes}"
    )
