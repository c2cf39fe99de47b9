"""The derivative of logistic regression, made visible.

In a notebook::

    import lrviz

    p = lrviz.differentiate(x1=1.5, x2=2, w1=0.5, w2=-0.25, b=0.1, y=1)
    p.adjoints["w1"]
    lrviz.graph_figure(p)
"""

from lrviz.figures.graph import graph_figure
from lrviz.graph import Pass, differentiate

__version__ = "0.1.0"
__all__ = ["Pass", "differentiate", "graph_figure"]
