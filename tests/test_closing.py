"""Things that close themselves."""

import pytest

from aoi_modules.closing import Closing


class Door(Closing):
    closed = False

    def close(self) -> None:
        self.closed = True


def test_it_is_closed_at_the_end_of_the_block() -> None:
    with Door() as door:
        assert not door.closed
    assert door.closed


def test_it_is_closed_after_an_error_and_the_error_goes_on() -> None:
    door = Door()
    with pytest.raises(ZeroDivisionError), door:
        1 / 0  # noqa: B018
    assert door.closed
