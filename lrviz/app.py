"""The app as the command ``lrviz`` starts it; ``app.py`` at the top level is the same."""

from __future__ import annotations

import streamlit as st

from lrviz import launch

# Streamlit reads this file for such an assignment before it imports it.
app = st.App(launch.SCRIPT, routes=launch.routes(), middleware=launch.middleware())
launch.prepare()
