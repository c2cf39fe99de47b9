"""Text with formulas in it: said once, written for a label, for LaTeX, and for the browser."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lrviz.core.expression import Expression, latex, plain
from lrviz.core.symbols import MARKS


@dataclass(frozen=True, slots=True)
class Text:
    """Words and formulas in turn."""

    pieces: tuple[str | Expression, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.pieces)

    @property
    def plain(self) -> str:
        """As one line of Unicode."""
        return "".join(p if isinstance(p, str) else plain(p) for p in self.pieces)

    @property
    def latex(self) -> str:
        """As text of a LaTeX document."""
        return "".join(p if isinstance(p, str) else f"${latex(p)}$" for p in self.pieces)

    @property
    def turns(self) -> list[str]:
        """For the browser: words and LaTeX in turn, words first."""
        out = [""]
        for piece in self.pieces:
            if isinstance(piece, str) or plain(piece) in MARKS:
                out[-1] += piece if isinstance(piece, str) else plain(piece)
            else:
                out += [latex(piece), ""]
        return out if self.pieces else []


NOTHING = Text()


def say(words: str, *formulas: Expression) -> Text:
    """A text; each ``{}`` stands for the next formula.

    Raises
    ------
    ValueError
        There are not as many places as formulas.
    """
    parts = re.split(r"\{\}", words)
    out: list[str | Expression] = [parts[0]]
    for formula, part in zip(formulas, parts[1:], strict=True):
        out += [formula, part]
    return Text(tuple(piece for piece in out if piece != ""))
