"""Whole numbers in a request, by the digits that it writes."""

from aoi_modules.errors import BadParameter

_MOST_DIGITS = 20
"""Python refuses to read thousands of them, and no number here has more."""


def whole_number(name: str, text: str, most: int, *, expected: str = "") -> int:
    """Reads a number from 1 to `most`.

    Args:
        name: of the parameter.
        text: that the request gives.
        most: the largest number that is taken.
        expected: what is said in an error in place of `1 to MOST`.

    Raises:
        BadParameter: it is no such number.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and 1 <= int(text) <= most):
        raise BadParameter(name, expected=expected or f"1 to {most}", found=text[:40])
    return int(text)
