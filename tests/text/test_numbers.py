import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrviz.core.numerics import Probability, sigmoid
from lrviz.figures.palette import PALETTES
from lrviz.text import numbers

finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300).filter(
    lambda x: x == 0 or abs(x) > 1e-300
)
PLAIN = str.maketrans("−⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "-0123456789-")


def read_back(text: str) -> Decimal:
    """The decimal that a label says."""
    mantissa, _, power = text.partition("×10")
    if match := re.fullmatch(r"(−?)10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text):
        return Decimal(f"{match[1]}1e{match[2]}".translate(PLAIN))
    return Decimal(f"{mantissa}e{power or 0}".translate(PLAIN))


@given(finite, st.sampled_from([numbers.DIGITS, numbers.MORE_DIGITS]))
def test_a_label_is_the_number_rounded_half_to_even(x, digits):
    # The authority is decimal arithmetic on the exact value of the float64.
    truth = Context(prec=digits, rounding=ROUND_HALF_EVEN).create_decimal(Decimal(x))
    assert read_back(numbers.number(x, digits)) == truth


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.35, "0.35"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (2.0625, "2.062"),
        (2.0635, "2.063"),
        (-4.852e8, "−4.852×10⁸"),
        (-1 + 2e-9, "−1.000"),
        (20.000000002, "20.00"),
        (1e-5, "10⁻⁵"),
        (-1e4, "−10⁴"),
        (9999.5, "1.000×10⁴"),
        (1234, "1234"),
        (0.001234, "0.001234"),
        (0.0001234, "1.234×10⁻⁴"),
    ],
)
def test_by_example(x, text):
    assert numbers.number(x) == text


def test_a_probability_that_is_nearly_one_is_written_from_its_complement():
    assert numbers.number(sigmoid(40.0)) == "1−4.248×10⁻¹⁸"
    assert numbers.number(sigmoid(5.0)) == "0.9933"
    assert numbers.number(sigmoid(-40.0)) == "4.248×10⁻¹⁸"


@pytest.mark.parametrize("x", [float("nan"), float("inf"), -float("inf")])
def test_what_is_not_finite_is_never_written(x):
    with pytest.raises(ValueError, match="no digits"):
        numbers.number(x)


def test_fill_writes_slots_in_three_ways():
    known = {"value.z": -0.5, "local.w1-z": 1.5}
    assert (
        numbers.fill("{value.z}·{(value.z)} {_local.w1-z}", known.__getitem__)
        == "−0.5·(−0.5) \u20071.5"
    )


@pytest.mark.parametrize(
    ("x", "sign"),
    [(0.35, "="), (0.1 + 0.2, "="), (-0.25, "="), (0.0, "="), (1 / 3, "≈"), (-1 + 2e-9, "≈")],
)
def test_a_relation_is_equality_only_where_every_number_is_shown_exactly(x, sign):
    assert numbers.fill("{~value.z}", lambda _: x) == sign
    assert numbers.fill("{~value.z value.b}", lambda key: x if key == "value.z" else 1.5) == sign


def test_a_probability_beyond_float64_is_never_shown_as_equal():
    assert numbers.fill("{~value.a}", lambda _: sigmoid(40.0)) == "≈"


@given(finite)
def test_signs_take_the_same_room(x):
    text = numbers.fill("{_value.z}", lambda _: x)
    assert text[0] in (numbers.MINUS, numbers.FIGURE_SPACE)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("role", ["text", "muted", "value", "gradient", "data"])
def test_text_colours_have_the_contrast_of_wcag_aa(mode, role):
    palette = PALETTES[mode]
    for ground in ("surface", "card", "data_card"):
        bright, dim = sorted((luminance(palette[role]), luminance(palette[ground])), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_two_roles_share_a_colour(mode):
    # The browser exchanges palettes colour by colour.
    colours = list(PALETTES[mode].values())
    assert len(set(colours)) == len(colours)


@given(finite, st.sampled_from([numbers.DIGITS, numbers.MORE_DIGITS]))
def test_latex_says_the_same_decimal(x, digits):
    text = numbers.latex_number(x, digits)
    power = re.fullmatch(r"(-?)(?:([\d.]+) \\times )?10\^\{(-?\d+)\}", text)
    said = Decimal(f"{power[1]}{power[2] or 1}e{power[3]}" if power else text)
    assert said == read_back(numbers.number(x, digits))
    assert ("times" in text) == ("×" in numbers.number(x, digits))


def test_a_probability_in_latex():
    assert numbers.latex_number(sigmoid(40.0)) == r"1-4.248 \times 10^{-18}"
    assert numbers.latex_number(sigmoid(5.0)) == "0.9933"


@pytest.mark.parametrize(
    ("off", "text", "same"), [(0.9e-13, "0.35", True), (1.1e-13, "0.3500", False)]
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_within_rounding_of_a_shorter_one_is_that_one(off, text, same, sign):
    x = sign * 0.35 * (1 + off)
    assert numbers.number(x).lstrip(numbers.MINUS) == text
    assert numbers.exact(x) is same


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_a_probability_is_written_from_its_complement_from_all_nines_on(digits):
    # The last probability that is not a bare 1 in so many digits is 1 − ½·10⁻ᵈ.
    half = 0.5 * 10.0**-digits
    for complement, nearly_one in ((half * 0.99, True), (half * 1.01, False)):
        p = Probability(1 - complement, complement, 9.0)
        assert numbers.number(p, digits).startswith("1−") is nearly_one
        assert numbers.latex_number(p, digits).startswith("1-") is nearly_one
        if nearly_one:
            assert not numbers.exact(p, digits)


def test_a_slot_may_be_an_exponent():
    assert numbers.fill("e{^k}", lambda _: 12.0) == "e¹²"
    assert numbers.fill("e{^k}", lambda _: -3.0) == "e⁻³"
    assert numbers.fill("e{^k}", lambda _: 0.5) == "e^(0.5)"
    assert numbers.fill("{(k)}·{(k)}", lambda _: 2.0) == "2·2"
    assert numbers.fill("{(k)}", lambda _: sigmoid(40.0)) == "(1−4.248×10⁻¹⁸)"
    # Braces around no quantity stay.
    assert numbers.fill("{} {1}", lambda _: 2.0) == "{} {1}"


def test_screens_show_four_digits_and_fifteen_when_asked():
    assert numbers.number(2 / 3) == "0.6667"
    assert numbers.number(2 / 3, numbers.MORE_DIGITS) == "0.666666666666667"
    assert numbers.number(12345.678) == "1.235×10⁴"


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_a_number_is_exact_with_just_as_many_digits_as_it_has(digits):
    for text in ("1.234567890", "9.876543219", "-3.141592653"):
        cut = text[: digits + 1 + text.startswith("-")]  # so many digits and the point
        assert numbers.exact(float(cut), digits)
        assert not numbers.exact(float(cut), digits - 1)
        assert numbers.equation("x", float(cut), digits).startswith("x = ")
