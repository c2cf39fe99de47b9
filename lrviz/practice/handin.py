"""The code at the end of a task: which of its problems were right at the first answer.

What it proves is little, and it is said so wherever it stands: the name, the seed, the level and
the result belong together, so that another's code or another task's does not pass. It is no
lock: whoever reads this file can make one.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection
from typing import NamedTuple

from lrviz.practice.problem import LEVELS, SEED_HIGH, TASK

#: What is said of a code.
PROVES = (
    "The code holds together the name, the task and the result: another student's code, or one of "
    "another task, is refused. It is no proof that nobody helped, and whoever reads lrviz's source "
    "can make one."
)
_LETTERS = 6
_CODE = re.compile(r"([123])-(\d{1,6})-([0-9A-F]{3})-([A-Z2-7]{6})", re.ASCII)
NAME_LONGEST = 60


class Result(NamedTuple):
    """What a code says: ``right`` has the numbers of the problems right at the first answer."""

    seed: int
    level: int
    right: tuple[int, ...]


def code(name: str, seed: int, level: int, right: Collection[int]) -> str:
    """The code of a result: ``2-7-3FB-K7QDXA``."""
    mask = sum(1 << (n - 1) for n in range(1, TASK + 1) if n in right)
    body = f"{level}-{seed}-{mask:03X}"
    return f"{body}-{_seal(name, body)}"


def check(name: str, given: str) -> Result | None:
    """What a code says, or None where it does not belong to the name or is none."""
    found = _CODE.fullmatch(given.strip().upper()[:40])
    if found is None:
        return None
    level, seed, mask = int(found[1]), int(found[2]), int(found[3], 16)
    if seed > SEED_HIGH or level not in LEVELS or mask >= 1 << TASK:
        return None
    if found[4] != _seal(name, f"{level}-{seed}-{mask:03X}"):
        return None
    return Result(seed, level, tuple(n for n in range(1, TASK + 1) if mask >> (n - 1) & 1))


def _seal(name: str, body: str) -> str:
    who = " ".join(name[:NAME_LONGEST].casefold().split())
    digest = hashlib.sha256(f"lrviz practice|{who}|{body}".encode()).digest()
    return base64.b32encode(digest)[:_LETTERS].decode()
