"""The fields of a dict as an answer: the right keys, real numbers, known mistakes. Each refusal is a hint."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

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


def refuse_known(name: str, found: float, reasons: Iterable[tuple[float, str]], *, rel_tol: float = 0.0) -> None:
    """Knows a wrong answer by its value, and says what was computed in place of the right one.

    Args:
        name: of the field.
        found: the wrong answer.
        reasons: values that typical mistakes give, and what each of them is.
        rel_tol: share by which `found` may differ from a value; 1e-6 is allowed in any case.

    Raises:
        Hint: the first reason that fits.
    """
    for value, why in reasons:
        if math.isclose(found, value, rel_tol=rel_tol, abs_tol=1e-6):
            raise Hint(f"{name}: found {found:.4g}, {why}")


def scores(value: object, count: int) -> NDArray[np.float64]:
    """The scores of an answer, float64 (N,), which may stand in one column.

    Raises:
        Hint: they are something else, or all are the same.
    """
    try:
        score = np.asarray(value, float)
    except (TypeError, ValueError):
        raise Hint(f"score: found {kind(value)}, expected one number a picture, {count} in all") from None
    if score.shape == (count, 1):
        score = score[:, 0]
    if score.shape != (count,):
        raise Hint(f"score: found the shape {score.shape}, expected ({count},): one number a picture")
    if count > 1 and np.ptp(score) == 0:
        raise Hint(f"score: all {count} pictures have the same score, {score[0]:.3f} (no answer yet)")
    return score
