"""Deep documents as flat ones, compared with a reader that counts its brackets one by one."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.wire import json_layers
from aoi_modules.wire.json_layers import brackets, layers

pieces = st.sampled_from(["[", "]", "{", "}", '"', "\\", ",", "a", '"a"', '"[\\"{"', "1"])


def counted(text: str) -> list[tuple[int, int]]:
    """Position and depth of each bracket, up to the end of the first value."""
    found: list[tuple[int, int]] = []
    depth, quoted, slashes = 0, False, 0
    for position, character in enumerate(text):
        if character == '"' and slashes % 2 == 0:
            quoted = not quoted
        slashes = slashes + 1 if character == "\\" else 0
        if character in "[]{}" and not quoted:
            depth += 1 if character in "[{" else -1
            found.append((position, depth))
            if depth <= 0:
                break
    return found


@given(st.lists(pieces, max_size=40).map("".join), st.sampled_from([1, 2, 3, 1000]))
@settings(max_examples=500, deadline=None)
def test_brackets_outside_strings_are_found_whatever_the_chunks(text: str, chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_layers, "CHUNK_BYTES", chunk)
        found = brackets(text.encode())
    assert list(zip(found.positions.tolist(), found.depths.tolist(), strict=True)) == counted(text)


documents = st.recursive(
    st.just(1) | st.text(alphabet='[]{}"\\', max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=40,
)


@given(documents, st.integers(0, 30))
@settings(max_examples=300, deadline=None)
def test_layers_are_flat_and_hold_every_byte_once(document: object, depth: int) -> None:
    text = json.dumps([document] * 2)
    for _ in range(depth):
        text = f'[{text}, {{"a": 2}}]'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_layers, "LAYER", 6)
        body = text.encode()
        found = list(layers(body, brackets(body)))
    for layer in found:
        json.loads(layer.text)
        assert brackets(layer.text).deepest <= 6 + 2
        for position, code in enumerate(layer.text):
            origin = layer.origin(position)
            assert origin == len(body) or body[origin] == code or code in b"[],"
    cut_out = sum(len(layer.starts) for layer in found[1:])
    assert len(found) == 1 or cut_out > len(found)


def test_the_innermost_bracket() -> None:
    found = brackets(b'{"a": [1, {"b": 2}, 3]}')
    assert [found.innermost(position) for position in (0, 3, 8, 15, 19, 22)] == [None, 0, 6, 10, 6, 0]
