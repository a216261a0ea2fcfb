"""Several servers of one model: which is asked, and when another one is asked about the same picture."""

import asyncio
import time
from contextlib import ExitStack
from dataclasses import replace

import grpc
import msgspec
import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc import calls
from aoi_modules.errors import Busy, RpcError, TooSlow, Unreachable
from aoi_modules.gateway.replicas import TwoHungUp
from aoi_modules.gateway.shots import Shot
from tests.client.model_server import ModelServer, manifest
from tests.gateway.relay import Relay
from tests.gateway.replicated import PATIENCE, Harness, behind_a_name, predicts, question, servers, until, with_replicas

__all__ = ["behind_a_name", "servers"]


def test_pictures_one_by_one_go_round(servers: list[ModelServer]) -> None:
    async def act(harness: Harness) -> None:
        for _ in range(6):
            await harness.ask()

    with_replicas([server.address for server in servers], act)
    assert [predicts(server) for server in servers] == [2, 2, 2]


def test_the_server_with_the_fewest_inspections_is_asked(servers: list[ModelServer]) -> None:
    servers[0].gate.clear()

    async def act(harness: Harness) -> None:
        held = [asyncio.create_task(harness.ask()) for _ in range(3)]
        await until(lambda: all(predicts(server) for server in servers))
        await asyncio.gather(*held[1:])
        for _ in range(4):
            await harness.ask()
        servers[0].gate.set()
        await held[0]

    with_replicas([server.address for server in servers], act)
    assert [predicts(server) for server in servers] == [1, 3, 3]


def test_a_server_that_nobody_reaches_is_passed_by_and_met_again(servers: list[ModelServer]) -> None:
    lost, kept = servers[:2]
    port, address = lost.port, lost.address

    async def act(harness: Harness) -> None:
        await asyncio.to_thread(lost.stop)
        for _ in range(5):
            await harness.ask()
        assert predicts(kept) == 5
        assert harness.again == 1, "after that it is known to be away"
        assert harness.told == [(address, True)]
        with ModelServer(port) as again:
            await until(lambda: (address, False) in harness.told)
            await harness.ask()
            await harness.ask()
            assert predicts(again) == 1

    with_replicas([address, kept.address], act)


def test_all_that_cannot_be_reached_are_passed_by(servers: list[ModelServer]) -> None:
    for lost in servers[:2]:
        lost.stop()

    async def act(harness: Harness) -> None:
        await harness.ask()
        assert harness.again == 2
        servers[2].stop()
        with pytest.raises(Unreachable, match=r"no model server answers|hung up"):
            await harness.ask()

    with_replicas([server.address for server in servers], act)


def test_a_connection_that_breaks_under_a_picture_is_no_reason_to_lose_it(servers: list[ModelServer]) -> None:
    ending, kept = servers[:2]
    ending.gate.clear()

    async def act(harness: Harness) -> None:
        inspection = asyncio.create_task(harness.ask())
        await until(lambda: predicts(ending) == 1)
        await asyncio.to_thread(relay.cut)
        await inspection
        assert (predicts(kept), harness.again) == (1, 1)

    with Relay(ending.port) as relay:
        with_replicas([relay.address, kept.address], act)


def test_a_picture_under_which_two_servers_hang_up_meets_no_third(servers: list[ModelServer]) -> None:
    for server in servers[:2]:
        server.gate.clear()

    async def act(harness: Harness) -> None:
        inspection = asyncio.create_task(harness.ask())
        for server, relay in zip(servers[:2], relays, strict=True):
            await until(lambda server=server: predicts(server) == 1)  # type: ignore[misc]
            await asyncio.to_thread(relay.cut)
        with pytest.raises(TwoHungUp) as caught:
            await inspection
        assert f"{relays[0].address} and {relays[1].address}" in str(caught.value)
        assert predicts(servers[2]) == 0

    with ExitStack() as running:
        relays = [running.enter_context(Relay(server.port)) for server in servers[:2]]
        with_replicas([*(relay.address for relay in relays), servers[2].address], act)


@pytest.mark.parametrize("code", ["NOT_FOUND", "UNAVAILABLE", "CANCELLED"])
def test_a_server_without_the_model_or_without_time_is_passed_by(servers: list[ModelServer], code: str) -> None:
    servers[0].refusal = grpc.StatusCode[code], "not now"

    async def act(harness: Harness) -> None:
        await harness.ask()

    assert with_replicas([server.address for server in servers[:2]], act).again == 1


def test_any_other_refusal_is_the_answer(servers: list[ModelServer]) -> None:
    servers[0].refusal = grpc.StatusCode.INVALID_ARGUMENT, "no such input"

    async def act(harness: Harness) -> None:
        with pytest.raises(RpcError, match="no such input"):
            await harness.ask()

    assert with_replicas([server.address for server in servers[:2]], act).again == 0


def test_a_server_that_is_late_three_times_is_away_until_it_answers(servers: list[ModelServer]) -> None:
    late, kept = servers[:2]
    late.gate.clear()

    async def act(harness: Harness) -> None:
        upstream = harness.upstreams[late.address]
        for count in range(1, 4):
            with upstream.slot(), pytest.raises(TooSlow):
                await harness.replicas.ask(upstream, *question(0.1))
            assert upstream.away("tile") is (count == 3)
        await until(lambda: harness.told == [(late.address, True), (late.address, False)])

    assert with_replicas([late.address, kept.address], act).again == 0, "there is no time for another server"


def test_the_next_server_is_told_the_same_id(servers: list[ModelServer]) -> None:
    servers[0].refusal = (grpc.StatusCode.UNAVAILABLE, "The server is busy")

    async def act(harness: Harness) -> None:
        await harness.ask()

    with_replicas([server.address for server in servers[:2]], act)
    assert [server.beside[0]["x-request-id"] for server in servers[:2]] == ["r1", "r1"]


def test_all_servers_share_one_deadline(servers: list[ModelServer]) -> None:
    for server in servers[:2]:
        server.gate.clear()

    async def act(harness: Harness) -> None:
        inspection = asyncio.create_task(harness.ask(timeout=2.0))
        await until(lambda: predicts(servers[0]) == 1)
        await asyncio.sleep(1.0)
        await asyncio.to_thread(relay.cut)
        with pytest.raises(TooSlow, match="within 2 s"):
            await inspection

    with Relay(servers[0].port) as relay:
        with_replicas([relay.address, servers[1].address], act)
    assert servers[1].left[0] < 1.5


def test_places_at_all_servers_count(servers: list[ModelServer]) -> None:
    async def act(harness: Harness) -> None:
        full = pytest.raises(Busy, match="2 inspections are at the model server already")
        with harness.replicas.place() as first, harness.replicas.place() as second, full, harness.replicas.place():
            pytest.fail("there are two places")
        assert {first.address, second.address} == {server.address for server in servers[:2]}

    with_replicas([server.address for server in servers[:2]], act, max_in_flight=1)


def test_a_question_about_no_picture_goes_to_whoever_answers(free_port: int, model_server: ModelServer) -> None:
    asked = calls.status_request(Endpoint("any:1", "tile"))

    async def act(harness: Harness) -> None:
        endpoint, _ = question(PATIENCE)
        answer = await harness.replicas.pass_on(endpoint, calls.STATUS, asked, endpoint.attempts())
        assert calls.version_statuses(answer)[0].version == 1

        manifest = await harness.replicas.manifest(replace(endpoint, version=1))
        assert manifest is not None
        assert manifest.version == 1

    with_replicas([f"127.0.0.1:{free_port}", model_server.address], act)

    async def refused(harness: Harness) -> None:
        endpoint, _ = question(PATIENCE)
        pinned = calls.status_request(Endpoint("any:1", "tile", version=7))
        with pytest.raises(RpcError, match="Could not find version 7"):
            await harness.replicas.pass_on(endpoint, calls.STATUS, pinned, endpoint.attempts())

    with_replicas([model_server.address], refused)


def test_servers_behind_one_name_get_equal_shares(
    servers: list[ModelServer], behind_a_name: tuple[str, list[Relay]]
) -> None:
    async def act(harness: Harness) -> None:
        while not all(predicts(server) for server in servers[:2]):
            await harness.ask()
        before = [predicts(server) for server in servers[:2]]
        for _ in range(20):
            await harness.ask()
        assert [predicts(server) - count for server, count in zip(servers, before, strict=False)] == [10, 10]

    with_replicas([behind_a_name[0]], act)


def test_a_name_is_asked_again_if_a_server_behind_it_hangs_up(
    servers: list[ModelServer], behind_a_name: tuple[str, list[Relay]]
) -> None:
    name, relays = behind_a_name

    async def act(harness: Harness) -> None:
        while not all(predicts(server) for server in servers[:2]):
            await harness.ask()
        for server in servers[:2]:
            server.gate.clear()
        before = [predicts(server) for server in servers[:2]]
        inspection = asyncio.create_task(harness.ask())
        await until(lambda: [predicts(server) for server in servers[:2]] != before)
        ending = 0 if predicts(servers[0]) > before[0] else 1
        servers[1 - ending].gate.set()
        await asyncio.to_thread(relays[ending].cut)
        assert await inspection == name
        assert harness.again == 1

    with_replicas([name], act, max_in_flight=1)


def test_a_picture_under_which_two_servers_of_one_name_hang_up_is_given_up(
    servers: list[ModelServer], behind_a_name: tuple[str, list[Relay]]
) -> None:
    name, relays = behind_a_name
    cut: list[Relay] = []

    async def act(harness: Harness) -> None:
        while not all(predicts(server) for server in servers[:2]):
            await harness.ask()
        for server in servers[:2]:
            server.gate.clear()
        inspection = asyncio.create_task(harness.ask())
        before = [predicts(server) for server in servers[:2]]
        for turn in (1, 2):
            await until(lambda turn=turn: sum(map(predicts, servers)) == sum(before) + turn)  # type: ignore[misc]
            (hit,) = (at for at in (0, 1) if predicts(servers[at]) > before[at] and relays[at] not in cut)
            cut.append(relays[hit])
            await asyncio.to_thread(relays[hit].cut)
        with pytest.raises(TwoHungUp, match=f"picture: {name}\n"):
            await inspection

    with_replicas([name], act)


@pytest.mark.parametrize("code", ["NOT_FOUND", "UNAVAILABLE", "CANCELLED"])
def test_a_server_behind_a_name_without_the_model_or_without_time_is_passed_by(
    servers: list[ModelServer], behind_a_name: tuple[str, list[Relay]], code: str
) -> None:
    async def act(harness: Harness) -> None:
        while not all(predicts(server) for server in servers[:2]):
            await harness.ask()
        servers[0].refusal = grpc.StatusCode[code], "not now"
        for _ in range(4):
            await harness.ask()

    with_replicas([behind_a_name[0]], act)


@pytest.mark.parametrize("features", [None, {"area": 60.0}], ids=["picture", "picture and features"])
def test_a_version_that_one_server_of_a_name_has_and_the_next_has_not_yet_is_answered_and_is_not_away(
    servers: list[ModelServer], behind_a_name: tuple[str, list[Relay]], features: dict[str, float] | None
) -> None:
    names = tuple(features or ())
    for server, version in zip(servers, (1, 2), strict=False):
        own = msgspec.structs.replace(manifest(version), features=names).to_json()
        server.states, server.version, server.manifests = {version: "AVAILABLE"}, version, {version: own}

    async def act(harness: Harness) -> None:
        upstream = harness.upstreams[behind_a_name[0]]
        for _ in range(20):
            endpoint, asked = question(PATIENCE)
            reply = await harness.replicas.ask(upstream, endpoint, replace(asked, shot=Shot(b"p", features=features)))
            assert reply.manifest is not None
            assert reply.manifest.version == reply.prediction.version
            upstream._manifests.clear()  # as if each picture were the first of its version

    assert not with_replicas([behind_a_name[0]], act).told, "the model was never away"


def test_a_name_that_leads_to_nobody_for_a_moment_costs_no_picture(
    servers: list[ModelServer], behind_a_name: tuple[str, list[Relay]]
) -> None:
    name, relays = behind_a_name

    async def act(harness: Harness) -> None:
        await harness.ask()
        for relay in relays:
            await asyncio.to_thread(relay.cut)
        inspection = asyncio.create_task(harness.ask())
        await until(lambda: harness.told == [(name, True)])
        await asyncio.sleep(0.3)
        assert not inspection.done()
        with Relay(servers[2].port, "127.0.0.1", relays[0].port):
            assert await inspection == name
        assert harness.told == [(name, True), (name, False)]

    with_replicas([name], act)


def test_a_name_that_leads_to_nobody_for_longer_is_told_at_once(
    behind_a_name: tuple[str, list[Relay]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aoi_modules.gateway.upstreams.MOVE_SECONDS", 2.0)
    name, relays = behind_a_name

    async def act(harness: Harness) -> None:
        for relay in relays:
            await asyncio.to_thread(relay.cut)
        with pytest.raises(Unreachable):
            await harness.ask()
        start = time.monotonic()
        for _ in range(20):
            with pytest.raises(Unreachable):
                await harness.ask()
        assert time.monotonic() - start < 20 * 2.0, "nobody waits again"

    with_replicas([name], act)
