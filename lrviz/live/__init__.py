"""The one browser component, in JavaScript, and what Python sends it.

It imports everything but `export` and the pages; only the pages and the launcher import it.
"""
