"""The derivative of logistic regression, made visible.

In a notebook::

    import lrviz

    p = lrviz.differentiate(x1=1.5, x2=2, w1=0.5, w2=-0.25, b=0.1, y=1)
    p.adjoints["w1"]
    lrviz.graph_figure(p)
"""

from lrviz.core.graph import Pass, differentiate
from lrviz.data.built_in import load_dataset
from lrviz.data.choosing import read_csv
from lrviz.data.dataset import Dataset, standardise, to_raw
from lrviz.data.table import DataError
from lrviz.figures.descent import descent_figure
from lrviz.figures.graph import graph_figure
from lrviz.training.model import loss_grid
from lrviz.training.run import History, train
from lrviz.training.walk import minimize

__version__ = "0.1.0"
__all__ = [
    "DataError",
    "Dataset",
    "History",
    "Pass",
    "descent_figure",
    "differentiate",
    "graph_figure",
    "load_dataset",
    "loss_grid",
    "minimize",
    "read_csv",
    "standardise",
    "to_raw",
    "train",
]
