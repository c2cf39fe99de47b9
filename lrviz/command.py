"""The command ``lrviz``, which starts the app from anywhere."""

from __future__ import annotations

import importlib.util
import sys


def main() -> None:
    """Start the app; arguments go to ``streamlit run``."""
    if importlib.util.find_spec("streamlit") is None:
        sys.exit('The app needs Streamlit, which pip install "lrviz[app]" brings.')
    importlib.import_module("lrviz.launch").command()
