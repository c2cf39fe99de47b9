"""Runs and data sets as CSV (RFC 4180), which reads back exactly and is nowhere a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from lrviz.data.dataset import Dataset, to_raw
from lrviz.data.reading import read_table
from lrviz.data.table import BYTES_LIMIT, DataError, printable, to_csv_cell
from lrviz.text.odds import odds_cell
from lrviz.text.runs import LabelledRun
from lrviz.training.playback import Scaled

#: Rows of a CSV by which its reader tells the delimiter.
_SAMPLE = 60
_EOL = "\r\n"
#: Says at the beginning of a text that it is UTF-8.
MARK = "\ufeff"


def history_csv(runs: Sequence[LabelledRun], scaled: Scaled | None = None) -> str:
    """Every step of one run or more, as CSV (RFC 4180: commas, CRLF).

    The columns are step, w1, w2, b, loss, dJ/dw1, dJ/dw2, dJ/db, and before them the run's
    name if there are several. A number reads back as the same float64; no cell is a formula.

    With the data given on the scale of the runs, more columns follow: the parameters in the
    features' own units, the factor on the odds of class 1 for one unit more of each feature,
    and, the same in every row, the weight decay, the scale, and each feature's mean and
    standard deviation (0 and 1 where it was not standardised).

    Raises
    ------
    ValueError
        There is no run, or two have the same name.
    """
    distinct(runs)
    several = len(runs) > 1
    head = ["step", "w1", "w2", "b", "loss", "dJ/dw1", "dJ/dw2", "dJ/db"]
    more, fixed = ([], []) if scaled is None else _of_scale(scaled)
    head += more
    rows: list[Iterable[object]] = [["run", *head] if several else head]
    for name, _, history in runs:
        columns = (history.params, history.losses[:, None], history.gradients)
        for step, values in enumerate(np.hstack(columns).tolist()):
            row: list[object] = [name, step, *values] if several else [step, *values]
            if scaled is not None:
                raw = to_raw(history.params[step], scaled.mean, scaled.scale).tolist()
                row += [*raw, *map(odds_cell, raw[:2]), history.l2, *fixed]
            rows.append(row)
    return _csv(rows)


def _of_scale(scaled: Scaled) -> tuple[list[str], list[object]]:
    """Names of the columns in raw units and of those on the scale; the values of the latter."""
    data = scaled.data
    first, second = data.feature_names
    one = data.classes[1]
    named = [
        *(f"w per unit of {name}" for name in (first, second)),
        "b in raw units",
        *(f"odds of {one} for one more {name}" for name in (first, second)),
        "weight decay",
        "scale",
    ]
    plain = not scaled.mean.any() and (scaled.scale == 1).all()
    fixed: list[object] = ["raw" if plain else "standardised"]
    for name, mean, deviation in zip(
        (first, second), scaled.mean.tolist(), scaled.scale.tolist(), strict=True
    ):
        named += [f"mean of {name}", f"deviation of {name}"]
        fixed += [mean, deviation]
    return named, fixed


def data_csv(data: Dataset) -> str:
    """The examples as CSV (RFC 4180: commas, CRLF), which `lrviz.read_csv` reads back.

    Two features under their own names, and the label as 0 or 1, because that alone says in
    every case which class is 1; what the two stand for is in that column's name, after its
    own. Names that could not be read back (two alike, two that are numbers) become x1, x2 and y.

    What would be larger than the reader takes is written in as few characters as say the same
    (5 for 5.0, line feeds alone), and at last without its header: so a file that could be read
    is not too large for it as an export.
    """
    zero, one = data.label_names
    meaning = "" if data.label_names == ("0", "1") else f" (0 {zero}, 1 {one})"
    rows = [
        [*features, label] for features, label in zip(data.X.tolist(), data.y.tolist(), strict=True)
    ]
    names = [*data.feature_names, f"{data.label}{meaning}"]
    names = names if _readable(names, rows) else ["x1", "x2", "y"]
    text = _csv([names, *rows])
    if _fits(text):
        return text
    # By how they are written: 0 and −0 are equal.
    shortest = {text: _shortest(text) for text in {repr(x) for *both, _ in rows for x in both}}
    bare = "\n".join(f"{shortest[repr(u)]},{shortest[repr(v)]},{label}" for u, v, label in rows)
    lean = f"{_csv([names])}{bare}\n"
    return lean if _fits(lean) else bare


def marked(text: str) -> str:
    """A CSV with the mark by which spreadsheets know UTF-8, where it needs one."""
    return text if text.isascii() else MARK + text


def _fits(text: str) -> bool:
    return len(marked(text).encode()) <= BYTES_LIMIT


def _shortest(number: str) -> str:
    """The shortest way to write a decimal; of that of a float64, ``repr`` has the fewest digits."""
    sign, digits, exponent = Decimal(number).normalize().as_tuple()
    assert isinstance(exponent, int)
    whole = "".join(map(str, digits))
    point = len(whole) + exponent  # how many digits stand before it
    if exponent >= 0:
        plain = whole + "0" * exponent
    elif point > 0:
        plain = f"{whole[:point]}.{whole[point:]}"
    else:
        plain = f".{'0' * -point}{whole}"
    forms = (plain, f"{whole}e{exponent}", f"{whole[0]}.{whole[1:]}e{point - 1}")
    return "-" * sign + min(forms, key=len)


def _csv(rows: Iterable[Iterable[object]]) -> str:
    return "".join(",".join(map(_cell, row)) + _EOL for row in rows)


def _cell(value: object) -> str:
    """A cell that is no formula, nor begins one where the commas are not what parts the cells.

    Where semicolons or tabs do, quotation marks protect the first cell of a line only: what
    follows such a sign, or a line break, in a later one stands at the beginning of a cell.
    """
    if isinstance(value, str):
        value = printable(value, " ").replace(";", ",")
    return to_csv_cell(value)


def _readable(names: list[str], rows: list[list[Any]]) -> bool:
    """Whether the reader takes the names for what they are: it is asked itself."""
    sample = rows[:_SAMPLE]
    try:
        table = read_table(_csv([names, *sample]))
    except DataError:
        return False
    return len(table.columns) == len(names) and len(table.rows) == len(sample)


def distinct(runs: Sequence[LabelledRun]) -> None:
    """Refuse no run at all, and runs that share a name.

    Raises
    ------
    ValueError
        With a sentence.
    """
    if not runs:
        raise ValueError("At least one run is needed.")
    if len({run.name for run in runs}) < len(runs):
        raise ValueError("Every run needs a name of its own.")
