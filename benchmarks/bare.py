"""The least a live page could be: a components.v2 range input and a text, in a fragment."""

import streamlit as st

_JS = """
export default function ({ parentElement, setStateValue, data }) {
  if (parentElement.querySelector("input")) return;
  const input = document.createElement("input");
  Object.assign(input, { type: "range", min: -5, max: 5, step: 0.01, value: 0.5, ariaLabel: "w1" });
  input.addEventListener("input", () => setStateValue("value", input.value));
  parentElement.append(input);
}
"""
_range = st.components.v2.component("bare_range", js=_JS, isolate_styles=False)


@st.fragment
def _body() -> None:
    result = _range(key="bare", data={}, on_value_change=lambda: None)
    st.html(f'<p id="shown">{result.get("value")}</p>')


_body()
