"""The app with one more data set, as large as a file may be: for benchmarks/load.py.

A visitor's own file comes through a dialog; what is computed of it is the same.
"""

import sys
from pathlib import Path
from types import MappingProxyType

import numpy as np
import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lrviz.data import built_in
from lrviz.data.dataset import Dataset

#: About as many rows as 2 MB of CSV hold.
ROWS = 100_000


def large() -> Dataset:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, ROWS)
    X = rng.normal(size=(ROWS, 2)) + y[:, None]
    return Dataset("large", X, y, ("x1", "x2"), ("0", "1"), "made", "", "")


# Before anything else of the house has read the table.
built_in._BUILT_IN = MappingProxyType({**built_in._BUILT_IN, "large": ("Large", large)})
built_in.DATASETS = MappingProxyType({**built_in.DATASETS, "large": "Large"})

from lrviz import launch  # noqa: E402

app = st.App(launch.SCRIPT, routes=launch.routes(), middleware=launch.middleware())
launch.prepare()
