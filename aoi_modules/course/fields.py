"""The fields of a dict as an answer: the right keys, and no others; a refusal is a hint."""

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
