"""What is said: how numbers are written, explanations, the derivation, LaTeX.

Imports: core, data, training, hiding, settings.
Imported by: figures, export, practice, live, pages.
"""
