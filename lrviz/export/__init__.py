"""What is taken away: a page that plays by itself, and CSV.

It imports everything but `live` and the pages; only the pages import it.
"""
