"""Floats as text: the rule for one of them, and that many together keep to it, digit for digit."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from aoi_modules.wire import float_texts


def together(values: NDArray[Any]) -> list[str]:
    return float_texts.joined(values, [b"\n"], np.zeros(len(values), np.uint8)).decode().splitlines()


def one_by_one(values: NDArray[Any]) -> list[str]:
    return [float_texts.text(value, values.dtype.name) for value in values.tolist()]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9000000, "9e+06"), (3, "3.0"), (0.999730885, "0.999730885"), (0.00003, "3e-05"), (999999, "999999.0"),
        (555557.5, "555557.5"), (math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity"), (-0.0, "-0.0"),
        (0.2, "0.2"), (-619794368, "-619794368.0"), (1 / 3, "0.333333343"), (3.4028235e38, "3.40282347e+38"),
        (1e-45, "1.4013e-45"), (0.0001, "0.0001"), (0.000123456789, "0.00012345679"),
    ],
)  # fmt: skip
def test_texts_of_the_original(value: float, text: str) -> None:
    values = np.array([value], np.float32)
    assert one_by_one(values) == together(values) == [text]


def test_doubles_of_the_original() -> None:
    values = np.array([0.1, 1 / 3, 1e300, 2.0**60, 5e-324, 1.7976931348623157e308, 0.1 + 0.2])
    texts = [
        "0.1", "0.33333333333333331", "1e+300", "1.152921504606847e+18", "4.94066e-324", "1.7976931348623157e+308",
        "0.30000000000000004",
    ]  # fmt: skip
    assert one_by_one(values) == together(values) == texts


@given(st.floats(width=32))
@settings(max_examples=500, deadline=None)
def test_texts_read_back_exactly_and_are_short(value: float) -> None:
    text = float_texts.text(value, "float32")
    back = float(text.replace("Infinity", "inf"))
    with np.errstate(over="ignore", under="ignore"):
        assert np.float32(back) == np.float32(value) or (math.isnan(back) and math.isnan(value))
        if np.float32(float(f"{value:g}")) == np.float32(value) and math.isfinite(value):
            assert text.removesuffix(".0") == f"{value:g}"


@given(st.sampled_from(["float32", "float64"]).flatmap(lambda dtype: hnp.arrays(dtype, st.integers(1, 60))))
@settings(max_examples=400, deadline=None)
def test_many_are_written_as_each_of_them(values: NDArray[Any]) -> None:
    assert together(values) == one_by_one(values)


@pytest.mark.parametrize(("name", "bits"), [("float32", "uint32"), ("float64", "uint64")])
def test_numbers_of_all_kinds(name: str, bits: str) -> None:
    """Any bits, numbers with few digits and their neighbours, powers of two and of ten, whole numbers, halves."""
    random = np.random.default_rng(0)
    dtype = np.dtype(name)
    least, most = np.finfo(dtype).minexp - 20, np.finfo(dtype).maxexp
    short = np.round(random.random(8000) * 10.0 ** random.integers(-3, 9, 8000), 3).astype(dtype)
    values = np.concatenate([
        random.integers(0, np.iinfo(bits).max, 8000, bits, endpoint=True).view(dtype),
        short, np.nextafter(short, dtype.type(np.inf)),
        np.ldexp(dtype.type(1), np.arange(least, most)), 10.0 ** np.arange(-30, 30).astype(dtype),
        random.integers(-(10**10), 10**10, 4000).astype(dtype), random.integers(0, 4096, 4000).astype(dtype) / 4096,
    ]).astype(dtype)  # fmt: skip
    assert together(values) == one_by_one(values)


def test_each_number_has_its_separator() -> None:
    values = np.arange(float_texts.CHUNK + 3, dtype=np.float32)
    kinds = (np.arange(len(values)) % 3).astype(np.uint8)
    text = float_texts.joined(values, [b"", b"|", b"; "], kinds).decode()
    separators = ["", "|", "; "]
    expected = "".join(one + separators[kind] for one, kind in zip(one_by_one(values), kinds.tolist(), strict=True))
    assert text == expected
