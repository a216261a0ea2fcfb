"""The way of one picture, without HTTP: in front of a real, controllable model server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
import numpy as np
import pytest

from aoi_modules.errors import (
    Busy,
    Crowded,
    NoPicture,
    NotAPicture,
    RouteError,
    SlowUpload,
    TooLarge,
    TooSlow,
    UnknownComponent,
    Unreachable,
)
from aoi_modules.gateway.line import Line
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.replicas import chance_of
from aoi_modules.gateway.routes import parse_routes
from aoi_modules.gateway.shots import Shot
from aoi_modules.judging.inspection import Inspection, ModelVersion
from aoi_modules.logs import event_log
from aoi_modules.modelstore.reference import Reference
from aoi_modules.pictures.quality import Quality
from aoi_modules.verdict import Verdict
from tests.client.model_server import ModelServer, manifest, scores_of
from tests.gateway.conftest import Arriving, inspect, picture_bytes
from tests.gateway.relay import Relay

Result = TypeVar("Result")
PICTURE = picture_bytes()


class Held(Arriving):
    """A picture that arrives when the test says so, and is none."""

    def __init__(self, arrive: asyncio.Event) -> None:
        super().__init__(b"no picture")
        self._arrive = arrive

    async def shot(self) -> Shot:
        shot = await super().shot()
        await self._arrive.wait()
        return shot


def routes_to(address: str) -> str:
    return f"""
max_picture_pixels: 10000
max_in_flight: 2
components:
  tile: {{model: tile, upstream: ["{address}"], timeout_ms: 20000}}
  strict: {{model: tile, upstream: ["{address}"], heads: {{defect: {{threshold: 0.05}}}}}}
  wrong: {{model: tile, upstream: ["{address}"], heads: {{crack: {{threshold: 0.2}}}}}}
"""


def with_line(
    address: str,
    act: Callable[[Line], Awaitable[Result]],
    metrics: Metrics | None = None,
    routes: str | None = None,
) -> Result:
    async def run() -> Result:
        line = Line(parse_routes(routes or routes_to(address), "routes"), metrics or Metrics(), event_log())
        try:
            return await act(line)
        finally:
            await line.close()

    return asyncio.run(run())


def test_a_picture_gets_its_verdict(model_server: ModelServer) -> None:
    metrics = Metrics()
    inspection = with_line(model_server.address, lambda line: inspect(line, "tile", Arriving()), metrics)
    assert (inspection.component, inspection.model) == ("tile", ModelVersion(name="tile", version=1))
    assert inspection.verdict is Verdict.PASS
    assert (inspection.request_id, inspection.elapsed_ms) == ("", None), "HTTP knows them"
    text = metrics.text().decode()
    assert 'aoi_gateway_verdicts_total{component="tile",verdict="PASS"} 1.0' in text
    assert 'aoi_gateway_upstream_seconds_count{component="tile"} 1.0' in text


def test_what_the_model_gave_comes_with_the_answer(model_server: ModelServer) -> None:
    answer = with_line(model_server.address, lambda line: line.answer("tile", Arriving()))
    assert answer.prediction is not None
    assert answer.prediction.outputs["defect"].tolist() == [[pytest.approx(0.1)]]
    assert answer.inspection.verdict is Verdict.PASS
    assert answer.address == model_server.address


def test_the_routes_limits_win(model_server: ModelServer) -> None:
    assert with_line(model_server.address, lambda line: inspect(line, "strict", Arriving())).verdict is Verdict.FAIL


def test_an_unknown_component_is_told_before_anything_is_received(model_server: ModelServer) -> None:
    arriving = Arriving()
    with pytest.raises(UnknownComponent, match="no component 'chair' is inspected here") as caught:
        with_line(model_server.address, lambda line: inspect(line, "chair", arriving))
    assert caught.value.known == ("strict", "tile", "wrong")
    assert not arriving.received


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", NoPicture),
        (b"hello", NotAPicture),
        (PICTURE[:-20], NotAPicture),
        (picture_bytes("PNG", (200, 200)), TooLarge),
        (SlowUpload(100), SlowUpload),
    ],
    ids=["nothing", "text", "cut off", "huge", "slow"],
)
def test_a_picture_that_cannot_be_asked_about_never_reaches_a_model(
    model_server: ModelServer, content: bytes | Exception, error: type[Exception]
) -> None:
    with pytest.raises(error):
        with_line(model_server.address, lambda line: inspect(line, "tile", Arriving(content)))
    assert model_server.asked == []


def test_a_place_is_held_while_a_picture_arrives_and_given_back_after_trouble(model_server: ModelServer) -> None:
    async def act(line: Line) -> None:
        arrive = asyncio.Event()
        held = [Held(arrive), Held(arrive)]
        inspections = [asyncio.create_task(inspect(line, "tile", one)) for one in held]
        while not all(one.received for one in held):
            await asyncio.sleep(0)
        turned_away = Arriving()
        with pytest.raises(Busy, match="2 inspections are at the model server already"):
            await inspect(line, "strict", turned_away)
        assert not turned_away.received, "no more pictures are received than may be inspected"
        arrive.set()
        for inspection in inspections:
            with pytest.raises(NotAPicture):
                await inspection
        assert (await inspect(line, "tile", Arriving())).verdict is Verdict.PASS

    with_line(model_server.address, act)


@pytest.mark.parametrize(("wanted", "told"), [(100, r"within 0\.1 s"), (600_000, "within 1 s")])
def test_who_sends_may_ask_for_less_time_and_not_for_more(model_server: ModelServer, wanted: int, told: str) -> None:
    model_server.gate.clear()
    with pytest.raises(TooSlow, match=told):
        with_line(model_server.address, lambda line: inspect(line, "strict", Arriving(PICTURE, wanted)))


def test_a_route_that_does_not_fit_its_model(model_server: ModelServer) -> None:
    with pytest.raises(RouteError, match="'crack'; the model has: defect, surface"):
        with_line(model_server.address, lambda line: inspect(line, "wrong", Arriving()))


def test_nobody_there(free_port: int) -> None:
    metrics = Metrics()
    with pytest.raises(Unreachable):
        with_line(f"127.0.0.1:{free_port}", lambda line: inspect(line, "tile", Arriving()), metrics)
    assert 'aoi_gateway_upstream_seconds_count{component="tile"} 1.0' in metrics.text().decode(), "it took time, too"


def test_a_picture_under_which_two_servers_hang_up_goes_to_an_operator(model_server: ModelServer) -> None:
    model_server.gate.clear()
    metrics = Metrics()

    async def act(line: Line) -> Inspection:
        inspection = asyncio.create_task(inspect(line, "tile", Arriving()))
        for count, relay in enumerate(relays, start=1):
            while len(model_server.asked) < count:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(relay.cut)
        return await inspection

    with Relay(model_server.port) as first, Relay(model_server.port) as second:
        relays = (first, second)
        inspection = with_line(f'{first.address}", "{second.address}', act, metrics)
    assert (inspection.verdict, inspection.heads) == (Verdict.REVIEW, ())
    assert inspection.reason.startswith("two model servers hung up while they had this picture")
    assert inspection.is_judged, "REVIEW is about this part"
    assert 'aoi_gateway_asked_again_total{component="tile"} 1.0' in metrics.text().decode()


def test_routes_can_be_changed(model_server: ModelServer) -> None:
    async def act(line: Line) -> None:
        before = parse_routes(routes_to(model_server.address), "routes")
        held = Held(arrive := asyncio.Event())
        inspection = asyncio.create_task(inspect(line, "tile", held))
        while not held.received:
            await asyncio.sleep(0)
        with ModelServer() as other:
            line.use(parse_routes(f"components: {{chair: {{model: tile, upstream: '{other.address}'}}}}", "routes"))
            assert (await inspect(line, "chair", Arriving())).component == "chair"
            with pytest.raises(UnknownComponent):
                await inspect(line, "tile", Arriving())
            assert len(other.asked) == 2, "picture and manifest"
            arrive.set()
            with pytest.raises(NotAPicture):
                await inspection
            line.use(before)
            assert (await inspect(line, "tile", Arriving())).verdict is Verdict.PASS

    with_line(model_server.address, act)


def test_routes_may_change_while_their_states_are_asked_for(model_server: ModelServer, free_port: int) -> None:
    async def act(line: Line) -> tuple[set[str], set[str]]:
        asked = asyncio.create_task(line.states())
        line.use(parse_routes(f"components: {{chair: {{model: tile, upstream: '127.0.0.1:{free_port}'}}}}", "routes"))
        before = await asked
        return {state.route.model for state in before.values()}, set(await line.states())

    assert with_line(model_server.address, act) == ({"tile"}, {"chair"})


def test_a_route_is_ready_while_one_of_its_servers_is(model_server: ModelServer, free_port: int) -> None:
    away = f"127.0.0.1:{free_port}"
    states = with_line(f'{away}", "{model_server.address}', lambda line: line.states())
    assert states["tile"].ready
    assert states["tile"].servers[model_server.address] == ""
    assert f"no model server answers at {away}" in states["tile"].servers[away]


def test_a_canary_answers_about_its_share_of_the_units(model_server: ModelServer) -> None:
    model_server.states = {1: "AVAILABLE", 2: "AVAILABLE"}
    model_server.manifests[2] = manifest(2, threshold=0.05).to_json()
    routes = (
        f'components: {{tile: {{model: tile, upstream: "{model_server.address}", version: 1,'
        " heads: {defect: {threshold: 0.9}}, canary: {version: 2, share: 0.3}}}"
    )
    units = [f"unit {number}" for number in range(40)]

    async def act(line: Line) -> list[Inspection]:
        return [await inspect(line, "tile", Arriving(unit=unit)) for unit in [*units, *units]]

    found = with_line("", act, routes=routes)
    versions = [inspection.model.version for inspection in found]
    assert versions[:40] == versions[40:], "all pictures of a unit are asked of the same model"
    assert versions[:40] == [2 if chance_of(unit) < 0.3 else 1 for unit in units]
    assert {inspection.canary for inspection in found if inspection.model.version == 2} == {True}
    verdicts = {(inspection.model.version, inspection.verdict) for inspection in found}
    assert verdicts == {(1, Verdict.PASS), (2, Verdict.FAIL)}, "a canary is judged by its own manifest"


def test_where_a_canary_cannot_answer_the_route_does(model_server: ModelServer) -> None:
    metrics = Metrics()
    routes = (
        f'components: {{tile: {{model: tile, upstream: "{model_server.address}", canary: {{version: 7, share: 1}}}}}}'
    )
    inspection = with_line("", lambda line: inspect(line, "tile", Arriving()), metrics, routes)
    assert (inspection.model.version, inspection.canary) == (1, False)
    assert 'aoi_gateway_canary_failures_total{component="tile"} 1.0' in metrics.text().decode()


def test_pictures_are_compared_with_those_that_the_version_in_service_learnt_from(model_server: ModelServer) -> None:
    references = {version: Reference.of([Quality(version / 10, 20.0)]) for version in (1, 2, 3)}
    for version, reference in references.items():
        known = msgspec.structs.replace(manifest(version), reference=reference)
        model_server.manifests[version], model_server.states[version] = known.to_json(), "AVAILABLE"
    model_server.states[4] = "AVAILABLE"  # which carries no manifest
    routes = (
        f'components: {{tile: {{model: tile, upstream: "{model_server.address}", heads: {{defect: {{threshold: 0.5}}}},'
        " canary: {version: 3, share: 0.5}}}"
    )
    units = [f"unit {number}" for number in range(10)]
    canary, own = min(units, key=chance_of), max(units, key=chance_of)

    async def act(line: Line) -> None:
        assert (await line.answer("tile", Arriving(unit=canary))).inspection.canary
        assert line.optics.view("tile").reference is None, "a canary is not in service"
        for version in (1, 2, 1):
            model_server.version = version
            for unit in (own, canary):
                await line.answer("tile", Arriving(unit=unit))
                assert line.optics.view("tile").reference == references[version]
        model_server.version = 4
        await line.answer("tile", Arriving(unit=own))
        assert line.optics.view("tile").reference is None

    with_line("", act, routes=routes)


def test_a_shadow_is_compared_and_answers_nobody(model_server: ModelServer) -> None:
    metrics = Metrics()
    with ModelServer() as other:
        other.outputs = scores_of(0.9)
        other.gate.clear()
        routes = (
            f'components: {{tile: {{model: tile, upstream: "{model_server.address}",'
            f' shadow: {{upstream: "{other.address}"}}}}}}'
        )

        async def act(line: Line) -> list[Inspection]:
            found = [await inspect(line, "tile", Arriving()) for _ in range(10)]
            other.gate.set()
            while 'shadows_total{component="tile",outcome="other"} 10.0' not in metrics.text().decode():
                await asyncio.sleep(0.01)
            return found

        assert {inspection.verdict for inspection in with_line("", act, metrics, routes)} == {Verdict.PASS}
        pictures = [one for one in other.asked if one.model_spec.signature_name == "serving_default"]
        ids = [one["x-request-id"] for one in other.beside if "x-request-id" in one]
        assert ids == ["r1"] * len(pictures), "a shadow is told the id, too"


def test_a_shadow_takes_no_more_than_half_of_the_places(model_server: ModelServer) -> None:
    metrics = Metrics()
    routes = (
        f'max_in_flight: 1\ncomponents: {{tile: {{model: tile, upstream: "{model_server.address}",'
        " shadow: {label: next}}}"
    )

    async def act(line: Line) -> None:
        for _ in range(2):
            assert (await inspect(line, "tile", Arriving())).verdict is Verdict.PASS
            await asyncio.sleep(0)

    with_line("", act, metrics, routes)
    assert 'shadows_total{component="tile",outcome="skipped"} 2.0' in metrics.text().decode()


def test_so_many_pictures_of_a_component_wait_and_no_more(model_server: ModelServer) -> None:
    model_server.gate.clear()
    routes = (
        f'components: {{tile: {{model: tile, upstream: "{model_server.address}", timeout_ms: 20000,'
        " max_in_flight: 1, max_waiting: 1}}"
    )

    async def act(line: Line) -> None:
        first, second = (asyncio.create_task(inspect(line, "tile", Arriving())) for _ in range(2))
        while not model_server.asked:
            await asyncio.sleep(0.01)
        late = Arriving()
        with pytest.raises(Crowded, match="1 inspections of this component are under way, and 1 wait already"):
            await inspect(line, "tile", late)
        assert not late.received
        model_server.gate.set()
        assert [(await one).verdict for one in (first, second)] == [Verdict.PASS] * 2

    with_line("", act, routes=routes)


def test_who_waits_for_a_turn_is_asked_about_where_the_routes_say_then(model_server: ModelServer) -> None:
    model_server.gate.clear()
    text = 'components: {{tile: {{model: tile, upstream: "{}", timeout_ms: 20000, max_in_flight: 1, max_waiting: 1}}}}'

    async def act(line: Line) -> None:
        first, second = (asyncio.create_task(inspect(line, "tile", Arriving())) for _ in range(2))
        while not model_server.asked:
            await asyncio.sleep(0.01)
        with ModelServer() as other:
            line.use(parse_routes(text.format(other.address), "routes"))
            model_server.gate.set()
            assert [(await one).verdict for one in (first, second)] == [Verdict.PASS] * 2
            assert len(other.asked) == 2, "picture and manifest"

    with_line("", act, routes=text.format(model_server.address))


def test_a_label_is_asked_for(model_server: ModelServer) -> None:
    routes = f'components: {{tile: {{model: tile, upstream: "{model_server.address}", label: stable}}}}'

    async def act(line: Line) -> bool:
        assert (await inspect(line, "tile", Arriving())).model.version == 1
        return (await line.states())["tile"].ready

    assert with_line("", act, routes=routes)
    pictures = [asked for asked in model_server.asked if asked.model_spec.signature_name == "serving_default"]
    assert [asked.model_spec.version_label for asked in pictures] == ["stable"]


def test_a_score_that_is_no_number_goes_to_an_operator(model_server: ModelServer) -> None:
    model_server.outputs = scores_of(np.nan)
    inspection = with_line(model_server.address, lambda line: inspect(line, "tile", Arriving()))
    assert (inspection.verdict, inspection.heads[0].score) == (Verdict.REVIEW, None)


def test_states_tell_which_route_gets_verdicts(model_server: ModelServer) -> None:
    states = with_line(model_server.address, lambda line: line.states())
    assert {name: state.ready for name, state in states.items()} == {"tile": True, "strict": True, "wrong": False}
    assert states["tile"].version == 1
    assert states["tile"].manifest is not None
    assert "'crack'; the model has: defect, surface" in states["wrong"].detail
    model_server.states[1] = "LOADING"
    states = with_line(model_server.address, lambda line: line.states())
    assert states["tile"].detail == f"model tile at {model_server.address}: version 1 LOADING"
