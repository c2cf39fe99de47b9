"""One example, exact: numbers that lose nothing, operations, the graph and its derivatives.

It imports nothing else of the house; everything may import it.
"""
