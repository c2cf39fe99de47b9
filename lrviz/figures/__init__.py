"""Pure functions that return a Plotly figure.

Imports: core, data, training, text.
Imported by: export, practice, live, pages, __init__.
"""
