"""From bytes to a data set: reading CSV, and the built-in sets.

It imports `core`; `training`, `text`, `figures`, `export` and the pages may import it.
"""
