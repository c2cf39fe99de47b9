"""Problems from a seed, typed answers judged, mistakes named, worksheets.

Imports: core, data, training, text, figures, hiding, settings.
Imported by: pages.
"""
