"""Whether a route's pictures get their verdict; the ways to it are told in `test_line`."""

import asyncio

from aoi_modules.gateway.limits import Limits
from aoi_modules.gateway.routes import parse_routes
from aoi_modules.gateway.states import RouteState, state_of
from aoi_modules.gateway.upstreams import Upstreams
from tests.client.model_server import ModelServer


def state(*addresses: str, route: str = "") -> RouteState:
    listed = ", ".join(f'"{address}"' for address in addresses)
    routes = parse_routes(f"components: {{tile: {{model: tile, upstream: [{listed}]{route}}}}}", "routes")

    async def run() -> RouteState:
        upstreams = Upstreams(set(addresses), 4, lambda address, model, away: None)
        try:
            servers = [upstreams[address] for address in addresses]
            return await state_of("tile", routes.components["tile"], servers, Limits())
        finally:
            await upstreams.close()

    return asyncio.run(run())


def test_a_model_that_is_available_is_ready_with_its_manifest_and_the_routes_limits(model_server: ModelServer) -> None:
    found = state(model_server.address, route=", heads: {defect: {threshold: 0.2}}")
    assert (found.ready, found.version, found.detail) == (True, 1, "")
    assert found.manifest is not None
    assert found.limits["defect"].threshold == 0.2


def test_a_limit_for_a_head_that_the_model_has_not_is_told(model_server: ModelServer) -> None:
    found = state(model_server.address, route=", heads: {scratch: {threshold: 0.2}}")
    assert (found.ready, found.version) == (False, 1)
    assert "limits for a head 'scratch'" in found.detail


def test_a_model_that_is_not_available_is_told(model_server: ModelServer) -> None:
    model_server.states = {1: "LOADING"}
    assert "version 1 LOADING" in state(model_server.address).detail


def test_one_server_of_two_is_enough(model_server: ModelServer, free_port: int) -> None:
    away = f"127.0.0.1:{free_port}"
    found = state(away, model_server.address)
    assert found.ready
    assert (found.servers[model_server.address], found.servers[away] != "") == ("", True)
