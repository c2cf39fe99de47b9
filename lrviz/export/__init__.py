"""What is taken away: a page that plays by itself, and CSV.

Imports: core, data, training, text, figures.
Imported by: pages.
"""
