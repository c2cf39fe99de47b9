"""The script that `st.App` runs: page settings and navigation."""

from __future__ import annotations

import streamlit as st

from lrviz.live.component import HERE
from lrviz.pages import PATHS, about, graph, practice, share, training

#: A file of our own: an icon by name would be fetched from a font host.
ICON = HERE / "icon.png"

PAGES = [
    st.Page(graph.page, title="Graph", url_path="graph", default=True),
    *(
        st.Page(one.page, title=path.capitalize(), url_path=path)
        for path, one in zip(PATHS, (training, practice, share, about), strict=True)
    ),
]
page = st.navigation(PAGES, position="top")
st.set_page_config(page_title=f"{page.title} · lrviz", page_icon=str(ICON), layout="wide")
st.html(HERE / "page.css")
# On a phone Streamlit folds its navigation into a menu: there, the same links stand in a bar.
with st.container(key="tabs"):
    for one in PAGES:
        st.page_link(one)
page.run()
