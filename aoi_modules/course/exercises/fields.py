"""The fields of a dict as an answer: the right keys, real numbers, known mistakes. Each refusal is a hint."""

import math
from collections.abc import Iterable, Sequence

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
