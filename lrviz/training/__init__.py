"""Many examples: the model over a data set, optimizers, the loss surface, a run ready to be played.

Imports: core, data.
Imported by: text, figures, export, practice, live, pages, settings, __init__.
"""
