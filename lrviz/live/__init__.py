"""The one browser component, in JavaScript, and what Python sends it.

Imports: core, data, training, text, figures.
Imported by: pages, main, launch.
"""
