"""One example, exact: numbers that lose nothing, operations, the graph and its derivatives.

Imports: nothing.
Imported by: data, training, text, figures, export, practice, live, pages, settings, __init__.
"""
