"""Answers to exercises: what must come back for a right, a wrong and a weird one, and how weird ones are made."""

from collections.abc import Iterable

from hypothesis import strategies as st

from aoi_modules.course.checks import judge

ANYTHING: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.just(...),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def weird(*forms: Iterable[str]) -> st.SearchStrategy[object]:
    """Anything at all, or a dictionary with the keys of one of the forms and anything as its values."""
    return st.one_of(ANYTHING, *(st.fixed_dictionaries(dict.fromkeys(keys, ANYTHING)) for keys in forms))


def passes(check_id: str, answer: object) -> None:
    passed, message = judge(check_id, answer)
    assert passed, message


def gets_hint(check_id: str, answer: object, words: str) -> None:
    passed, message = judge(check_id, answer)
    assert not passed, message
    assert words in message, message


def gets_a_sentence(check_id: str, answer: object) -> None:
    passed, message = judge(check_id, answer)
    assert not passed, message
    assert message, "an empty hint"
    assert "Traceback" not in message, message
