"""Stands in for Python's own: anyio imports it, and in a browser there is no socket to use it on.

Whatever is asked for is an error that nobody raises.
"""

from __future__ import annotations


def __getattr__(name: str) -> type[OSError]:
    if name.startswith("__"):
        raise AttributeError(name)
    made = type(name, (OSError,), {})
    globals()[name] = made
    return made
