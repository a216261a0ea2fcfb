"""The canary's share is the same on every machine, and both versions are asked about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.rollout.canary import compare, is_chosen
from tests.client.model_server import ModelServer, manifest

shares = st.floats(0, 1)


@given(st.text(), shares, shares)
def test_a_greater_share_keeps_the_parts_of_a_smaller_one(part: str, one: float, other: float) -> None:
    small, great = sorted((one, other))
    assert is_chosen(part, great) or not is_chosen(part, small)
    assert is_chosen(part, 1)
    assert not is_chosen(part, 0)


def test_the_share_is_about_what_was_asked_for() -> None:
    chosen = sum(is_chosen(f"part-{number}", 0.2) for number in range(5000))
    assert 900 < chosen < 1100


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_no_share(share: float) -> None:
    with pytest.raises(ValueError, match="share: expected 0 to 1"):
        is_chosen("part", share)


def test_both_versions_are_asked_about_the_share_alone(model_server: ModelServer) -> None:
    model_server.states = {1: "AVAILABLE", 2: "AVAILABLE"}
    model_server.manifests[2] = manifest(2).to_json()
    parts = {f"part-{number}": b"x" for number in range(20)}
    wanted = [part for part in parts if is_chosen(part, 0.5)]
    with (
        GrpcClient(Endpoint(model_server.address, "tile", version=1)) as stable,
        GrpcClient(Endpoint(model_server.address, "tile", version=2)) as canary,
    ):
        pairs = compare(stable, canary, parts, share=0.5)
    assert [pair.part for pair in pairs] == wanted
    assert [request.model_spec.version.value for request in model_server.asked] == [1, 2] * len(wanted)
    assert pairs[0].stable["defect"].shape == (1,)
    assert pairs[0].canary["surface"].shape == (3,)
    assert all(pair.stable_seconds > 0 and pair.canary_seconds > 0 for pair in pairs)
