"""Nodes of a frozen graph in groups: inputs, resizes, and layers that the same heads need."""

from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.export.graph import in_order
from aoi_modules.export.inspect.parts import Parts
from tests.export.inspect.merged_graphs import Made, merged


def parts(models: dict[str, Made]) -> Parts:
    return Parts(in_order(merged(models), list(models)), list(models))


def test_what_heads_share_is_a_group_before_their_own_layers() -> None:
    found = parts({"short": Made((1, 2)), "open": Made((1, 3))})
    assert [kind for kind, _ in found.keys] == ["input", "resize", "layers", "layers", "layers"]
    assert found.keys[0] == ("input", ("image",))
    assert found.keys[2:] == [("layers", ("short", "open")), ("layers", ("short",)), ("layers", ("open",))]
    assert found.edges == {(0, 1), (1, 2), (2, 3), (2, 4)}


def test_numbers_are_an_input_of_the_heads_that_take_them() -> None:
    found = parts({"price": Made((1,), features=3), "room": Made((1,))})
    place = found.keys.index(("input", ("features",)))
    own = found.keys.index(("layers", ("price",)))
    assert {end for start, end in found.edges if start == place} == {own}


@settings(max_examples=20)
@given(st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=3), min_size=1, max_size=4))
def test_every_node_is_in_one_group_and_data_flows_forward(layers: list[list[int]]) -> None:
    found = parts({f"head{number}": Made(tuple(seeds)) for number, seeds in enumerate(layers)})
    members = [node.name for key in set(found.key.values()) for node in found.members(key)]
    assert sorted(members) == sorted(found.nodes)
    assert all(start < end for start, end in found.edges)
