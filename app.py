"""The launcher: an ASGI app for ``streamlit run app.py`` and for any ASGI server."""

from __future__ import annotations

import streamlit as st

from lrviz import launch

# Streamlit reads this file for such an assignment before it imports it.
app = st.App(launch.SCRIPT, routes=launch.routes(), middleware=launch.middleware())
launch.prepare()
