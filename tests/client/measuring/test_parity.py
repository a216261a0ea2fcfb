import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from aoi_modules.client.measuring.parity import GATEWAY, SOURCE, FeatureRows, Parity, Way, compare
from aoi_modules.errors import Unreachable
from aoi_modules.modelstore.golden import Golden
from aoi_modules.modelstore.layout import map_name
from aoi_modules.wire.tensors import Array
from tests.client.model_server import manifest

GOLDEN = Golden(
    (b"one", b"two"),
    {"defect": np.array([[0.1], [0.9]], np.float32), "surface": np.full((2, 3), 1 / 3, np.float32)},
)


def way(add: float = 0.0, **changed: Array) -> Way:
    """Answers the golden scores, `defect` with `add` more, or what is given for a head."""

    def ask(pictures: Sequence[bytes], features: FeatureRows) -> Mapping[str, Array]:
        scores = {head: np.resize(values, (len(pictures), values.shape[1])) for head, values in GOLDEN.scores.items()}
        return {**scores, "defect": scores["defect"] + np.float32(add), **changed}

    return ask


def away(pictures: Sequence[bytes], features: FeatureRows) -> Mapping[str, Array]:
    raise Unreachable("nobody there")


def found(parity: Parity) -> dict[tuple[str, str], bool]:
    return {(row.way, row.head): row.agrees for row in parity.comparisons}


def test_equal_scores_agree() -> None:
    parity = compare(manifest(), GOLDEN, {"gRPC": way(), "REST": way(1e-7)}, 1e-5)
    assert parity.agrees
    assert [(row.way, row.head, row.against, row.pictures) for row in parity.comparisons] == [
        ("gRPC", "defect", SOURCE, 2), ("gRPC", "surface", SOURCE, 2),
        ("REST", "defect", SOURCE, 2), ("REST", "surface", SOURCE, 2),
    ]  # fmt: skip


def test_the_way_and_the_head_that_differ_are_named() -> None:
    parity = compare(manifest(), GOLDEN, {"gRPC": way(), "REST": way(0.01)}, 1e-5)
    assert not parity.agrees
    assert [key for key, agrees in found(parity).items() if not agrees] == [("REST", "defect")]
    assert parity.comparisons[2].difference == pytest.approx(0.01, rel=1e-3)
    assert compare(manifest(), GOLDEN, {"REST": way(0.01)}, 0.02).agrees


def test_a_way_that_fails_does_not_stop_the_others() -> None:
    parity = compare(manifest(), GOLDEN, {"gRPC": away, "REST": way()}, 1e-5)
    assert not parity.agrees
    assert parity.comparisons[0].error == "nobody there"
    assert found(parity)["REST", "defect"]


@pytest.mark.parametrize("scores", [np.zeros((2, 2)), np.zeros((1, 1)), np.array([[0.1], [math.nan]])])
def test_scores_that_cannot_be_compared_do_not_agree(scores: Array) -> None:
    parity = compare(manifest(), GOLDEN, {"gRPC": way(defect=scores)}, 1e-5)
    assert not found(parity)["gRPC", "defect"]
    assert found(parity)["gRPC", "surface"]
    assert parity.comparisons[0].difference is None


def test_a_map_may_be_missing_at_a_gateway_alone() -> None:
    maps = {**GOLDEN.scores, map_name("defect"): np.full((2, 3, 4), 0.5, np.float32)}
    parity = compare(manifest(), Golden(GOLDEN.pictures, maps), {"gRPC": way(), GATEWAY: way()}, 1e-5)
    assert [key for key, agrees in found(parity).items() if not agrees] == [("gRPC", "defect_map")]
    assert (GATEWAY, "defect_map") not in found(parity)


def test_given_pictures_are_compared_with_the_first_way_that_answers() -> None:
    ways = {"away": away, "gRPC": way(), "REST": way(0.01)}
    rows = compare(manifest(), GOLDEN, ways, 1e-5, [b"a", b"b", b"c"]).comparisons
    given = [(row.way, row.head, row.agrees, row.pictures) for row in rows if row.against == "gRPC"]
    assert given == [("away", "", False, 0), ("REST", "defect", False, 3), ("REST", "surface", True, 3)]


def test_given_pictures_need_two_ways() -> None:
    with pytest.raises(ValueError, match=r"given: expected two ways to compare\. Received: gRPC"):
        compare(manifest(), GOLDEN, {"gRPC": way()}, 1e-5, [b"a"])


def test_large_values_are_compared_relatively() -> None:
    prices = Golden((b"one",), {"price": np.array([[300_000.0]], np.float32)})
    assert compare(manifest(), prices, {"gRPC": lambda p, f: {"price": np.array([[300_001.0]])}}, 1e-5).agrees
