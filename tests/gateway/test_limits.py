"""By which limits parts are judged: the station's over the route's, each for one version of a model."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from aoi_modules.gateway.limits import Limits
from aoi_modules.gateway.line import Line
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.records import Records
from aoi_modules.gateway.routes import parse_routes
from aoi_modules.judging.inspection import Inspection
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.logs import event_log
from aoi_modules.results.home import at_home
from aoi_modules.results.limits.ledger import set_limits
from aoi_modules.results.limits.setting import Place
from aoi_modules.results.recorder import Recorder
from aoi_modules.verdict import Verdict
from tests.client.model_server import ModelServer, manifest, scores_of
from tests.gateway.conftest import Arriving

Result = TypeVar("Result")


def at_station(
    folder: Path,
    server: ModelServer,
    act: Callable[[Line, Recorder], Awaitable[Result]],
    route: str = "",
    seconds: float = 5.0,
) -> Result:
    """Acts with a line at which people set limits; it waits so long for its database."""

    async def run() -> Result:
        with at_home(folder) as home:
            recorder = home.open(event_log())
            routes = parse_routes(
                f'components: {{tile: {{model: tile, upstream: "{server.address}"{route}}}}}', "routes"
            )
            await recorder.start(seconds)
            line = Line(routes, Metrics(), event_log(), Records(recorder, home.name), None, Limits(recorder.limits))
            try:
                return await act(line, recorder)
            finally:
                await line.close()
                await recorder.close()

    return asyncio.run(run())


async def apply(recorder: Recorder, threshold: float, version: int = 1, seen: int = 0) -> int:
    place = Place(component="tile", model="tile", version=version, head="defect")
    limits = HeadLimits(threshold=threshold, review_band=(threshold / 2, threshold))
    setting = await set_limits(recorder.database, place, limits, who="Ada", why="a test", seen=seen)
    assert recorder.limits is not None
    await recorder.limits.look()
    return setting.number


def judged_by(inspection: Inspection) -> tuple[str | None, int | None]:
    return inspection.heads[0].limits_from, inspection.heads[0].limits_number


def test_the_stations_limits_win_and_every_answer_says_which(model_server: ModelServer, tmp_path: Path) -> None:
    model_server.outputs = scores_of(0.3)

    async def act(line: Line, recorder: Recorder) -> None:
        before = (await line.answer("tile", Arriving())).inspection
        assert (before.verdict, before.heads[0].limits_from, before.heads[0].limits_number) == (
            Verdict.FAIL,
            "route",
            None,
        )
        number = await apply(recorder, 0.9)
        after = (await line.answer("tile", Arriving())).inspection
        assert (after.verdict, after.heads[0].limits_from, after.heads[0].limits_number) == (
            Verdict.PASS,
            "station",
            number,
        )
        assert after.heads[0].review_band == (0.45, 0.9)
        assert after.limits_seen is None

    at_station(tmp_path, model_server, act, ", heads: {defect: {threshold: 0.2}}")


def test_a_new_version_whose_scores_are_a_tenth_is_judged_by_no_limit_of_the_old(
    model_server: ModelServer, tmp_path: Path
) -> None:
    model_server.outputs = scores_of(0.06)
    model_server.manifests[2] = manifest(2, threshold=0.05).to_json()

    async def act(line: Line, recorder: Recorder) -> list[Inspection]:
        await apply(recorder, 0.6)
        first = (await line.answer("tile", Arriving())).inspection
        model_server.states, model_server.version = {1: "AVAILABLE", 2: "AVAILABLE"}, 2
        return [first, *[(await line.answer("tile", Arriving())).inspection for _ in range(5)]]

    first, *later = at_station(tmp_path, model_server, act)
    assert (first.model.version, first.verdict, first.heads[0].limits_from) == (1, Verdict.PASS, "station")
    for inspection in later:
        assert (inspection.model.version, inspection.verdict) == (2, Verdict.FAIL)
        assert (inspection.heads[0].limits_from, inspection.heads[0].threshold) == ("manifest", 0.05)


def test_canary_and_shadow_are_judged_each_by_its_own(model_server: ModelServer, tmp_path: Path) -> None:
    model_server.outputs = scores_of(0.3)
    model_server.manifests[2] = manifest(2).to_json()
    model_server.states = {1: "AVAILABLE", 2: "AVAILABLE"}

    async def act(line: Line, recorder: Recorder) -> Inspection:
        await apply(recorder, 0.1, version=1)
        await apply(recorder, 0.2, version=2)
        return (await line.answer("tile", Arriving(unit="SN1"))).inspection

    canary = at_station(tmp_path, model_server, act, ", version: 1, canary: {version: 2, share: 1.0}")
    assert (canary.canary, canary.heads[0].threshold, canary.heads[0].limits_from) == (True, 0.2, "station")


def test_a_candidate_at_a_server_of_its_own_is_asked_there(model_server: ModelServer, tmp_path: Path) -> None:
    async def act(line: Line, recorder: Recorder) -> tuple[int | None, float | None]:
        about, _ = await line.basis_of("tile", "tile", 2)
        return about.version, about.heads[0].threshold

    with ModelServer() as other:
        other.manifests, other.states, other.version = {2: manifest(2, 0.05).to_json()}, {2: "AVAILABLE"}, 2
        shadow = f', version: 1, shadow: {{version: 2, upstream: "{other.address}"}}'
        assert at_station(tmp_path, model_server, act, shadow) == (2, 0.05)


def test_states_tell_the_limits_that_hold(model_server: ModelServer, tmp_path: Path) -> None:
    async def act(line: Line, recorder: Recorder) -> HeadLimits:
        await apply(recorder, 0.7)
        return (await line.states())["tile"].limits["defect"]

    assert at_station(tmp_path, model_server, act).threshold == 0.7


def test_after_a_restart_without_database_answers_say_how_old_their_limits_are(
    model_server: ModelServer, tmp_path: Path
) -> None:
    async def act(line: Line, recorder: Recorder) -> Inspection:
        return (await line.answer("tile", Arriving())).inspection

    at_station(tmp_path, model_server, lambda line, recorder: apply(recorder, 0.7))
    for path in tmp_path.glob("results.sqlite*"):
        path.unlink()
    (tmp_path / "results.sqlite").mkdir()  # SQLite can open no folder
    inspection = at_station(tmp_path, model_server, act, seconds=0.2)
    assert inspection.limits_seen is not None
    assert inspection.heads[0].threshold == 0.7
