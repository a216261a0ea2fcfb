"""The fields of a dict as an answer: the right keys, real numbers. Each refusal is a hint."""

import math
from collections.abc import Sequence

from aoi_modules.course.checks import Hint, kind


def fields(answer: object, names: Sequence[str]) -> dict[str, object]:
    """The answer as a dict with exactly these keys.

    Raises:
        Hint: it is something else.
    """
    if not isinstance(answer, dict) or set(answer) != set(names):
        raise Hint(f"found {kind(answer)}, expected a dict with the keys {', '.join(names[:-1])} and {names[-1]}")
    return answer


def number(name: str, value: object) -> float:
    """A finite number, of Python or NumPy.

    Raises:
        Hint: it is none; names the field.
    """
    item = getattr(value, "item", None)
    plain = item() if callable(item) and getattr(value, "size", 1) == 1 else value
    if isinstance(plain, bool) or not isinstance(plain, int | float) or not math.isfinite(plain):
        raise Hint(f"{name}: found {kind(value)}, expected a number")
    return float(plain)
