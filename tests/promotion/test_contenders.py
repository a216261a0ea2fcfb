"""Both versions where the gateway asks them: what their servers say, and what no route says."""

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from aoi_modules.errors import PromotionError, ResultsError
from aoi_modules.gateway.routes import Route
from aoi_modules.promotion.contenders import at_the_line, contender, described
from tests.client.model_server import ModelServer, manifest


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """Version 3 is in service; 4 is there, too."""
    with ModelServer() as running:
        running.version = 3
        running.states = dict.fromkeys((3, 4, 5), "AVAILABLE")
        running.manifests = {version: manifest(version).to_json() for version in (3, 4)}
        yield running


def route(server: ModelServer, **others: Any) -> Route:
    return msgspec.convert({"model": "tile", "upstream": server.address, "version": 3, **others}, Route)


def test_a_server_says_which_version_answers_and_which_heads_judge(server: ModelServer) -> None:
    found = asyncio.run(contender(route(server)))
    assert (found.model.version, found.units, found.heads) == (3, None, ("defect",))
    said = route(server, heads={"defect": {"threshold": 0.4}})
    assert described(said, 3, manifest(3)).heads == (), "the route says its limits"
    assert described(said, 3, None).heads == ()


def test_a_model_without_a_manifest_needs_a_version_in_the_route(server: ModelServer) -> None:
    del server.manifests[3]
    assert asyncio.run(contender(route(server))).model.version == 3
    with pytest.raises(ResultsError, match="carries no manifest, so nobody knows which version answers"):
        asyncio.run(contender(msgspec.structs.replace(route(server), version=None)))


@pytest.mark.parametrize("others", [{"canary": {"version": 4, "share": 0.1}}, {"shadow": {"version": 4}}])
def test_the_candidate_is_the_canary_or_the_shadow(server: ModelServer, others: dict[str, Any]) -> None:
    own, other = asyncio.run(at_the_line("tile", route(server, **others), 3, 4))
    assert (own.model.version, other.model.version) == (3, 4)


def test_other_versions_than_the_registry_says_are_refused(server: ModelServer) -> None:
    both = route(server, canary={"version": 4, "share": 0.1})
    with pytest.raises(PromotionError, match="the route leads to version 3, and the registry's label says 2"):
        asyncio.run(at_the_line("tile", both, 2, 4))
    with pytest.raises(PromotionError, match=r"expected tile 5 as canary or shadow of the route\. Received: tile 4"):
        asyncio.run(at_the_line("tile", both, 3, 5))
    with pytest.raises(PromotionError, match="Received: neither"):
        asyncio.run(at_the_line("tile", route(server), 3, 4))
