"""The parts of a graph stand from left to right, beside each other."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.export.inspect.anatomy import Anatomy, Block
from aoi_modules.export.inspect.graph_layout import Layout, layout
from tests.export.inspect.merged_graphs import Made, merged

MODELS = {
    "one": {"short": Made((1, 2, 3))},
    "six on one trunk": {f"head{number}": Made((1, 2, 3)) for number in range(6)},
    "four that share the lower two thirds": {f"head{number}": Made((1, 2, 10 + number)) for number in range(4)},
    "three strangers": {"a": Made((1, 2)), "b": Made((3,), size=(32, 32)), "c": Made((4, 5), size=(48, 48))},
    "a tree of eight": {f"head{number}": Made((1, 2 + number // 4, 10 + number // 2)) for number in range(8)},
    "prices and rooms": {"price": Made((1, 2), features=5), "room": Made((1, 2)), "garden": Made((7,))},
}


def placed(models: dict[str, Made]) -> tuple[Anatomy, Layout]:
    anatomy = Anatomy.of(merged(models), list(models))
    return anatomy, layout(anatomy)


def check(anatomy: Anatomy, places: Layout) -> None:
    """What holds for every layout."""
    boxes = [*places.blocks.values(), *places.cards.values()]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert sorted(places.heads) == sorted(places.cards) == sorted(anatomy.heads)
    tops = [places.cards[head].top for head in places.heads]
    assert all(upper > lower for upper, lower in pairwise(tops))
    for box in boxes:
        assert 0 <= box.left < box.right <= places.width + 1e-9
        assert places.bottom <= box.bottom < box.top <= places.top + 1e-9
    for path in places.arrows:
        assert all(start[0] <= end[0] for start, end in pairwise(path)), "no arrow points back"
    for head, card in places.cards.items():
        assert any(path[-1] == pytest.approx((card.left, card.middle)) for path in places.arrows), head


@pytest.mark.parametrize("models", MODELS.values(), ids=MODELS)
def test_nothing_covers_anything(models: dict[str, Made]) -> None:
    check(*placed(models))


def test_what_more_heads_need_is_taller_and_what_does_more_is_wider() -> None:
    anatomy, places = placed(MODELS["six on one trunk"])
    boxes = {anatomy.blocks[number].name: box for number, box in places.blocks.items()}
    assert boxes["trunk"].height > 5 * boxes["head0"].height
    assert boxes["trunk"].width > 1.5 * boxes["head0"].width
    assert boxes["trunk"].right < boxes["head0"].left


def test_heads_that_share_layers_are_neighbours() -> None:
    anatomy = Anatomy.of(
        merged({"a": Made((1, 2)), "b": Made((3, 4)), "c": Made((1, 5)), "d": Made((3, 6))}), ["a", "b", "c", "d"]
    )
    assert layout(anatomy).heads == ("a", "c", "b", "d")


def test_numbers_come_in_below_and_the_heads_that_take_them_are_low() -> None:
    anatomy, places = placed(MODELS["prices and rooms"])
    assert places.heads[-1] == "price"
    boxes = {anatomy.blocks[number].name: box for number, box in places.blocks.items()}
    assert boxes["features"].top < boxes["price"].bottom
    (around,) = (path for path in places.arrows if len(path) > 2)
    assert around[0] == (boxes["features"].right, boxes["features"].middle)
    assert around[-1][0] == boxes["price"].left


def test_models_of_one_depth_fill_the_columns_of_deeper_ones() -> None:
    anatomy, places = placed({"a": Made((1, 2)), "b": Made((1, 3)), "c": Made((4,))})
    boxes = {anatomy.blocks[number].name: box for number, box in places.blocks.items()}
    assert boxes["c"].left == boxes["trunk of a, b"].left
    assert boxes["c"].right == pytest.approx(boxes["a"].right)


def test_a_head_without_layers_of_its_own_ends_in_what_it_shares() -> None:
    graph = merged({"a": Made((1,))})
    graph.node.add(name="b", op="Identity", input=["a"]).attr["T"].type = 1
    anatomy = Anatomy.of(graph, ["a", "b"])
    check(anatomy, layout(anatomy))


@st.composite
def anatomies(draw: st.DrawFn) -> Anatomy:
    """Any sets of heads, also ones of which none is within the other."""
    heads = tuple("abcdef"[: draw(st.integers(1, 6))])
    every = tuple(draw(st.permutations(heads)))
    sets = draw(st.lists(st.sets(st.sampled_from(heads), min_size=1), max_size=5, unique_by=frozenset))
    groups = sorted({tuple(sorted(some)) for some in sets} | {(head,) for head in heads}, key=lambda one: -len(one))
    shape = {"operations": 1, "convolutions": 0, "weights": 1, "weight_bytes": 4}
    image = Block(name="image", kind="input", heads=every, multiply_adds=0, **shape)
    works = st.integers(0, 10**9)
    blocks = [Block(name="x", kind="layers", heads=some, multiply_adds=draw(works), **shape) for some in groups]
    edges = {(0, number) for number in range(1, len(blocks) + 1)}
    for start, end in combinations(range(len(blocks)), 2):
        if set(groups[end]) < set(groups[start]) and draw(st.booleans()):
            edges.add((start + 1, end + 1))
    ends: dict[str, tuple[int, ...]] = {head: (groups.index((head,)) + 1,) for head in heads}
    return Anatomy(
        heads=every,
        blocks=(image, *blocks),
        edges=tuple(sorted(edges)),
        ends=ends,
        weights=1,
        weight_bytes=4,
        multiply_adds=1,
        shared_weights_percent=0,
        shared_work_percent=0,
        apart=1,
        times_apart=1,
    )


@given(anatomies())
def test_any_graph_finds_its_places(anatomy: Anatomy) -> None:
    check(anatomy, layout(anatomy))
