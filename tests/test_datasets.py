"""Built-in data, scales, and reading CSVs of every kind."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz import datasets
from lrviz.datasets import (
    BYTES_LIMIT,
    COLUMNS_LIMIT,
    DATASETS,
    DataError,
    choose,
    from_points,
    load_dataset,
    missing_rows,
    read_csv,
    read_table,
    standardise,
    to_csv_cell,
    to_raw,
    to_standardised,
)
from lrviz.model import mean_loss

PLAIN = "width,height,kind\n1,2,a\n3,4.5,b\n-5e-1,.25,a\n"

# Built-in data


@pytest.mark.parametrize("name", DATASETS)
def test_built_in_sets_are_whole(name):
    data = load_dataset(name)
    assert data.name == name
    assert data.X.dtype == np.float64
    assert data.X.shape == (len(data), 2)
    assert data.y.shape == (len(data),)
    assert set(data.y.tolist()) == {0, 1}
    assert np.isfinite(data.X).all()
    for text in (data.source, data.teaches, data.licence):
        assert text
    assert data.teaches.endswith(".")
    for array in (data.X, data.y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_penguins_are_the_palmer_penguins():
    data = load_dataset("penguins")
    assert len(data) == 333
    assert data.label_names == ("female", "male")
    assert int(data.y.sum()) == 168
    np.testing.assert_array_equal(data.X[0], [39.1, 18.7])
    # Means of the two measures over those birds.
    np.testing.assert_allclose(data.X.mean(axis=0), [43.99279279, 17.16486486], atol=1e-8)
    assert "CC0" in data.licence


def test_generated_sets_do_not_move():
    # First points of each, as drawn by the recipe that the source states.
    names = ("blobs", "separable", "outlier", "imbalanced")
    first = [load_dataset(name).X[0].tolist() for name in names]
    assert first == [[-1.66, -1.45], [-2.94, -0.05], [-2.1, -1.38], [0.37, 0.9]]
    assert load_dataset("outlier").X[-1].tolist() == [-6, -4]


def test_the_normals_are_normal():
    drawn = datasets._normals(0, 100_001)
    assert len(drawn) == 100_001
    assert abs(drawn.mean()) < 0.01
    assert abs(drawn.std() - 1) < 0.01
    assert abs((np.abs(drawn) < 1.96).mean() - 0.95) < 0.005


@pytest.mark.parametrize("name", ["iris", "", None, 3])
def test_unknown_set(name):
    with pytest.raises(ValueError, match="must be one of penguins"):
        load_dataset(name)


# Scales


def test_standardised_features_have_mean_0_and_deviation_1():
    data = load_dataset("penguins")
    Z, mean, scale = standardise(data.X)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-13)
    np.testing.assert_allclose(Z.std(axis=0), 1, rtol=1e-13)
    np.testing.assert_allclose(Z * scale + mean, data.X, rtol=1e-14)


def test_parameters_in_both_scales_give_the_same_loss():
    data = load_dataset("penguins")
    Z, mean, scale = standardise(data.X)
    params = np.array([[1.5, -0.5, 0.2], [0.1, 2.0, -1.0]])
    raw = to_raw(params, mean, scale)
    assert raw.shape == (2, 3)
    for one, other in zip(params, raw, strict=True):
        assert mean_loss(Z, data.y, one) == pytest.approx(mean_loss(data.X, data.y, other))
    np.testing.assert_allclose(to_standardised(raw, mean, scale), params, atol=1e-12)
    np.testing.assert_allclose(to_raw(params[0], mean, scale), raw[0])


def test_a_constant_column_is_only_centred():
    Z, _, scale = standardise([[1.0, 7.0], [3.0, 7.0]])
    np.testing.assert_array_equal(Z, [[-1, 0], [1, 0]])
    assert scale[1] == 1


@pytest.mark.parametrize("size", [1e-200, 1e99])
def test_extreme_sizes_standardise(size):
    Z, _, scale = standardise(np.array([[1.0, 2.0], [3.0, 5.0]]) * size)
    np.testing.assert_allclose(Z, [[-1, -1], [1, 1]], rtol=1e-12)
    assert np.isfinite(scale).all()


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
        ('x,y,l\n1,2,a\n"1,5",4,b\n', "not a number"),
        ("x;y;l\n1,5;2;a\n3.5;4;b\n", "a comma is this column's decimal mark"),
        ("x;y;l\n1,5;2;a\n1,234,567;4;b\n", "not a number"),
        ("x,y,l\n1,2,a\n1e400,4,b\n", "beyond ±1e100"),
        ("x,y,l\n1,2,a\n3,4,b\n5,6,c\n", "row 4 brings the third, “c”"),
        ("x,y,l\n1,2,a\n3,4,a\n", "Every row has the label “a”"),
        ("x,y,l\n1,2,a\n", "only one"),
        ("x,y,l\n7,2,a\n7.0,4,b\n", "constant column"),
        ('x,y,l\n1,2,a\n3,"4,b\n5,6,a\n', "Row 3 opens a quotation mark"),
        ('x,y,l\n1,2,"a"b\n3,4,b\n', "Row 2 has text right after a closing quotation mark"),
        ('x,y,l\n1,2,"a\n3,4,b\n5,6,a"\n7,8,b\n', "Row 2 has a line break inside its label"),
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
    message = str(error.value)
    assert words in message
    assert "\n" not in message
    assert len(message) < 300
    assert message.endswith(".")


@pytest.mark.parametrize("path", ["/no/such/file.csv", "/", "a\0b", "x" * 5000])
def test_paths_that_do_not_open(path):
    with pytest.raises(DataError, match="cannot be opened"):
        read_csv(path)


def test_a_large_file_is_not_read_to_its_end(tmp_path):
    file = tmp_path / "big.csv"
    file.write_bytes(b"0" * (BYTES_LIMIT + 1))
    with pytest.raises(DataError, match="larger than 2 MB"):
        read_csv(file)


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


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    try:
        data = read_csv(content)
    except DataError:
        return
    assert set(data.y.tolist()) == {0, 1}
    assert np.isfinite(data.X).all()


_CELLS = st.sampled_from(
    ["1", "2.5", "-3e2", "", "NA", "a", "b", '"', '"a"', "1,5", "=1", "1e400", ";", "\t", "é"]
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.lists(_CELLS, min_size=1, max_size=5), max_size=8),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-16", "latin-1", "utf-8-sig"]),
)
def test_any_table_is_read_or_refused_and_no_row_is_lost(rows, delimiter, encoding):
    text = f"x{delimiter}y{delimiter}l\n" + "\n".join(delimiter.join(r) for r in rows)
    try:
        data = read_csv(text.encode(encoding))
    except DataError:
        return
    expected = [r for r in csv.reader(io.StringIO(text), delimiter=delimiter) if any(r)]
    assert len(data) == len(expected) - 1


@settings(max_examples=100, deadline=None)
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
        ('=HYPERLINK("a","b")', '"\'=HYPERLINK(""a"",""b"")"'),
        ("a;=1", '"a;=1"'),
        ("", ""),
    ],
)
def test_csv_cells(value, cell):
    assert to_csv_cell(value) == cell


@settings(max_examples=200, deadline=None)
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


def test_hand_placed_points_are_a_data_set():
    data = from_points([(1.5, -2.0, 1), (0.0, 0.25, 0)])
    np.testing.assert_array_equal(data.X, [[1.5, -2.0], [0.0, 0.25]])
    assert data.y.tolist() == [1, 0]
    with pytest.raises(DataError, match="no point"):
        from_points([])
