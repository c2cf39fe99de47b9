"""The About page: what this is, where it comes from, licences and keys."""

from __future__ import annotations

import streamlit as st

_TEXT = """
# About

The derivative of logistic regression, made visible: every number of the computational graph
moves under your hand, and the chain rule multiplies them into ∂L/∂w and ∂L/∂b.
"""


def page() -> None:
    """Show the About page."""
    st.session_state["showing"] = "about"
    st.markdown(_TEXT)
