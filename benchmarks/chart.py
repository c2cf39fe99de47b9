"""What a first picture is compared with: a page of one slider and one Plotly chart."""

import plotly.graph_objects as go
import streamlit as st

value = st.slider("value", -5.0, 5.0, 0.5)
st.plotly_chart(go.Figure(go.Scatter(y=[value * x for x in range(20)])))
