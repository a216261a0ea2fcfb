from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aoi_modules.errors import RpcError
from aoi_modules.serving.batching.merging import filled_up, merged

SHAPES = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=5)


@given(SHAPES.flatmap(lambda shapes: st.tuples(*(arrays(np.int32, shape) for shape in shapes))))
def test_every_request_is_found_again_among_its_padding(requests: tuple[Any, ...]) -> None:
    whole = merged([{"x": request} for request in requests])["x"]
    first = 0
    for request in requests:
        rows = whole[first : first + len(request)]
        inside = tuple(map(slice, request.shape))
        assert (rows[inside] == request).all()
        rest = np.ones(rows.shape, bool)
        rest[inside] = False
        assert (rows[rest] == request.flat[0]).all()
        first += len(request)
    assert first == len(whole)


def test_empty_arrays_are_not_padded() -> None:
    with pytest.raises(RpcError, match="empty tensor in batch of non-empty tensors"):
        merged([{"x": np.zeros((1, 0))}, {"x": np.zeros((1, 2))}])


def test_missing_rows_repeat_the_first() -> None:
    assert filled_up({"x": np.array([7, 8])}, 2)["x"].tolist() == [7, 8, 7, 7]
    assert filled_up({"x": np.array([7, 8])}, 0)["x"].tolist() == [7, 8]
