"""Pure functions that return a Plotly figure.

They import `core`, `data`, `training` and `text`; `export`, `live` and the pages may import them.
"""
