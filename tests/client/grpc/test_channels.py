"""Calls go round all addresses of a name, follow its changes, and none is lost when a server stops."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import grpc
import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.async_client import AsyncGrpcClient
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.tls import Tls
from aoi_modules.errors import HungUp
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.client.certificates import certify, needs_openssl
from tests.client.dns_server import DnsServer
from tests.client.model_server import ModelServer
from tests.client.servables import write_tile
from tests.gateway.relay import Relay

PATIENCE = 240.0
Ask = Callable[[str, int], None]


def called(address: str, count: int) -> None:
    with GrpcClient(Endpoint(address, "tile", timeout=PATIENCE)) as client:
        for _ in range(count):
            client.predict_pictures([b"x"])


def awaited(address: str, count: int) -> None:
    async def run() -> None:
        async with AsyncGrpcClient(Endpoint(address, "tile", timeout=PATIENCE)) as client:
            for _ in range(count):
                await client.predict_pictures([b"x"])

    asyncio.run(run())


@pytest.fixture
def pair() -> Iterator[tuple[ModelServer, ModelServer]]:
    """Two servers with one port, on two addresses of this machine."""
    with ModelServer() as one, ModelServer(one.port, host="127.0.0.2") as other:
        yield one, other


def both(port: int) -> str:
    return f"ipv4:127.0.0.1:{port},127.0.0.2:{port}"


@pytest.mark.parametrize("ask", [called, awaited])
def test_calls_go_round_all_addresses(pair: tuple[ModelServer, ModelServer], ask: Ask) -> None:
    ask(both(pair[0].port), 200)
    shares = [len(server.asked) for server in pair]
    assert sum(shares) == 200
    assert min(shares) >= 60, shares  # until the second is connected, the first has all


@needs_openssl
def test_calls_go_round_by_tls_too(tmp_path: Path) -> None:
    files = certify(tmp_path, "server")
    keys = [((files / "server.key").read_bytes(), (files / "server.pem").read_bytes())]
    tls = Tls(files / "server.pem", server_name="line")
    credentials = grpc.ssl_server_credentials(keys)
    with (
        ModelServer(credentials=credentials) as one,
        ModelServer(one.port, host="127.0.0.2", credentials=credentials) as other,
        GrpcClient(Endpoint(both(one.port), "tile", timeout=PATIENCE, tls=tls)) as client,
    ):
        while not (one.asked and other.asked):
            client.predict_pictures([b"x"])
        before = len(one.asked), len(other.asked)
        for _ in range(10):
            client.predict_pictures([b"x"])
        assert (len(one.asked) - before[0], len(other.asked) - before[1]) == (5, 5)


def test_who_is_not_there_costs_no_call(pair: tuple[ModelServer, ModelServer]) -> None:
    one, other = pair
    other.stop()
    with GrpcClient(Endpoint(both(one.port), "tile", timeout=PATIENCE, retries=0)) as client:
        for _ in range(50):
            client.predict_pictures([b"x"])
        with ModelServer(one.port, host="127.0.0.2") as again:
            while not again.asked:
                client.predict_pictures([b"x"])


def test_what_hung_up_is_not_sent_to_the_next_address() -> None:
    """It may have reached a model there, and may be why the server ended."""
    with ExitStack() as running:
        servers = [running.enter_context(ModelServer()) for _ in range(2)]
        one = running.enter_context(Relay(servers[0].port))
        relays = [one, running.enter_context(Relay(servers[1].port, "127.0.0.2", one.port))]
        client = running.enter_context(GrpcClient(Endpoint(both(one.port), "tile", timeout=PATIENCE, retries=5)))
        while not all(server.asked for server in servers):
            client.predict_pictures([b"x"])
        before = sum(len(server.asked) for server in servers)
        for server in servers:
            server.gate.clear()
        asked = running.enter_context(ThreadPoolExecutor(1)).submit(client.predict_pictures, [b"x"])
        while sum(len(server.asked) for server in servers) == before:
            assert not asked.done()
        for relay in relays:
            relay.cut()
        with pytest.raises(HungUp):
            asked.result(PATIENCE)
        assert sum(len(server.asked) for server in servers) == before + 1


def test_a_name_that_leads_elsewhere_is_followed(pair: tuple[ModelServer, ModelServer]) -> None:
    old, new = pair
    with (
        DnsServer(old.host) as names,
        GrpcClient(Endpoint(names.target(old.port), "tile", timeout=PATIENCE, retries=20)) as client,
    ):
        for _ in range(10):
            client.predict_pictures([b"x"])
        assert (len(old.asked), len(new.asked)) == (10, 0)
        names.addresses = (new.host,)
        old.stop()
        for _ in range(10):
            client.predict_pictures([b"x"])
        assert (len(old.asked), len(new.asked)) == (10, 10)


def test_who_joins_a_name_gets_a_share_when_a_connection_ages(pair: tuple[ModelServer, ModelServer]) -> None:
    """As servers of a deployment let theirs age: nobody stops, and yet the name is asked for again."""
    new = pair[1]
    options = [("grpc.max_connection_age_ms", 300)]
    with (
        ModelServer(new.port, host="127.0.0.3", options=options) as old,
        DnsServer(old.host) as names,
        GrpcClient(Endpoint(names.target(old.port), "tile", timeout=PATIENCE, retries=0)) as client,
    ):
        client.predict_pictures([b"x"])
        names.addresses = (old.host, new.host)
        while not new.asked:
            client.predict_pictures([b"x"])


@pytest.mark.slow  # a servable is exported and served
def test_servers_that_stop_or_let_connections_age_cost_no_request(tmp_path: Path) -> None:
    models = {"tile": write_tile(tmp_path)}
    flags = ["--drain_seconds=0.3", "--grpc_channel_arguments=grpc.max_connection_age_ms=200"]
    with EmbeddedServer(models, flags=flags) as one:
        port = int(one.grpc.rpartition(":")[2])
        stopped = threading.Event()

        def until_stopped() -> int:
            with GrpcClient(Endpoint(both(port), "tile", timeout=PATIENCE, retries=0)) as client:
                count = 0
                while not stopped.is_set():
                    client.status()
                    count += 1
                    busy.release()
                for _ in range(20):
                    client.status()
            return count

        busy = threading.Semaphore(0)
        with (
            EmbeddedServer(models, flags=[*flags, "--host=127.0.0.2", f"--port={port}"]),
            ThreadPoolExecutor(8) as threads,
        ):
            clients = [threads.submit(until_stopped) for _ in range(8)]
            try:
                for _ in range(400):
                    assert busy.acquire(timeout=PATIENCE)
                assert one.stop() == 0
            finally:
                stopped.set()
            assert sum(client.result(PATIENCE) for client in clients) >= 400
