import pytest

from aoi_modules.export.inspect.quantities import counted, percent, short, size


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (584, "584"),
        (999, "999"),
        (1000, "1 k"),
        (1280, "1.28 k"),
        (392976, "393 k"),
        (999_700, "1 M"),
        (999_499, "999 k"),
        (10_655_408, "10.7 M"),
        (4.2e9, "4.2 G"),
        (5.1e12, "5100 G"),
    ],
)
def test_numbers_have_three_digits_and_a_letter(number: float, text: str) -> None:
    assert short(number) == text


def test_sizes_have_a_unit() -> None:
    assert [size(number) for number in (97, 1_655_770)] == ["97 B", "1.66 MB"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0%"), (0.01, "0.1%"), (0.5, "0.5%"), (95.6, "96%"), (99.4, "99.4%"), (99.99, "99.9%"), (100, "100%")],
)
def test_nearly_all_is_not_all_and_little_is_not_nothing(value: float, text: str) -> None:
    assert percent(value) == text


def test_one_is_not_many() -> None:
    assert [counted(number, "head") for number in (0, 1, 2)] == ["0 heads", "1 head", "2 heads"]
