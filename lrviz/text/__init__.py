"""What is said: how numbers are written, explanations, the derivation, LaTeX.

It imports `core`, `data`, `training` and the URL fields; `figures`, `export`, `live` and the pages
may import it.
"""
