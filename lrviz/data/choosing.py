"""Two features and a label, chosen from the columns of a visitor's CSV."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lrviz.core.numerics import said
from lrviz.data.dataset import Dataset
from lrviz.data.reading import read_table
from lrviz.data.table import (
    DataError,
    Table,
    as_labels,
    as_numbers,
    listed,
    missing_values,
    named,
    quoted,
)

_FEATURES = 2
_CLASSES = 2


def read_csv(
    source: str | bytes | os.PathLike[str],
    *,
    columns: Sequence[str] | None = None,
    label: str | None = None,
    drop_missing: bool = False,
) -> Dataset:
    r"""A data set from a CSV: two features and a label.

    Of three columns the label is the last if that has two values, else the one other column
    that has; rows that are left out do not count. Which value is label 1: the larger number, or
    the later in alphabetical order.

    Parameters
    ----------
    source : path, bytes or str
        A str with a line break in it is the text itself; any other is a path.
    columns : (str, str), optional
        Names of the two features, in a file of more than three columns.
    label : str, optional
        Name of the label's column.
    drop_missing : bool
        Leave out rows with a missing value (the notes name them) instead of refusing.

    Raises
    ------
    DataError
        The file cannot be read right; the message says why and where.

    Examples
    --------
    >>> d = lrviz.read_csv("age,height,weight,sex\n30,170,70,m\n31,165,60,f\n",
    ...                    columns=("height", "weight"), label="sex")
    >>> d.feature_names, d.label_names, d.y.tolist()
    (('height', 'weight'), ('f', 'm'), [1, 0])
    """
    table = read_table(source)
    if columns is not None and (isinstance(columns, str) or not isinstance(columns, Sequence)):
        raise DataError(f"Two columns are needed as features, not {said(columns)}.")
    if columns is not None and len(columns) != _FEATURES:
        raise DataError(f"Two columns are needed as features, not {len(columns)}.")
    for name in (*(columns or ()), *(() if label is None else (label,))):
        if not isinstance(name, str):
            raise DataError(f"A column is chosen by its name, not by {said(name)}.")
        table.column(name)
    if columns is None and len(table.columns) != _FEATURES + 1:
        raise DataError(
            f"Three columns are needed, two numbers and a label, but the file has "
            f"{len(table.columns)}: {named(table.columns)}."
        )
    if label is None:
        rest = [name for name in table.columns if columns is None or name not in columns]
        candidates = [name for name in table.two_valued() if name in rest]
        if drop_missing:
            candidates = [name for name in rest if _two_are_kept(table, columns, name)]
        label = (rest or table.columns)[-1]
        if label not in candidates and len(candidates) == 1:
            label = candidates[0]
            table = replace(table, notes=(*table.notes, f"The label is {quoted(label)}."))
    first, second = columns or (name for name in table.columns if name != label)
    return choose(table, first, second, label, drop_missing=drop_missing)


def _two_are_kept(table: Table, columns: Sequence[str] | None, label: str) -> bool:
    """Whether a label has two values in the rows that have no gap."""
    features = columns or [name for name in table.columns if name != label]
    gaps = _gaps(table, (features[0], features[1], label))
    keep = [at for at in range(len(table.numbers)) if at not in gaps]
    cells = tuple(tuple(column[at] for at in keep) for column in table.cells)
    return label in replace(table, cells=cells).two_valued()


def missing_rows(table: Table, feature1: str, feature2: str, label: str) -> tuple[int, ...]:
    """Numbers of the rows that have no value in one of three columns, as the table counts them.

    Raises
    ------
    DataError
        A column is unknown or named twice.
    """
    return tuple(table.numbers[i] for i in _gaps(table, (feature1, feature2, label)))


def _gaps(table: Table, chosen: tuple[str, str, str]) -> dict[int, str]:
    """Places of the rows with a missing value, and which of the columns is the first without."""
    if len(set(chosen)) != len(chosen):
        raise DataError("Two different features and a label other than they are needed.")
    columns = [table.column(name) for name in chosen]
    gaps: dict[int, str] = {}
    for i in reversed(range(len(chosen))):
        absent = missing_values(columns[i], number=i < _FEATURES)
        if absent:
            gaps |= {at: chosen[i] for at, cell in enumerate(columns[i]) if cell in absent}
    return dict(sorted(gaps.items()))


def choose(
    table: Table,
    feature1: str,
    feature2: str,
    label: str,
    *,
    drop_missing: bool = False,
    one: str | None = None,
) -> Dataset:
    """Two features and a label out of a table, checked cell by cell.

    Parameters
    ----------
    table : Table
    feature1, feature2, label : str
        Names of three columns.
    drop_missing : bool
        Leave out rows with a missing value (the notes name them) instead of refusing.
    one : str or None
        The label's value that counts as 1, as the file writes it; None takes the larger
        number, or the later in alphabetical order.

    Raises
    ------
    DataError
        A column is unknown or named twice, a cell is missing (unless ``drop_missing``) or is
        no number, the label has not exactly two values or not the one named, or a feature is
        constant.
    """
    chosen = (feature1, feature2, label)
    gaps = _gaps(table, chosen)
    notes = list(table.notes)
    if gaps and not drop_missing:
        at, where = next(iter(gaps.items()))
        more = f" ({len(gaps)} rows have missing values)" if len(gaps) > 1 else ""
        raise DataError(f"Row {table.numbers[at]} has no value for {quoted(where)}{more}.")
    if gaps:
        left_out = listed([table.numbers[at] for at in gaps])
        notes.append(f"Rows with missing values were left out: {left_out}.")
    keep = [at for at in range(len(table.numbers)) if at not in gaps]
    if len(keep) < _CLASSES:
        raise DataError(
            f"At least two rows are needed, one of each class, but there {_are(len(keep))}."
        )
    features = [as_numbers(table, name, keep) for name in chosen[:_FEATURES]]
    notes += [note for _, note in features if note]
    names, y = as_labels(table, label, keep)
    if one is not None and one not in names:
        raise DataError(f"The label {quoted(label)} has no value {quoted(one)}.")
    if one == names[0]:
        names, y = (names[1], names[0]), 1 - y
    return Dataset(
        table.name,
        np.stack([values for values, _ in features], axis=1),
        y,
        (feature1, feature2),
        names,
        "Your own file.",
        "Yours: it is not shared.",
        notes=tuple(notes),
        label=label,
    )


def _are(count: int) -> str:
    return "is only one" if count == 1 else "are none"
