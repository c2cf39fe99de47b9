"""Problems from a seed, typed answers judged, mistakes named, worksheets.

It may import core, data, training, text and figures; only pages import it.
"""
