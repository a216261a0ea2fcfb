"""A file of YAML as an answer: one table, with no blank left to fill in; a refusal is a hint."""

from typing import Any

import yaml

from aoi_modules.course.checks import Hint, kind


def read_table(text: object, expected: str) -> dict[str, Any]:
    """The table that a reader wrote.

    Args:
        text: of the file.
        expected: what has to be in it, for the hint.

    Raises:
        Hint: it is no text, no YAML or no table, or a FILL_IN is left.
    """
    if not isinstance(text, str):
        raise Hint(f"found {kind(text)}, expected the file as text")
    if "FILL_IN" in text:
        raise Hint("there is still a FILL_IN in your file")
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Hint(f"this is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(found, dict):
        raise Hint(f"found {kind(found)}, expected {expected}")
    return found
