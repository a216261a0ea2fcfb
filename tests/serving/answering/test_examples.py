import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import RpcError
from aoi_modules.serving.answering import examples
from aoi_modules.wire.messages import Example, Input
from tests.serving.calls import example_input

NUMBERS = st.floats(width=32, allow_nan=False)


def values(serialized: bytes) -> dict[str, list[float]]:
    features = Example.FromString(serialized).features.feature
    return {name: list(feature.float_list.value) for name, feature in features.items()}


@given(st.lists(NUMBERS, min_size=1, max_size=8), st.none() | NUMBERS)
def test_each_example_is_a_row_and_wins_over_the_context(numbers: list[float], context: float | None) -> None:
    asked = example_input(*numbers, context=context)
    if context is not None:
        asked.example_list_with_context.context.features.feature["z"].float_list.value.append(context)
    rows = examples.batch(asked)
    shared = {} if context is None else {"z": [context]}
    assert (rows.shape, rows.dtype.kind) == ((len(numbers),), "O")
    assert [values(row) for row in rows] == [{"x": [number], **shared} for number in numbers]
    assert examples.count(asked) == len(numbers)


def test_a_context_alone_is_no_input() -> None:
    for asked in (Input(), example_input(context=1.0)):
        assert examples.count(asked) == 0
        with pytest.raises(RpcError, match=r"Input is empty\."):
            examples.batch(asked)
