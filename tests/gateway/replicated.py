"""Several model servers of one model, and what asks them as the gateway does."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack

import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.retries import Attempts
from aoi_modules.gateway.replicas import Replicas
from aoi_modules.gateway.shots import Shot
from aoi_modules.gateway.upstreams import Question, Upstreams
from aoi_modules.gateway.watching.tracing import Untraced
from tests.client.model_server import ModelServer
from tests.gateway.relay import Relay

PATIENCE = 240.0


@pytest.fixture
def servers() -> Iterator[list[ModelServer]]:
    """Three servers of one model."""
    with ExitStack() as running:
        yield [running.enter_context(ModelServer()) for _ in range(3)]


class Harness:
    """Replicas at some addresses, and what they told."""

    def __init__(self, addresses: list[str], max_in_flight: int) -> None:
        self.told: list[tuple[str, bool]] = []
        self.again = 0
        self.upstreams = Upstreams(addresses, max_in_flight, lambda address, _, away: self.told.append((address, away)))
        self.replicas = Replicas([self.upstreams[address] for address in addresses], "tile", self._count, Untraced())

    def _count(self) -> None:
        self.again += 1

    async def ask(self, timeout: float = PATIENCE) -> str:
        """The address of the server where a place was held, once the picture has its answer."""
        with self.replicas.place() as upstream:
            await self.replicas.ask(upstream, *question(timeout))
            return upstream.address


def question(seconds: float) -> tuple[Endpoint, Question]:
    """What is asked, and for how long."""
    endpoint = Endpoint("any:1", "tile", timeout=seconds, retries=0)
    return endpoint, Question("tile", Shot(b"picture"), Attempts(seconds, 0), "r1")


def with_replicas(addresses: list[str], act: Callable[[Harness], Awaitable[None]], max_in_flight: int = 4) -> Harness:
    async def run() -> Harness:
        harness = Harness(addresses, max_in_flight)
        try:
            await act(harness)
        finally:
            await harness.upstreams.close()
        return harness

    return asyncio.run(run())


def predicts(server: ModelServer) -> int:
    """How many pictures a server was asked about."""
    return sum(request.model_spec.signature_name != "manifest" for request in server.asked)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
def behind_a_name(servers: list[ModelServer]) -> Iterator[tuple[str, list[Relay]]]:
    """One address that leads to the first two servers, and the relays in front of them."""
    with Relay(servers[0].port) as one, Relay(servers[1].port, "127.0.0.2", one.port) as other:
        yield f"ipv4:127.0.0.1:{one.port},127.0.0.2:{one.port}", [one, other]
