"""The About page: what this is, every formula on one sheet, sources, licences, keys."""

from __future__ import annotations

import streamlit as st

from lrviz.core.expression import latex, rate, symbol
from lrviz.live.component import signals
from lrviz.text.derivation import formulas
from lrviz.text.latex import SOURCE
from lrviz.training.optimizers import OPTIMIZERS

_WHAT = """
# About

lrviz makes the derivative of logistic regression visible: every number of the computational
graph moves under your hand, and the chain rule multiplies them into ∂L/∂w and ∂L/∂b. The
numbers on the page are computed in full float64 precision and shown to four significant digits;
**≈** stands wherever rounding shows.
"""

_KEYS = """
## Keys

| key | what it does |
|---|---|
| Tab, Shift+Tab | go to the next or the previous control |
| ← → on a slider | change it by 0.01; Home and End go to its ends |
| → ← on the graph | follow an edge forward, or back |
| ↑ ↓ on the graph | go to what stands beside |
| Enter | explain the node or edge; a number field takes its value |
| Esc | close what is explained |
| ↓ ↑ on the derivation | show the next line, take the last one back; End shows all |
"""

_SOURCES = f"""
## Where it comes from

The derivation follows Ronny Restrepo's post
[Logistic Regression Derivative]({SOURCE}) of 12 August 2017, in other words and in smaller steps,
and derives the sigmoid's derivative, which the post cites. The penguins are from Gorman, Williams
and Fraser (2014), *PLoS ONE* 9(3): e90081, published as
[palmerpenguins](https://allisonhorst.github.io/palmerpenguins/) by Horst, Hill and Gorman, CC0.

## Licences

lrviz is under the MIT licence. It stands on Streamlit (Apache 2.0), Plotly (MIT), NumPy and
NetworkX (BSD), and on the KaTeX that Streamlit carries (MIT).
"""

#: What the Training page adds: the mean over m examples, and the step downhill.
_MANY = (
    ("The loss over m examples", r"J = \frac{1}{m} \sum_{n=1}^{m} L_n"),
    (
        "Its gradient for a weight",
        r"\frac{\partial J}{\partial w_i} = \frac{1}{m} \sum_{n=1}^{m} (a_n - y_n) \cdot x_{n,i}",
    ),
    (
        "Its gradient for the bias",
        r"\frac{\partial J}{\partial b} = \frac{1}{m} \sum_{n=1}^{m} (a_n - y_n)",
    ),
)


def _descent() -> tuple[tuple[str, str], ...]:
    """Gradient descent's rule, as the optimizer has it."""
    letters = {"g": rate(symbol("J"), symbol("w"))}
    return tuple(
        (
            "Gradient descent, for every weight and the bias",
            f"{latex(one.left)} \\leftarrow {latex(one.right.put(letters))}",
        )
        for one in OPTIMIZERS["gd"].statements
    )


def page() -> None:
    """Show the About page."""
    st.session_state["showing"] = "about"
    signals("about")
    st.markdown(_WHAT)
    with st.container(key="sheet"):
        st.markdown("## Every formula on one sheet")
        left, right = st.columns(2, gap="large")
        rows = (*formulas(), *_MANY, *_descent())
        half = (len(rows) + 1) // 2
        for column, part in ((left, rows[:half]), (right, rows[half:])):
            with column:
                sheet = (f"{name}  \n$\\displaystyle {formula}$" for name, formula in part)
                st.markdown("\n\n".join(sheet))
    st.markdown(_KEYS)
    st.markdown(_SOURCES)
