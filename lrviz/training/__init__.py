"""Many examples: the model over a data set, optimizers, the loss surface, a run ready to be played.

It imports `core` and `data`; `text`, `figures`, `export`, `live` and the pages may import it.
"""
