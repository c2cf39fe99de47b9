"""Stub."""

from collections.abc import Callable

from lrviz.datasets import Dataset


def ask(use: Callable[[Dataset], None]) -> None:
    """Nothing yet."""
