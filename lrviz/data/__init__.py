"""From bytes to a data set: reading CSV, and the built-in sets.

Imports: core.
Imported by: training, text, figures, export, practice, live, pages, settings, __init__.
"""
