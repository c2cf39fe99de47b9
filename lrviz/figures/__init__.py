"""Figure builders: pure functions that return a `plotly.graph_objects.Figure`."""
