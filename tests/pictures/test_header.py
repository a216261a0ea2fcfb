"""Sizes that are read, and those that are not."""

import pytest

from aoi_modules.errors import NotAPicture, TooManyPixels
from aoi_modules.pictures.formats import DAMAGED, MAX_PIXELS, MAX_SIDE, TOO_LARGE, UNKNOWN
from aoi_modules.pictures.header import check_size, refuse


@pytest.mark.parametrize("size", [(1, 1), (1, MAX_SIDE), (1 << 13, 1 << 14), (12_500, 8_000)])
def test_up_to_a_line_scan_of_134_megapixels(size: tuple[int, int]) -> None:
    check_size(*size)
    check_size(*reversed(size))


@pytest.mark.parametrize("size", [(1, MAX_SIDE + 1), (MAX_PIXELS // 1000 + 1, 1000), (1 << 31, 1 << 31)])
def test_more_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels) as caught:
        check_size(*size)
    assert caught.value.message == TOO_LARGE.sentence


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, 5)])
def test_no_pixels_at_all(size: tuple[int, int]) -> None:
    with pytest.raises(NotAPicture) as caught:
        check_size(*size)
    assert caught.value.message == DAMAGED.sentence


def test_a_refusal_is_its_sentence() -> None:
    with pytest.raises(NotAPicture) as caught:
        refuse(UNKNOWN)
    assert type(caught.value) is NotAPicture
    assert caught.value.message == UNKNOWN.sentence
