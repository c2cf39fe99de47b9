"""Reading CSVs of every kind, and writing cells that are safe."""

from __future__ import annotations

import csv
import io
import math
import re
from contextlib import suppress
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz.data import table
from lrviz.data.choosing import choose, missing_rows, read_csv
from lrviz.data.reading import read_table
from lrviz.data.table import (
    BYTES_LIMIT,
    COLUMNS_LIMIT,
    COMMENTS_LIMIT,
    DataError,
    printable,
    to_csv_cell,
)
from tests.calls import calls
from tests.samples import sample

PLAIN = "width,height,kind\n1,2,a\n3,4.5,b\n-5e-1,.25,a\n"


def sentence(error):
    """The message of a refusal, once it is seen to be one sentence that can be shown as it is."""
    message = str(error)
    assert message.endswith(".")
    assert len(message) <= 300
    assert message.isprintable()
    return message


# Files that are read right


def _same(data):
    np.testing.assert_array_equal(data.X, [[1, 2], [3, 4.5], [-0.5, 0.25]])
    np.testing.assert_array_equal(data.y, [0, 1, 0])
    assert data.feature_names == ("width", "height")
    assert data.label_names == ("a", "b")


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        b"\xfe\xff" + PLAIN.encode("utf-16-be"),
        PLAIN.encode("utf-32"),
        b"\x00\x00\xfe\xff" + PLAIN.encode("utf-32-be"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.rstrip("\n"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", ";").replace(".", ","),
        PLAIN.replace(",", "\t").replace(".", ","),
        PLAIN.replace(",", " , "),
        "\n".join(",".join(f'"{c}"' for c in line.split(",")) for line in PLAIN.splitlines()),
        PLAIN.replace("\n", ",\n"),
        "\n" + PLAIN + "\n\n",
        "sep=,\n" + PLAIN,
        "\ufeffsep=;\r\n" + PLAIN.replace(",", ";").replace("\n", "\r\n"),
        '"sep=\t"\n' + PLAIN.replace(",", "\t"),
        'width, "height", "kind"\n1, "2", "a"\n3, "4.5", "b"\n-5e-1, ".25", "a"\n',
    ],
)
def test_dialects(content):
    _same(read_csv(content))


def test_a_path(tmp_path):
    file = tmp_path / "my birds.csv"
    file.write_text(PLAIN)
    for source in (file, str(file)):
        data = read_csv(source)
        _same(data)
        assert data.name == "my birds.csv"


def test_latin_1_is_said():
    data = read_csv("größe,y,art\n1,2,männlich\n3,4,weiblich\n".encode("latin-1"))
    assert data.feature_names[0] == "größe"
    assert data.label_names == ("männlich", "weiblich")
    assert "Latin-1" in data.notes[0]


def test_no_header_is_said():
    data = read_csv("1,2,0\n3,4,1\n5,6,1\n")
    assert len(data) == 3
    assert data.feature_names == ("column 1", "column 2")
    assert "no header" in data.notes[0]


def test_empty_rows_are_said_and_rows_keep_their_numbers():
    assert "3, 5" in read_csv("x,y,l\n1,2,a\n\n3,4,b\n,,\n5,6,b\n").notes[0]
    with pytest.raises(DataError, match="Row 4 has “q”"):
        read_csv("x,y,l\n1,2,a\n\nq,4,b\n")


def test_the_decimal_comma_is_said():
    assert "decimal mark" in read_csv("x;y;l\n1,5;2;a\n3;4;b\n").notes[0]


def test_decimal_commas_may_be_quoted_under_commas():
    data = read_csv('x,y,l\n"1,5",2,a\n3, "4,25" ,b\n'.replace('" ,b', '",b'))
    np.testing.assert_array_equal(data.X, [[1.5, 2], [3, 4.25]])
    assert len(data.notes) == 2


@pytest.mark.parametrize("clear", ["1,5", "0,125", "1000,125", "12,3456"])
def test_one_clear_decimal_comma_settles_what_the_others_are(clear):
    data = read_csv(f"x;y;l\n1,234;2;a\n{clear};3;b\n")
    assert data.X[:, 0].tolist() == [1.234, float(clear.replace(",", "."))]
    # It may stand in another column, too.
    table = read_table(f"x;y;l;z\n1,234;2;a;\n2,345;3;b;{clear}\n")
    assert choose(table, "x", "y", "l").X[:, 0].tolist() == [1.234, 2.345]


def test_three_decimals_after_a_point_are_decimals():
    assert read_csv("x,y,l\n1.234,2,a\n2.345,3,b\n").X[:, 0].tolist() == [1.234, 2.345]


@pytest.mark.parametrize(
    "content",
    [
        "# made by hand\n#\n" + PLAIN,
        "# made, by, hand\n" + PLAIN,
        "#made by hand\r\n" + PLAIN,
        "#width,height,kind\n" + PLAIN.split("\n", 1)[1],
        "# units: cm, cm\n# width, height, kind\n" + PLAIN.split("\n", 1)[1],
    ],
)
def test_comments_above_the_header_are_left_out(content):
    _same(read_csv(content))


def test_comments_are_said_and_count_as_rows():
    table = read_table("# a\n# b\n" + PLAIN)
    assert table.notes == ("Left out as comments, with # in front: rows 1 to 2.",)
    assert table.numbers == (4, 5, 6)
    assert read_table("# a\n" + PLAIN).notes == ("Left out as comments, with # in front: row 1.",)


def test_a_column_may_be_called_by_the_sign_of_a_comment():
    table = read_table("#,x,l\n1,2,a\n2,4,b\n")
    assert table.columns == ("#", "x", "l")
    assert table.numbers == (2, 3)
    assert table.notes == ()


@pytest.mark.parametrize(
    ("first", "columns"),
    [
        ("x,y,l", ("x", "y", "l")),
        (",,l", ("column 1", "column 2", "l")),
        ("Na,y,l", ("Na", "y", "l")),
        ("column 2,,l", ("column 2", "column 2*", "l")),
    ],
)
def test_a_header_is_known_by_the_numbers_below(first, columns):
    table = read_table(f"{first}\n1,2,a\n3,4,b\n")
    assert table.columns == columns
    assert len(table.rows) == 2


@pytest.mark.parametrize("first", ["1,2,a", "?,2,a", "1,,a", "?,?,a", ",,a", "NA,-,b"])
def test_a_first_row_with_gaps_is_not_lost_as_a_header(first):
    table = read_table(f"{first}\n1,2,a\n3,4,b\n")
    assert table.numbers == (1, 2, 3)
    assert table.rows[0] == tuple(first.split(","))
    assert "no header" in table.notes[0]


def test_a_text_with_line_breaks_is_one_cell():
    table = read_table('x,y,note\n1,2,"one\ntwo"\n3,4,plain\n')
    assert table.rows[0] == ("1", "2", "one\ntwo")
    assert table.numbers == (2, 3)


def test_windows_signs_are_read_where_latin_1_has_none():
    assert read_csv("x,y,l\n1,2,€\n3,4,–\n".encode("cp1252")).label_names == ("–", "€")


@pytest.mark.parametrize(
    ("labels", "names", "y"),
    [
        ("0 1", ("0", "1"), [0, 1]),
        ("1 0", ("0", "1"), [1, 0]),
        ("1 1.0 2", ("1", "2"), [0, 0, 1]),
        ("10 9", ("9", "10"), [1, 0]),
        ("1 -1", ("-1", "1"), [1, 0]),
        ("yes no", ("no", "yes"), [1, 0]),
        ("+ -", ("+", "-"), [0, 1]),
        ("True False", ("False", "True"), [1, 0]),
        ("none some", ("none", "some"), [0, 1]),
    ],
)
def test_which_label_is_1(labels, names, y):
    rows = [f"{i},{-i},{label}" for i, label in enumerate(labels.split())]
    data = read_csv("\n".join(["x,y,l", *rows]))
    assert data.label_names == names
    assert data.y.tolist() == y


def test_a_label_in_front_is_found():
    data = read_csv("sex,x,y\nf,1,2\nm,3,4\nf,5,6\n")
    assert data.feature_names == ("x", "y")
    assert data.label_names == ("f", "m")
    assert "The label is “sex”." in data.notes


def test_formulas_are_text_like_any_other():
    data = read_csv('x,y,l\n1,2,"=HYPERLINK(""http://a.b"")"\n3,4,b\n')
    assert data.label_names[0].startswith("=HYPERLINK")


# Files that are refused


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \n \n", "empty"),
        (",,\n,,\n", "no cells with anything"),
        ("x,y,l\n", "header only"),
        ("x,y,l\n1,2,a\n3,4,b,5\n", "Row 3 has 4 cells, but row 1 has 3"),
        ("x,y,l\n1,2,a,9\n3,4,b\n", "Row 2 has 4 cells"),
        ("x,y,l\n1,2,a\n3,4\n", "Row 3 has 2 cells"),
        ("x,x,l\n1,2,a\n3,4,b\n", "Columns 1 and 2 have the same name"),
        ("x,y\n1,2\n3,4\n", "has 2"),
        ("x,y,z,l\n1,2,3,a\n3,4,5,b\n", "has 4"),
        ("x|y|l\n1|2|a\n3|4|b\n", "has 1"),
        ("x,y,l\n1,2,a\nNA,4,b\n", "Row 3 has no value for “x”"),
        ("x,y,l\n1,2,a\n1,?,b\n-,1,b\n", "Row 3 has no value for “y” (2 rows"),
        ("x,y,l\n1,2,a\n2,4,\n", "Row 3 has no value for “l”"),
        ("x,y,l\n1,2,a\ninf,4,b\n", "Row 3 has “inf” for “x”, which is not a number"),
        ("x,y,l\n1,2,a\n-Infinity,4,b\n", "not a number"),
        ("x,y,l\n1,2,a\n1_000,4,b\n", "not a number"),
        ("x,y,l\n1,2,a\n0x10,4,b\n", "not a number"),
        ("x,y,l\n1,2,a\n5%,4,b\n", "not a number"),
        ("x,y,l\n1,2,a\n\uff11\uff12,4,b\n", "not a number"),
        ("x,y,l\n1,2,a\n\u0661,4,b\n", "not a number"),
        ('x,y,l\n1,2,a\n"1,5",4,b\n1.5,4,b\n', "Row 4 has “1.5” for “x”, which is not a number"),
        ("x;y;l\n1,5;2;a\n3.5;4;b\n", "a comma is this column's decimal mark"),
        ("x;y;l\n1,5;2;a\n1,234,567;4;b\n", "not a number"),
        ("x,y,l\n1,2,a\n1e400,4,b\n", "beyond ±1e100"),
        ("x,y,l\n1,2,a\n3,4,b\n5,6,c\n", "row 4 brings the third, “c”"),
        ("x,y,l\n1,2,a\n3,4,a\n", "Every row has the label “a”"),
        ("x,y,l\n1,2,a\n", "only one"),
        ("x,y,l\n7,2,a\n7.0,4,b\n", "constant column"),
        ('x,y,l\n1,2,a\n3,"4,b\n5,6,a\n', "Row 3 opens a quotation mark"),
        ('x,y,l\n1,2,"a"b\n3,4,b\n', "Row 2 has text or a blank right after a closing"),
        ('x,y,l\n1,2,"a\n3,4,b\n5,6,a"\n7,8,b\n', "Row 2 has a cell in which rows have run"),
        ('x,y,l\n1,2,"a\nb"\n3,4,c\n', "Row 2 has a line break inside its label"),
        (b"x,y,l\n1,2,a\n3,\x004,b\n", "Line 3 holds a NUL"),
        (PLAIN.encode("utf-16-le"), "NUL"),
        (b"\xff\xfex\x00,", "not valid UTF-16"),
        (b"\xef\xbb\xbf\xff\n", "not valid UTF-8"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"\x1f\x8brest", "gzip"),
        (b"x,y,l\n1,2," + b"a" * 200_000 + b"\n", "Row 2 has a cell that is far too long"),
        (b"x,y,l\n1,2," + b"a" * 2000 + b"\n", "Row 2 has a cell of 2000 characters"),
        (b"x,y,l\n" + b"1,2,a\n" * (BYTES_LIMIT // 6 + 1), "larger than 2 MB"),
        ("x,y,l\n" + "1,2,a\n" * (BYTES_LIMIT // 6 + 1), "larger than 2 MB"),
        (",".join(f"c{i}" for i in range(20_000)) + "\n", "20000 columns"),
    ],
)
def test_refusals_are_one_true_sentence(content, words):
    with pytest.raises(DataError) as error:
        read_csv(content)
    assert words in sentence(error.value)


@pytest.mark.parametrize("path", ["/no/such/file.csv", "/", "a\0b", "x" * 5000])
def test_paths_that_do_not_open(path):
    with pytest.raises(DataError, match="cannot be opened"):
        read_csv(path)


def test_a_large_file_is_not_read_to_its_end(tmp_path):
    file = tmp_path / "big.csv"
    file.write_bytes(b"0" * (BYTES_LIMIT + 1))
    with pytest.raises(DataError, match="larger than 2 MB"):
        read_csv(file)


FORM = "x,y,l\n1,2,a\n3,4,b\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        ("x,y,l\n", "The file has a header only, and no rows of data."),
        (FORM.encode("utf-16-le"), "Line 1 holds a NUL character, which no CSV does."),
        (
            FORM.encode("utf-16")[:-1],
            "The file says that it is UTF-16, but it is not valid UTF-16.",
        ),
        (FORM.encode().replace(b"4", b"\0"), "Line 3 holds a NUL character, which no CSV does."),
        (b"\n" + FORM.encode() + b"\0", "Line 5 holds a NUL character, which no CSV does."),
        (FORM + "5,6,a,7\n", "Row 4 has 4 cells, but row 1 has 3."),
        (FORM + "5\n", "Row 4 has 1 cell, but row 1 has 3."),
        (FORM.replace("y", "x"), "Columns 1 and 2 have the same name, “x”, in row 1."),
        ("x,x,x\n1,2,a\n3,4,b\n", "Columns 1 and 2 have the same name, “x”, in row 1."),
        ("sep=;\nx;y;l\n1;2;a\n3;q;b\n", "Row 4 has “q” for “y”, which is not a number."),
        (
            "a;b\n1;2\n3;4\n",
            "Three columns are needed, two numbers and a label, but the file has 2: “a”, “b”.",
        ),
        ("# a\n", "The file has a header only, and no rows of data."),
        (
            "# 5,x,a\n1,2,b\n3,4,a\n",
            "Row 1 begins with # as a comment does, but has 3 cells as a row of data does: "
            "take out the sign or the row.",
        ),
        (
            "a;b;y\n10,500;1;u\n15,250;2;v\n",
            "Row 2 has “10,500” for “a”, which may mean 10500 or 10.500: "
            "write it so that it is clear.",
        ),
        (
            "a,b,y\n1,1,0\n1e-999,2,1\n",
            "Row 3 has “1e-999” for “a”, which is too near to 0 for a float64.",
        ),
        (
            "a,b,y\n1,1,0\n1.0,2,1\n",
            "Every row has “1” for “a”: a constant column cannot tell the classes apart.",
        ),
        ("nowhere.csv", "The file “nowhere.csv” cannot be opened: no such file or directory."),
        (FORM.encode() + b"\xe9\0", "The file is not a text in a known encoding."),
        (FORM + "inf,6,a\n", "Row 4 has “inf” for “x”, which is not a number."),
        (FORM + "5,NaN,a\n", "Row 4 has no value for “y”."),
        (FORM + "5,6,\n", "Row 4 has no value for “l”."),
        (FORM + "5,NA,a\n,NA,b\n", "Row 4 has no value for “y” (2 rows have missing values)."),
        (FORM + "5,1e400,a\n", "Row 4 has “1e400” for “y”, which is beyond ±1e100, the limit."),
        (
            FORM + "5,6,c\n",
            "The label “l” has 3 different values, and two are needed: row 4 brings the third, "
            "“c”.",
        ),
        (FORM.replace("b", "a"), "Every row has the label “a”: two classes are needed."),
        (
            "x,y,l\n1,2,a\n",
            "At least two rows are needed, one of each class, but there is only one.",
        ),
        (
            FORM.replace("4", "2"),
            "Every row has “2” for “y”: a constant column cannot tell the classes apart.",
        ),
        (FORM + '5,"6,a\n7,8,b\n', 'Row 4 opens a quotation mark (") that is never closed.'),
        (
            FORM + '"5" ,6,a\n',
            'Row 4 has text or a blank right after a closing quotation mark (").',
        ),
        (
            FORM + '"5,6,a\n7",8,b\n',
            "Row 4 has a cell in which rows have run together, perhaps because a quotation mark "
            '(") is out of place.',
        ),
        (
            b"PK\x03\x04",
            "This is a zip archive (an .xlsx file is one too), not a CSV: save the "
            "table as CSV first.",
        ),
        (
            ",".join(["c"] * 20_000) + "\n",
            "The file has 20000 columns, and at most 100 can be read.",
        ),
        (
            FORM + "5,6," + "a" * 200_000 + "\n",
            "Row 4 has a cell that is far too long: more than 1000 characters.",
        ),
        (
            FORM + "5,6," + "a" * 2000 + "\n",
            "Row 4 has a cell of 2000 characters, and at most 1000 are allowed.",
        ),
        (FORM.encode() + b"5,6,a\n" * 333_333, "The file is larger than 2 MB, the limit."),
        (FORM + "=1+1,6,a\n", "Row 4 has “=1+1” for “x”, which is not a number."),
        (
            FORM + '"=HYPERLINK(""http://a.b"")",6,a\n',
            'Row 4 has “=HYPERLINK("http://a.b")” for “x”, which is not a number.',
        ),
        (
            "x;y;l\n1.234;0,5;a\n2.500;1,5;b\n",
            "Row 2 has “1.234” for “x”, which may mean 1234 or "
            "1.234: write it so that it is clear.",
        ),
        (
            "x;y;l\n5;2;a\n1,234;2;b\n6;7;a\n",
            "Row 3 has “1,234” for “x”, which may mean 1234 or "
            "1.234: write it so that it is clear.",
        ),
        (
            'x,y,l\n"1,234",2,a\n5,3,b\n',
            "Row 2 has “1,234” for “x”, which may mean 1234 or 1.234: write it so that it is "
            "clear.",
        ),
        (
            'x,y,l\n"1,234,567",2,a\n5,3,b\n',
            "Row 2 has “1,234,567” for “x”, which is not a number.",
        ),
        ("x,y,l\n1 234,2,a\n5,3,b\n", "Row 2 has “1 234” for “x”, which is not a number."),
        (
            "4,2,zero,one\n1,2,3,0\n4,5,6,1\n",
            "Row 1 has “zero” above numbers, as a header does, and the number “4” above numbers, "
            "as data do: a header needs a word for every column.",
        ),
        (
            "# 2014, 2, 3\n" + FORM,
            "Row 1 begins with # as a comment does, but has 3 cells as a row of data does: take "
            "out the sign or the row.",
        ),
        (
            "a title\n" + FORM,
            "Row 2 has 3 cells, but row 1 has 1.",
        ),
    ],
)
def test_the_sentence_says_what_is_wrong_and_where(content, said):
    with pytest.raises(DataError) as error:
        read_csv(content)
    assert sentence(error.value) == said


def test_what_a_file_says_cannot_spoil_a_sentence():
    names = ["long\n" * 20 + str(i) for i in range(100)]
    wide = ",".join(f'"{name}"' for name in names) + "\n" + ",".join(["1"] * 100) + "\n"
    for doubtful in (wide, wide.replace(names[1], names[0])):
        with pytest.raises(DataError) as error:
            read_csv(doubtful)
        sentence(error.value)
    with pytest.raises(DataError) as error:
        read_table(wide).column("\x1b[31m" * 100)
    sentence(error.value)


# Choosing columns


WIDE = (
    "id,species,x,y,sex,island\n"
    "1,A,1.5,2,m,N\n"
    "2,A,,3,f,N\n"
    "3,B,2.5,NA,m,N\n"
    "4,B,3.5,5,,N\n"
    "5,B,4.5,7,f,N\n"
)


def test_a_table_says_what_can_be_chosen():
    table = read_table(WIDE)
    assert table.columns == ("id", "species", "x", "y", "sex", "island")
    assert table.numeric() == ("id", "x", "y")
    assert table.two_valued() == ("species", "sex")
    assert len(table.rows) == 5


def test_missing_rows_are_named_and_left_out_only_on_request():
    table = read_table(WIDE)
    with pytest.raises(DataError, match=r"Row 3 has no value for “x” \(3 rows"):
        choose(table, "x", "y", "sex")
    data = choose(table, "x", "y", "sex", drop_missing=True)
    np.testing.assert_array_equal(data.X, [[1.5, 2], [4.5, 7]])
    assert data.label_names == ("f", "m")
    assert data.y.tolist() == [1, 0]
    assert data.notes == ("Rows with missing values were left out: 3, 4, 5.",)
    # Only the columns chosen count.
    assert len(choose(table, "id", "x", "species", drop_missing=True)) == 4
    assert len(read_csv("x,y,l\n1,2,a\n,3,a\n3,4,b\n", drop_missing=True)) == 2


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (("x", "q", "sex"), "no column named “q”"),
        (("x", "x", "sex"), "Two different features"),
        (("x", "sex", "sex"), "Two different features"),
        (("id", "species", "sex"), "not a number"),
        (("id", "x", "island"), "two classes are needed"),
    ],
)
def test_bad_choices(columns, words):
    with pytest.raises(DataError, match=words):
        choose(read_table(WIDE), *columns, drop_missing=True)


def test_the_widest_table_allowed():
    header = ",".join(f"c{i}" for i in range(COLUMNS_LIMIT))
    row = ",".join("1" for _ in range(COLUMNS_LIMIT))
    assert len(read_table(f"{header}\n{row}\n").columns) == COLUMNS_LIMIT


# Properties


@settings(max_examples=sample(60, 300))
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    try:
        data = read_csv(content)
    except DataError as error:
        sentence(error)
        return
    assert set(data.y.tolist()) == {0, 1}
    assert np.isfinite(data.X).all()


@settings(max_examples=sample(60, 300))
@given(st.text(max_size=200), st.text(max_size=50))
def test_any_text_is_read_or_refused_and_so_is_any_choice(text, name):
    try:
        table = read_table(text + "\n")
        choose(table, name, table.columns[0], table.columns[-1])
    except DataError as error:
        sentence(error)


_CELLS = st.sampled_from(
    ["1", "2.5", "-3e2", "", "NA", "a", "b", '"', '"a"', "1,5", "=1", "1e400", ";", "\t", "é"]
)


@settings(max_examples=sample(80, 400))
@given(
    st.lists(st.lists(_CELLS, min_size=1, max_size=5), max_size=8),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-16", "latin-1", "utf-8-sig"]),
)
def test_any_table_is_read_or_refused_and_no_row_is_lost(rows, delimiter, encoding):
    text = f"x{delimiter}y{delimiter}l\n" + "\n".join(delimiter.join(r) for r in rows)
    try:
        data = read_csv(text.encode(encoding))
    except DataError as error:
        sentence(error)
        return
    expected = [r for r in csv.reader(io.StringIO(text), delimiter=delimiter) if any(r)]
    assert len(data) == len(expected) - 1


@settings(max_examples=sample(50, 100))
@given(
    st.lists(
        st.tuples(st.floats(-1e99, 1e99, allow_nan=False), st.floats(-1e9, 1e9), st.booleans()),
        min_size=2,
        max_size=20,
    ),
    st.sampled_from(",;\t"),
    st.booleans(),
)
def test_what_is_written_is_what_is_read(rows, delimiter, comma):
    rows = [(0.0, 1.0, False), (1.0, 0.0, True), *rows]
    lines = [
        delimiter.join([to_csv_cell(x), to_csv_cell(y), to_csv_cell(label)]) for x, y, label in rows
    ]
    text = "\n".join([delimiter.join(["x", "y", "l"]), *lines])
    if comma and delimiter != ",":
        text = text.replace(".", ",")
    data = read_csv(text)
    np.testing.assert_array_equal(data.X, [[x, y] for x, y, _ in rows])
    np.testing.assert_array_equal(data.y, [label for *_, label in rows])


_NUMBERS = st.one_of(
    st.floats(-1e99, 1e99, allow_nan=False),
    st.integers(-9999, 9999).map(float),
    st.integers(-(10**7), 10**7).map(lambda i: i / 1000),
)


@settings(max_examples=sample(60, 300))
@given(
    rows=st.lists(
        st.tuples(_NUMBERS, _NUMBERS, st.sampled_from(["männlich", "a;b,c\td", ' say "a" '])),
        min_size=1,
        max_size=8,
    ),
    delimiter=st.sampled_from(",;\t"),
    mark=st.sampled_from(".,"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"]),
    header=st.booleans(),
)
def test_numbers_in_any_dialect_are_read_exactly_or_refused(
    rows, delimiter, mark, quoting, end, encoding, header
):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=end)
    if header:
        writer.writerow(["größe", "y", "l"])
    for x, y, label in rows:
        cells = [repr(value).removesuffix(".0").replace(".", mark) for value in (x, y)]
        writer.writerow([*cells, label])
    try:
        table = read_table(file.getvalue().encode(encoding))
        # Never shifted, never shortened, whatever comes of the numbers.
        assert len(table.rows) == len(rows)
        assert table.cells[2] == tuple(label.strip() for *_, label in rows)
        data = choose(table, *table.columns)
    except DataError as error:
        refused = sentence(error)
    else:
        refused = ""
    if refused:
        reasons = "may mean|constant|differ by less|two classes|two are needed|two rows"
        assert re.search(reasons, refused)
        return
    np.testing.assert_array_equal(data.X, [[x, y] for x, y, _ in rows])
    assert [data.label_names[y] for y in data.y] == [label.strip() for *_, label in rows]


# Writing


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (0.1, "0.1"),
        (np.float64(1) / 3, "0.3333333333333333"),
        (-2.5, "-2.5"),
        (3, "3"),
        (True, "1"),
        (None, ""),
        (math.nan, "nan"),
        ("plain", "plain"),
        ("-2.5", "-2.5"),
        ("a,b", '"a,b"'),
        ('say "a"', '"say ""a"""'),
        ("=1+1", "'=1+1"),
        ("  =1+1", "'  =1+1"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", '"\'\t=1"'),
        ("\uff1d1", "'\uff1d1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff201", "'\uff201"),
        ("\u22121", "'\u22121"),
        ("\u00a0\ufeff=1", "'\u00a0\ufeff=1"),
        ("\r=1", '"\'\r=1"'),
        ("\n=1", '"\'\n=1"'),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (np.int64(-3), "-3"),
        (np.float32(0.1), "0.10000000149011612"),
        (np.bool_(False), "0"),
        ("a\tb", '"a\tb"'),
        ("a\rb", '"a\rb"'),
        ("a\nb", '"a\nb"'),
        ("  ", "  "),
        ('=HYPERLINK("a","b")', '"\'=HYPERLINK(""a"",""b"")"'),
        ("a;=1", '"a;=1"'),
        ("", ""),
    ],
)
def test_csv_cells(value, cell):
    assert to_csv_cell(value) == cell


@settings(max_examples=sample(50, 200))
@given(st.text(max_size=20))
def test_no_exported_text_begins_a_formula(text):
    cell = next(csv.reader(io.StringIO(to_csv_cell(text) + ",x", newline="")))[0]
    assert cell.removeprefix("'") == text or cell == text
    first = cell.lstrip(" ")[:1]
    if first in tuple("=@\t"):
        assert first == ""
    if first in tuple("+-"):
        float(cell)


def test_which_value_is_one_can_be_chosen():
    table = read_table(PLAIN)
    usual = choose(table, "width", "height", "kind")
    turned = choose(table, "width", "height", "kind", one="a")
    assert usual.label_names == ("a", "b")
    assert turned.label_names == ("b", "a")
    np.testing.assert_array_equal(turned.y, 1 - usual.y)
    with pytest.raises(DataError, match="has no value “c”"):
        choose(table, "width", "height", "kind", one="c")


def test_rows_with_missing_values_are_named_as_a_spreadsheet_numbers_them():
    table = read_table("x,y,k\n1,2,a\n,3,b\n4,5,\n6,?,a\n7,9,b\n")
    assert missing_rows(table, "x", "y", "k") == (3, 4, 5)


PEOPLE = "age,height,weight,sex\n30,170,70,m\n31,165,60,f\n40,180,90,m\n"


def test_the_line_that_is_not_utf_8_is_counted_from_the_top_of_the_file():
    text = read_table("\nx,y,l\n1,2,é\n3,4,b\n".encode("latin-1"))
    assert "Line 3 is not UTF-8, so the file was read as Latin-1." in text.notes


def test_a_number_may_begin_with_its_decimal_comma():
    assert read_csv("a;b;y\n,05;1;u\n,5;2;v\n").X[:, 0].tolist() == [0.05, 0.5]


def test_a_first_row_of_data_is_said_to_be_one():
    assert read_table("1,2,x\n3,4,y\n").notes == (
        "Row 1 holds numbers, so the file has no header.",
    )
    assert read_table("x,NA,u\ny,3,v\ny,4,v\n").notes == (
        "Row 1 holds data, so the file has no header.",
    )


def test_a_point_that_could_part_thousands_is_said_to_be_the_decimal_mark():
    for other in ("20.250", "20"):
        data = read_csv(f"a;b;y\n10.500;1;u\n{other};2;v\n")
        assert data.X[:, 0].tolist() == [10.5, float(other)]
        assert data.notes == ("In “a” the point was read as the decimal mark.",)


def test_a_table_stays_as_it_was_read():
    text = read_table(PEOPLE)
    with pytest.raises(FrozenInstanceError):
        text.name = "other"


def test_a_name_keeps_its_sign_where_no_line_of_comments_was_meant():
    assert read_table("sep=;\n#x;y;l\n1;2;a\n3;4;b\n").columns == ("#x", "y", "l")


def test_what_parts_the_cells_is_asked_of_more_than_the_first_row():
    text = read_table("width, mm;height, mm;kind\n1;2;a\n3;4;b\n")
    assert (text.delimiter, text.columns) == (";", ("width, mm", "height, mm", "kind"))


def test_what_is_to_be_1_must_be_a_value_of_the_label():
    with pytest.raises(DataError) as caught:
        choose(read_table(PEOPLE), "age", "height", "sex", one="x")
    assert str(caught.value) == "The label “sex” has no value “x”."


def test_columns_and_label_can_be_named():
    data = read_csv(PEOPLE, columns=["weight", "age"], label="sex")
    assert data.feature_names == ("weight", "age")
    assert data.X.tolist() == [[70, 30], [60, 31], [90, 40]]
    assert read_csv(PEOPLE, columns=("height", "age")).label_names == ("f", "m")
    for wrong, said in (
        (
            ("height", "nowhere"),
            "There is no column named “nowhere”; the file has “age”, “height”, “weight”, “sex”.",
        ),
        (
            ("height", "height"),
            "Two different features and a label other than they are needed.",
        ),
        (("height",), "Two columns are needed as features, not 1."),
        (("age", "height", "weight"), "Two columns are needed as features, not 3."),
    ):
        with pytest.raises(DataError) as caught:
            read_csv(PEOPLE, columns=wrong, label="sex")
        assert str(caught.value) == said
    known = r"There is no column named “Sex”; the file has "
    with pytest.raises(DataError, match=known):
        read_csv("a,b,sex\n1,2,u\n3,4,v\n", label="Sex")
    for wrong, said in ((5, "5"), ("ab", "'ab'"), ({"age", "sex"}, "")):
        with pytest.raises(DataError, match=f"Two columns are needed as features, not {said}"):
            read_csv(PEOPLE, columns=wrong)
    with pytest.raises(DataError, match=r"A column is chosen by its name, not by 0\."):
        read_csv(PEOPLE, columns=(0, 1))
    with pytest.raises(DataError) as caught:
        read_csv(PEOPLE)
    assert str(caught.value) == (
        "Three columns are needed, two numbers and a label, but the file has 4: "
        "“age”, “height”, “weight”, “sex”."
    )


@pytest.mark.parametrize("tiny", [1e-310, 1e-200, 1e-101])
def test_a_column_that_hardly_differs_is_refused(tiny):
    text = f"a,b,y\n{tiny},1,0\n{2 * tiny},2,1\n{-tiny},3,1\n"
    with pytest.raises(DataError, match="differ by less than 1e-100") as refused:
        read_csv(text)
    assert "“a”" in sentence(refused.value)
    # To the last that is taken.
    assert read_csv("a,b,y\n1e-100,1,0\n0,2,1\n").X[0, 0] == 1e-100


@pytest.mark.parametrize("cell", ["1e-999999999", "-0.5e-400", "1" + "0" * 20 + "E-999"])
def test_what_would_silently_become_0_is_refused(cell):
    with pytest.raises(DataError, match="too near to 0") as refused:
        read_csv(f"a,b,y\n1,1,0\n{cell},2,1\n3,3,1\n")
    assert "Row 3" in sentence(refused.value)
    assert read_csv("a,b,y\n1,1,0\n0.00e-999,2,1\n3,3,1\n").X[1, 0] == 0


def test_joiners_are_letters_of_their_words():
    family, persian = "\U0001f468\u200d\U0001f469\u200d\U0001f467", "می\u200cخواهم"
    for name in (family, persian):
        assert printable(name) == name
    assert printable("a\u202eb\u200bc\nd") == "a\ufffdb\ufffdc\ufffdd"
    with pytest.raises(DataError, match=family):
        read_csv(f"{family},b,y\n1,1,0\n1,2,1\n")


def test_a_point_that_may_part_thousands_is_said_in_a_table_of_semicolons():
    rows = "a;b;y\n1.234;1;0\n2.345;2;1\n"
    assert read_csv(rows).notes == ("In “a” the point was read as the decimal mark.",)
    assert read_csv(rows).X[0, 0] == 1.234
    assert read_csv(rows.replace("2.345", "2.34")).notes == ()
    assert read_csv(rows.replace(";", ",")).notes == ()


def test_labels_that_no_float_tells_apart_are_two_classes():
    data = read_csv("a,b,y\n1,1,9007199254740993\n2,2,9007199254740992\n3,3,9007199254740992\n")
    assert data.y.tolist() == [1, 0, 0]
    assert read_csv("a,b,y\n1,1,1\n2,2,1.0\n3,3,+0\n").y.tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    ("rows", "names", "y"),
    [
        ("1,5;2,5;9,5|2,5;1,5;10,5|3,5;2,5;10,5", ("9,5", "10,5"), [0, 1, 1]),
        ("1;2;0,50|2;1;0,5|3;2;1", ("0,50", "1"), [0, 0, 1]),
        ("1;2;1|2;1;−1|3;2;−1", ("−1", "1"), [1, 0, 0]),
        ("1;2;9,5|2;1;10.5|3;2;10.5", ("10.5", "9,5"), [1, 0, 0]),  # text: two kinds of marks
    ],
)
def test_labels_are_numbers_as_the_columns_beside_them_are(rows, names, y):
    data = read_csv("a;b;grade\n" + rows.replace("|", "\n"))
    assert data.label_names == names
    assert data.y.tolist() == y


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        # One number above words is a name.
        ("2020,b,c|x,y,z|u,v,w", ("2020", "b", "c")),
        # Above a column of which two in five are numbers it is one, too.
        ("7,b,c|1,p,x|q,3,y|r,4,z|2,5,x|s,6,t", ("7", "b", "c")),
        # The row below a comment has no number, though it has a gap: it is the header.
        ("# x,y,l|,p,a|2,3,b|4,5,a", ("column 1", "p", "a")),
        # Signs for nothing aside, all below it are numbers.
        ("5,x,y|-,p,q|?,r,s|1,t,u", ("column 1", "column 2", "column 3")),
    ],
)
def test_a_first_row_with_one_number(rows, columns):
    assert read_table(rows.replace("|", "\n").encode()).columns == columns


def test_a_cell_that_has_swallowed_rows_is_told_from_one_of_two_lines():
    with pytest.raises(DataError, match="Row 2 has a cell in which rows have run together"):
        read_table(b'a,b,y\n1,"2,0\n3,4",1\n5,6,0\n')
    table = read_table(b'a,b,y\n1,"p,\nq",1\n5,6,0\n')
    assert list(table.cells[1]) == ["p,\nq", "6"]


def test_a_row_of_far_too_many_columns_is_refused_at_once():
    read_nothing = "," * (BYTES_LIMIT - 1)
    with pytest.raises(DataError):
        read_table(read_nothing.encode())


def test_no_file_costs_much_more_than_one_of_numbers():
    def cost(text):
        def work():
            with suppress(DataError):
                read_table(text.encode())

        return calls(work)

    size = 200_000
    numbers = cost("1,2,a\n" * (size // 6))
    for part in ('","', '"",', ",", "1,", '"', '"\n",', ";", "a\n", "#\n", "#,\n", '" ,"'):
        # There is room for three rows where one of numbers stands.
        assert cost(part * (size // len(part))) < 3.1 * numbers, part


def test_so_many_rows_of_comments_are_read_and_no_more():
    comments = "# by hand\n" * COMMENTS_LIMIT
    _same(read_csv(comments + PLAIN))
    with pytest.raises(DataError, match="more than 1000 rows of comments"):
        read_csv("# by hand\n" + comments + PLAIN)


@pytest.mark.parametrize(
    "sign", ["", "NA", "n/a", "#N/A", "NaN", "null", "None", "?", ".", "-", "--"]
)
def test_every_sign_for_a_missing_number_is_known(sign):
    content = f"x,y,l\n1,2,a\n{sign},3,b\n4,5,b\n"
    with pytest.raises(DataError, match="Row 3 has no value for “x”"):
        read_csv(content)
    kept = read_csv(content, drop_missing=True)
    assert kept.X.tolist() == [[1, 2], [4, 5]]
    assert kept.notes == ("Rows with missing values were left out: 3.",)


@pytest.mark.parametrize("sign", ["", "NA", "n/a", "#N/A", "NaN", "null"])
def test_every_sign_for_a_missing_label_is_known(sign):
    assert missing_rows(read_table(f"x,y,l\n1,2,a\n3,4,{sign}\n"), "x", "y", "l") == (3,)


@pytest.mark.parametrize("word", ["none", "?", ".", "-", "--"])
def test_what_may_name_a_class_is_no_gap_in_the_label(word):
    data = read_csv(f"x,y,l\n1,2,zzz\n3,4,{word}\n")
    assert data.label_names == (word, "zzz")


def test_a_thousand_in_every_cell_is_refused_and_one_clear_cell_settles_it():
    message = r"Row 2 has “1,234” for “x”, which may mean 1234 or 1\.234: write it"
    with pytest.raises(DataError, match=message):
        read_csv("x;y;l\n1,234;2;a\n12,345;3;b\n")
    with pytest.raises(DataError, match=message):
        read_csv("x;y;l\n1,234;2;a\n5;3;b\n")  # a cell without a mark settles nothing
    message = r"Row 2 has “1\.234” for “x”, which may mean 1234 or 1\.234"
    with pytest.raises(DataError, match=message):
        read_csv("x;y;l\n1.234;2,5;a\n2.345;3;b\n")  # the table's decimal mark is the comma
    assert read_csv("x;y;l\n1,234;2;a\n12,34;3;b\n").X[:, 0].tolist() == [1.234, 12.34]
    assert read_csv("x;y;l\n1.234;2,5;a\n2.34;3;b\n").X[:, 0].tolist() == [1.234, 2.34]
    # What cannot be thousands: a zero in front, four digits before the mark.
    for clear in ("0,123", "1234,567"):
        assert len(read_csv(f"x;y;l\n1,234;2;a\n{clear};3;b\n")) == 2


def test_names_and_numbers_in_a_sentence_are_cut_where_they_are_too_many():
    forty = "x" * 40
    assert table.quoted(forty) == f"“{forty}”"
    assert table.quoted(forty + "y") == f"“{forty}…”"
    assert table.quoted("abc", 3) == "“abc”"
    assert table.quoted("abcd", 3) == "“abc…”"
    assert table.quoted("a\nb\u200b") == "“a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}”"
    eight = list("abcdefgh")
    assert table.named(eight) == ", ".join(f"“{c}”" for c in eight)
    assert table.named([*eight, "i"]) == ", ".join(f"“{c}”" for c in eight) + ", ..."
    assert table.named(["x" * 20, "y" * 21]) == f"“{'x' * 20}”, “{'y' * 20}…”"
    assert table.listed(range(1, 9)) == "1, 2, 3, 4, 5, 6, 7, 8"
    assert table.listed(range(1, 10)) == "1, 2, 3, 4, 5, 6, 7, 8 and 1 more"
    assert [table.cell_count(n) for n in (0, 1, 2)] == ["0 cells", "1 cell", "2 cells"]


@pytest.mark.parametrize(
    "text", ["1", "+1", "-1", "1.", ".5", "1.5e3", "1e+3", "2E-07", "1,5", ",5", "1,", "007"]
)
def test_what_a_number_is(text):
    assert table.is_number(text)
    assert np.isfinite(float(text.replace(",", ".")))


@pytest.mark.parametrize(
    "text",
    [
        "-",
        ".",
        "e5",
        "1e",
        "1e+",
        "--1",
        "1 000",
        "1_000",
        "１",
        "inf",
        "nan",
        "0x1",
        "1.5.2",
        "1,5.2",
        "1 ",
        "+-1",
        "1e5.0",
        "a1",
        "",
    ],
)
def test_what_no_number_is(text):
    assert not table.is_number(text)


def test_a_number_at_the_limit_is_taken_and_none_beyond():
    content = "x,y,l\n{},2,a\n1,3,b\n"
    assert read_csv(content.format("1e100")).X[0, 0] == 1e100
    assert read_csv(content.format("-1e100")).X[0, 0] == -1e100
    for beyond in ("1.1e100", "-1.1e100", "1e400"):
        with pytest.raises(
            DataError, match=f"Row 2 has “{beyond}” for “x”, which is beyond ±1e100"
        ):
            read_csv(content.format(beyond))


def test_a_column_that_is_constant_or_no_number_is_refused_with_its_row():
    with pytest.raises(DataError, match="Every row has “7” for “y”: a constant column"):
        read_csv("x,y,l\n1,7,a\n2,7,b\n")
    with pytest.raises(DataError, match="Row 4 has “b7” for “y”, which is not a number\\."):
        read_csv("x,y,l\n1,7,a\n2,8,b\n3,b7,b\n")
    with pytest.raises(DataError, match=r"not a number \(a comma is this column's decimal mark\)"):
        read_csv("x;y;l\n1;7,5;a\n2;8.5;b\n")


def test_labels_are_counted_and_the_third_is_found():
    with pytest.raises(DataError, match="“l” has 3 different values, and two are needed: row 5 br"):
        read_csv("x,y,l\n1,7,a\n2,8,b\n3,9,a\n4,9,c\n5,1,b\n", columns=("x", "y"), label="l")
    with pytest.raises(DataError, match="Every row has the label “a”: two classes are needed"):
        read_csv("x,y,l\n1,7,a\n2,8,a\n")
    one = read_csv("x,y,l\n1,7,1.0\n2,8,1\n3,9,0\n")
    assert (one.label_names, one.y.tolist()) == (("0", "1.0"), [1, 1, 0])
    later = read_csv("x,y,l\n1,7,10\n2,8,9\n")  # as numbers, and not in alphabetical order
    assert (later.label_names, later.y.tolist()) == (("9", "10"), [1, 0])


def test_a_table_says_which_columns_may_be_features_and_labels():
    made = read_table("a,b,c,d\n1,x,1,1\n2,y,1,?\n3,x,1,\n")
    assert made.numeric() == ("a",)  # c has one number only, d too
    assert made.two_valued() == ("b", "d")
    assert made.rows[1] == ("2", "y", "1", "?")
    with pytest.raises(DataError, match="There is no column named “e”; the file has “a”, “b”, “c”"):
        made.column("e")


def test_what_is_left_out_must_leave_two_rows():
    content = "x,y,l\n{}3,,b\n"
    for rows, said in (("1,2,a\n", "is only one"), ("1,,a\n", "are none")):
        with pytest.raises(DataError, match=f"At least two rows are needed.*but there {said}"):
            read_csv(content.format(rows), drop_missing=True)
    with pytest.raises(
        DataError, match=r"Row 2 has no value for “y” \(2 rows have missing values\)"
    ):
        read_csv(content.format("1,,a\n"))
    with pytest.raises(DataError, match="Row 3 has no value for “y”\\."):
        read_csv(content.format("1,2,a\n"))


def test_the_limits_are_taken_and_nothing_beyond():
    rows = "x,y,l\n1,2,{}\n3,4,b\n"
    assert len(read_table(rows.format("a" * 1000)).cells[2][0]) == 1000
    with pytest.raises(
        DataError, match="Row 2 has a cell of 1001 characters, and at most 1000 are"
    ):
        read_table(rows.format("a" * 1001))
    assert read_table(rows.format("a" * 999 + " " * 9)).cells[2][0] == "a" * 999  # blanks are cut
    wide = [",".join(f"{word}{n}" for n in range(100)) for word in ("c", "", "1")]
    assert len(read_table("\n".join(wide)).columns) == 100
    with pytest.raises(DataError, match="The file has 101 columns, and at most 100 can be read"):
        read_table("\n".join(f"{row},7" for row in wide))
    full = b"x,y,l\n1,2,a\n3,4,b\n"
    full += b"\n" * (2_000_000 - len(full))
    assert len(read_table(full).numbers) == 2
    for more in (full + b"\n", (full + b"\n").decode()):
        with pytest.raises(DataError, match="The file is larger than 2 MB, the limit"):
            read_table(more)


def test_rows_that_were_skipped_are_named_and_only_they():
    assert read_table("x,y,l\n1,2,a\n3,4,b\n").notes == ()
    for text, said in (
        ("x,y,l\n\n1,2,a\n3,4,b\n", "2"),
        ("x,y,l\n1,2,a\n\n,,\n3,4,b\n", "3, 4"),
        ("\nx,y,l\n1,2,a\n3,4,b\n\n\n", None),  # what stands around the table is not in it
        ("x,y,l\n1,2,a\n \n3,4,b\n\n", "3"),
        ("1,2,a\n\n3,4,b\n", "2"),
    ):
        notes = [note for note in read_table(text).notes if "skipped" in note]
        assert notes == ([f"Empty rows were skipped: {said}."] if said else []), text


def test_columns_without_a_name_get_one_that_no_other_has():
    assert read_table("x,,l\n1,2,a\n3,4,b\n").columns == ("x", "column 2", "l")
    assert read_table("x,,column 2\n1,2,a\n3,4,b\n").columns == ("x", "column 2*", "column 2")
    made = read_table("x,y,l,,\n1,2,a,,\n3,4,b,,\n")
    assert made.columns == ("x", "y", "l")
    assert made.notes == ("Columns with nothing in them were left out: 4, 5.",)
    with pytest.raises(DataError, match="Columns 2 and 3 have the same name, “y”, in row 1"):
        read_table("x,y,y\n1,2,a\n3,4,b\n")


def test_signs_that_are_no_text_are_placed_by_line():
    with pytest.raises(DataError, match="Line 3 holds a NUL character"):
        read_table("x,y,l\n1,2,a\n3,\0,b\n")
    latin = read_table("x,y,l\n1,2,a\n3,4,caf\xe9\n".encode("latin-1"))
    assert latin.notes == ("Line 3 is not UTF-8, so the file was read as Latin-1.",)
    assert latin.cells[2] == ("a", "caf\xe9")
    with pytest.raises(DataError, match="has a header only"):
        read_table("x,y,l\n")
    with pytest.raises(DataError, match="The file is empty"):
        read_table("  \n \n")
    with pytest.raises(DataError, match="Row 3 has 2 cells, but row 1 has 3"):
        read_table("x,y,l\n1,2,a\n3,4\n")
    with pytest.raises(DataError, match="Row 4 has 4 cells, but row 2 has 3"):
        read_table("\nx,y,l\n1,2,a\n3,4,b,c\n")


def test_the_label_is_the_last_column_that_is_no_feature():
    content = "x,k,m,y\n1,a,c,5\n2,b,d,6\n"
    assert read_csv(content, columns=("x", "y")).label_names == ("c", "d")


@pytest.mark.parametrize("comment", ["# 2020", "# measured, 2020", "# 1, 2, 3, 4"])
def test_a_comment_of_another_width_may_hold_numbers(comment):
    made = read_table(f"{comment}\nx,y,l\n1,2,a\n3,4,b\n")
    assert made.columns == ("x", "y", "l")
    assert made.numbers == (3, 4)
    assert made.notes == ("Left out as comments, with # in front: row 1.",)


def test_a_commented_header_may_have_two_columns():
    assert read_table("#x,y\n1,2\n3,4\n").columns == ("x", "y")


def test_rows_that_are_left_out_do_not_count_in_what_the_label_is():
    # Row 4 has no value for b, and the only third value of the last column.
    for third, values in (("9", ("0", "1")), ("q", ("x", "z"))):
        rows = f"1,2,{values[0]}\n2,2.5,{values[1]}\n1,,{third}\n2,3,{values[0]}\n"
        found = read_csv(f"a,b,y\n{rows}", drop_missing=True)
        assert (found.feature_names, found.label) == (("a", "b"), "y")
        assert found.label_names == values
        assert found.y.tolist() == [0, 1, 0]
        chosen = read_csv(f"a,b,y\n{rows}", drop_missing=True, columns=("a", "b"))
        assert chosen.y.tolist() == [0, 1, 0]
