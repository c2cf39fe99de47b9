"""Only the dialog, and what came of it as text that a test reads back."""

from __future__ import annotations

import json

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lrviz.data.dataset import Dataset
from lrviz.live.component import HERE
from lrviz.pages import owndata

st.set_page_config(layout="wide")
st.html(HERE / "page.css")
st.markdown("# Behind the dialog")


def use(data: Dataset) -> None:
    """Keep what was chosen, as the page does."""
    st.session_state["used"] = data
    st.session_state["times"] = st.session_state.get("times", 0) + 1


def uploads() -> int:
    """How many files Streamlit holds for this session."""
    context = get_script_run_ctx()
    return len(context.uploaded_file_mgr.file_storage.get(context.session_id, ()))


if st.button("Open"):
    owndata.ask(use)

if "used" in st.session_state:
    data = st.session_state["used"]
    said = {
        "times": st.session_state["times"],
        "name": data.name,
        "rows": len(data),
        "features": data.feature_names,
        "labels": data.label_names,
        "ones": int(data.y.sum()),
        "first": data.X[0].tolist(),
        "notes": data.notes,
        "keys": sorted(key for key in st.session_state if str(key).startswith("own-")),
        "uploads": uploads(),
    }
    st.code(json.dumps(said), language="json")
