"""Which worker begins with which tests."""

from __future__ import annotations

from collections.abc import Sequence


def dealt(groups: Sequence[str | None], workers: int) -> list[int]:
    """An order of tests in which each worker has whole groups first, then those of no group.

    xdist's ``worksteal`` cuts the tests into runs of one length, a run for each worker; who has
    done his own takes from the end of another's. What stands there should cost no server and no
    browser.

    Parameters
    ----------
    groups : sequence of str or None, one for each test
        What it shares with others of that name, such as a server; None for a test that is as
        quick anywhere.
    workers : int
        How many there are, at least 1.

    Returns
    -------
    list of int
        The places of the tests in ``groups``, each once.
    """
    hands: list[list[int]] = [[] for _ in range(workers)]
    for group in dict.fromkeys(name for name in groups if name is not None):
        min(hands, key=len).extend(n for n, name in enumerate(groups) if name == group)
    free = [n for n, name in enumerate(groups) if name is None]
    order: list[int] = []
    for done, hand in enumerate(hands):
        room = (len(groups) - len(order)) // (workers - done) - len(hand)
        order += hand + free[: max(room, 0)]
        del free[: max(room, 0)]
    return order + free
