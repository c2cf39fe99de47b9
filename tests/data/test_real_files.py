"""Real files of many origins: read as pandas reads them when told how, or refused truly.

`tests/data/files/SOURCES.md` says where each comes from. Row counts, classes and sums below were
counted with pandas 3.1 and awk, never with this package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import lrviz
from lrviz.data.choosing import choose, missing_rows, read_csv
from lrviz.data.dataset import standardise
from lrviz.data.reading import read_table
from lrviz.data.table import DataError
from lrviz.training.newton import minimum

FILES = Path(__file__).parent / "files"


class Known(NamedTuple):
    """What is known of a file before it is read."""

    columns: tuple[str, str, str]
    told: dict[str, Any]  #: how pandas is told to read it
    rows: int
    missing: tuple[int, ...]  #: numbers of the rows with a gap in the three columns
    first: tuple[float, float, str]
    last: tuple[float, float, str]
    labels: dict[str, int]  #: class and its rows, the class that is 1 last
    sums: tuple[float, float]
    note: str = ""  #: words of the notes


READ = {
    "air_quality.csv": Known(
        ("C6H6(GT)", "T", "Date"),
        {"sep": ";", "decimal": ","},
        30,
        (),
        (11.9, 13.6, "10/03/2004"),
        (2.6, 8.2, "11/03/2004"),
        {"10/03/2004": 6, "11/03/2004": 24},
        (242.2, 308.3),
        "left out: 16, 17",
    ),
    "anesthetic.csv": Known(
        ("conc", "rownames", "move"),
        {"lineterminator": "\r"},
        30,
        (),
        (1, 1, "0"),
        (1.2, 30, "0"),
        {"0": 16, "1": 14},
        (37.6, 465),
    ),
    "bechdel.csv": Known(
        ("budget", "domgross", "binary"),
        {},
        20,
        (10,),
        (32500000, 21819348, "PASS"),
        (60000000, 31165421, "PASS"),
        {"FAIL": 10, "PASS": 9},
        (1495500000, 1804329349),
        "left out: 10",
    ),
    "candy.csv": Known(
        ("sugarpercent", "winpercent", "chocolate"),
        {"encoding": "latin-1"},
        85,
        (),
        (0.73199999, 66.971725, "1"),
        (0.87199998, 49.524113, "1"),
        {"0": 48, "1": 37},
        (40.684999374, 4276.924924),
        "Line 24 is not UTF-8",
    ),
    "chile.csv": Known(
        ("age", "income", "sex"),
        {},
        30,
        (14, 29),
        (65, 35000, "M"),
        (53, 35000, "M"),
        {"F": 14, "M": 14},
        (1046, 845000),
    ),
    "fertility.csv": Known(
        ("age", "hrs_sitting", "diagnosis"),
        {},
        100,
        (),
        (0.69, 0.88, "N"),
        (0.69, 0.19, "N"),
        {"N": 88, "O": 12},
        (66.9, 40.68),
    ),
    "fight_songs.csv": Known(
        ("bpm", "sec_duration", "fight"),
        {},
        20,
        (),
        (152, 64, "Yes"),
        (140, 57, "Yes"),
        {"No": 7, "Yes": 13},
        (2733, 1367),
    ),
    "haberman.csv": Known(
        ("Age", "Nodes", "SurvivalStatus"),
        {},
        306,
        (),
        (30, 1, "1"),
        (83, 2, "2"),
        {"1": 225, "2": 81},
        (16052, 1232),
    ),
    "kyphosis.csv": Known(
        ("Age", "Start", "Kyphosis"),
        {},
        81,
        (),
        (71, 5, "absent"),
        (36, 13, "absent"),
        {"absent": 64, "present": 17},
        (6776, 931),
    ),
    "leuk.txt": Known(
        ("wbc", "time", "ag"),
        {"sep": "\t", "encoding": "utf-16"},
        33,
        (),
        (2300, 65, "present"),
        (100000, 43, "absent"),
        {"absent": 16, "present": 17},
        (962450, 1349),
    ),
    "mammographic.csv": Known(
        ("column 2", "column 4", "column 6"),
        {"header": None, "na_values": "?", "names": [f"column {i}" for i in range(1, 7)]},
        80,
        (6, 7, 8, 13, 20, 22, 27, 35, 48, 59),
        (67, 5, "1"),
        (67, 5, "0"),
        {"0": 36, "1": 34},
        (3955, 198),
        "no header",
    ),
    "pima.csv": Known(
        ("glu", "bmi", "type"),
        {"sep": ";", "decimal": ","},
        50,
        (),
        (148, 33.6, "Yes"),
        (126, 28.7, "No"),
        {"No": 35, "Yes": 15},
        (5621, 1589.3),
        "“bmi” the comma",
    ),
    "planets.csv": Known(
        ("pl_orbper", "st_dist", "pl_discmethod"),
        {"comment": "#"},
        26,
        (12,),
        (133.71, 17.62, "Radial Velocity"),
        (1.212884, 393, "Transit"),
        {"Radial Velocity": 5, "Transit": 20},
        (6237.5652087, 4662.44),
        "in front: rows 1 to 10.",
    ),
    "plasma.csv": Known(
        ("fibrinogen", "globulin", "ESR"),
        {},
        32,
        (),
        (2.52, 38, "ESR < 20"),
        (3.93, 32, "ESR > 20"),
        {"ESR < 20": 26, "ESR > 20": 6},
        (89.24, 1141),
    ),
    "student.csv": Known(
        ("Prom", "absences", "sex"),
        {"decimal": ","},
        25,
        (),
        (5.67, 6, "F"),
        (9, 2, "F"),
        {"F": 12, "M": 13},
        (284, 88),
        "“Prom” the comma",
    ),
    "toothgrowth.csv": Known(
        ("len", "dose", "supp"),
        {"sep": ";", "decimal": ",", "encoding": "utf-8-sig"},
        60,
        (),
        (4.2, 0.5, "VC"),
        (23, 2, "OJ"),
        {"OJ": 30, "VC": 30},
        (1128.8, 70),
        "“len” the comma",
    ),
    "urine.csv": Known(
        ("cond", "calc", "r"),
        {},
        79,
        (2,),
        (20, 4.49, "0"),
        (12.8, 9.39, "1"),
        {"0": 44, "1": 34},
        (1630.3, 324.53),
    ),
}

#: Files refused as a whole, or three columns of them; each sentence was held against the file.
REFUSED = {
    "breast_cancer.csv": ((), "Row 2 has 31 cells, but row 1 has 4."),
    "german.csv": ((), "Row 2 has 1 cell, but row 1 has 22."),
    "iris.csv": (
        (),
        "Row 1 has “setosa” above numbers, as a header does, and the number “150” above numbers, "
        "as data do: a header needs a word for every column.",
    ),
    "diagnosis.csv": (
        ("column 1", "column 2", "column 7"),
        "Row 1 has “no” for “column 2”, which is not a number.",
    ),
    "chile.csv": (
        ("age", "statusquo", "vote"),
        "Row 16 has no value for “vote”.",
    ),
    "bechdel.csv": (
        ("budget", "domgross", "binary"),
        "Row 10 has no value for “domgross”.",
    ),
    "fight_songs.csv": (
        ("bpm", "song_name", "fight"),
        "Row 2 has “Victory March” for “song_name”, which is not a number.",
    ),
}


def test_every_file_is_used_and_its_source_stated():
    there = {path.name for path in FILES.iterdir()} - {"SOURCES.md", ".gitattributes"}
    assert there == set(READ) | set(REFUSED)
    assert len(there) >= 20
    stated = (FILES / "SOURCES.md").read_text("utf-8")
    for name in there:
        assert f"| {name} |" in stated


@pytest.mark.parametrize("name", READ)
def test_a_real_file_is_read_right(name):
    known = READ[name]
    table = read_table(FILES / name)
    assert len(table.rows) == known.rows
    assert missing_rows(table, *known.columns) == known.missing
    assert set(known.columns[:2]) <= set(table.numeric())
    assert known.columns[2] in table.two_valued()
    data = choose(table, *known.columns, drop_missing=True)
    assert data.name == name
    assert len(data) == known.rows - len(known.missing)
    assert list(known.labels) == list(data.label_names)
    assert np.bincount(data.y).tolist() == list(known.labels.values())
    for at, row in ((0, known.first), (-1, known.last)):
        assert (*data.X[at].tolist(), data.label_names[data.y[at]]) == row
    np.testing.assert_allclose(data.X.sum(axis=0), known.sums, rtol=1e-13)
    assert known.note in " ".join(data.notes)


@pytest.mark.parametrize("name", READ)
def test_every_cell_is_the_one_that_pandas_reads(name):
    known = READ[name]
    data = choose(read_table(FILES / name), *known.columns, drop_missing=True)
    there = pd.read_csv(FILES / name, **known.told)
    there = there[list(known.columns)].dropna()
    np.testing.assert_allclose(data.X, there.iloc[:, :2].to_numpy(float), rtol=1e-15)
    labels = there.iloc[:, 2]
    if labels.dtype.kind in "if":
        labels = labels.astype(int)
    assert [data.label_names[y] for y in data.y] == labels.astype(str).tolist()


@pytest.mark.parametrize("name", REFUSED)
def test_a_real_file_is_refused_with_a_true_sentence(name):
    columns, sentence = REFUSED[name]
    with pytest.raises(DataError) as error:
        choose(read_table(FILES / name), *columns)
    assert str(error.value) == sentence


def test_four_votes_are_not_two_classes():
    table = read_table(FILES / "chile.csv")
    with pytest.raises(DataError, match=r"has 4 different values.* row 10 brings the third, “U”"):
        choose(table, "age", "statusquo", "vote", drop_missing=True)


def test_three_columns_cut_out_of_a_real_file_need_no_choice():
    lines = (FILES / "leuk.txt").read_bytes().decode("utf-16").splitlines()
    cut = "\r\n".join("\t".join(line.split("\t")[1:]) for line in lines)
    data = read_csv(cut.encode("utf-16"))
    assert data.feature_names == ("wbc", "time")
    assert data.X.sum(axis=0).tolist() == [962450, 1349]
    assert "The label is “ag”." in data.notes


@pytest.mark.parametrize("name", ["haberman.csv", "kyphosis.csv", "pima.csv", "candy.csv"])
def test_the_fit_of_a_real_file_is_that_of_scikit_learn(name):
    data = choose(read_table(FILES / name), *READ[name].columns)
    Z, *_ = standardise(data.X)
    peer = LogisticRegression(C=np.inf, tol=1e-13, max_iter=1000, solver="newton-cholesky")
    peer.fit(Z, data.y)
    expected = np.append(peer.coef_[0], peer.intercept_)
    trained = lrviz.train(Z, data.y, optimizer="newton", learning_rate=1, steps=50)
    np.testing.assert_allclose(trained.params[-1], expected, rtol=1e-8)
    np.testing.assert_allclose(minimum(Z, data.y), expected, rtol=1e-8)
