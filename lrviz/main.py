"""The script that `st.App` runs: page settings and navigation."""

from __future__ import annotations

import streamlit as st

from lrviz.pages import about, graph

st.set_page_config(page_title="lrviz", page_icon=":material/conversion_path:", layout="wide")

st.navigation(
    [
        st.Page(graph.page, title="Graph", url_path="graph", default=True),
        st.Page(about.page, title="About", url_path="about"),
    ],
    position="top",
).run()
