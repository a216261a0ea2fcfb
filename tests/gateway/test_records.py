"""What the line keeps: each inspection once, with what led to it, whatever is sent twice, cut off or killed."""

import asyncio
import hashlib
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest
import requests

from aoi_modules.errors import DatabaseAway, KeyReused
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.gateway.line import Line
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.records import Records
from aoi_modules.gateway.routes import parse_routes
from aoi_modules.gateway.shots import FrameSize, Shot
from aoi_modules.judging.inspection import Inspection
from aoi_modules.logs import event_log
from aoi_modules.results.database import reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.reading import Filter
from aoi_modules.results.home import at_home
from aoi_modules.results.record import Record
from aoi_modules.verdict import Verdict
from tests.client.model_server import ModelServer, manifest, scores_of
from tests.gateway.conftest import Arriving, inspect, picture_bytes
from tests.results.sinks.receiver import running_receiver

Result = TypeVar("Result")
PICTURE, OTHER = picture_bytes(), picture_bytes(size=(20, 20))


def keeping(folder: Path, server: ModelServer, act: Callable[[Line], Awaitable[Result]], route: str = "") -> Result:
    """Acts with a line that keeps its inspections in a folder."""

    async def run() -> Result:
        with at_home(folder) as home:
            recorder = home.open(event_log())
            routes = f'station: s1\ncomponents: {{tile: {{model: tile, upstream: "{server.address}"{route}}}}}'
            records = Records(recorder, home.name)
            line = Line(parse_routes(routes, "routes"), Metrics(), event_log(), records)
            try:
                return await act(line)
            finally:
                await line.close()
                await recorder.close()

    return asyncio.run(run())


def kept(folder: Path, wanted: Filter | None = None) -> Sequence[Record]:
    """What the database of a folder holds, oldest first."""
    return asyncio.run(read(folder, wanted))


async def read(folder: Path, wanted: Filter | None = None) -> Sequence[Record]:
    """As `kept`, to be awaited."""
    database = Database(folder / "results.sqlite")
    try:
        return (await reading.page(database, wanted or Filter(), 1000)).records[::-1]
    finally:
        await database.close()


def test_an_inspection_is_kept_with_what_led_to_it(model_server: ModelServer, tmp_path: Path) -> None:
    answered = keeping(tmp_path, model_server, lambda line: inspect(line, "tile", Arriving(unit="SN1")))
    (record,) = kept(tmp_path)
    assert answered.id == record.id == record.inspection.id
    assert (record.role, record.origin.unit, record.origin.station) == ("line", "SN1", "s1")
    assert (record.inspection.verdict, record.inspection.model.version) == (Verdict.PASS, 1)
    assert record.inspection.heads == answered.heads
    assert record.inspection.heads[0].limits_from == "manifest"
    assert set(record.stages) == {"wait", "receive", "model"}
    assert record.inspection.request_id == "r1"
    assert not record.picture.kept, "it passed"


@pytest.mark.parametrize(("store", "kind"), [("all", "png"), ("none", "raw")])
def test_a_raw_frame_is_kept_as_a_file_that_people_can_open(
    model_server: ModelServer, tmp_path: Path, store: str, kind: str
) -> None:
    frame = bytes(range(12))
    arriving = Arriving(Shot(frame, FrameSize(4, 3, 1)))
    keeping(tmp_path, model_server, lambda line: inspect(line, "tile", arriving), f", store: {store}")
    (record,) = kept(tmp_path)
    assert (record.picture.kind, record.picture.kept) == (kind, store == "all")
    assert record.picture.sha256 == hashlib.sha256(frame).hexdigest(), "of what came"


@pytest.mark.parametrize(
    ("store", "score", "is_kept"),
    [("all", 0.1, True), ("review", 0.1, False), ("review", 0.45, True), ("fail", 0.45, False), ("fail", 0.9, True)],
)
def test_which_pictures_are_kept(
    model_server: ModelServer, tmp_path: Path, store: str, score: float, is_kept: bool
) -> None:
    model_server.outputs = scores_of(score)
    keeping(tmp_path, model_server, lambda line: inspect(line, "tile", Arriving()), f", store: {store}")
    assert [record.picture.kept for record in kept(tmp_path)] == [is_kept]
    assert any(PICTURE in path.read_bytes() for path in tmp_path.rglob("*.spool")) == is_kept


def test_a_picture_that_is_sent_again_gets_the_recorded_answer(model_server: ModelServer, tmp_path: Path) -> None:
    async def twice(line: Line) -> list[Inspection]:
        return [await inspect(line, "tile", Arriving(unit="SN1")) for _ in range(2)]

    first, second = keeping(tmp_path, model_server, twice)
    assert (first.repeated, second.repeated) == (False, True)
    assert second.id == first.id
    third = keeping(tmp_path, model_server, lambda line: inspect(line, "tile", Arriving(unit="SN1")))
    assert (third.repeated, third.id) == (True, first.id), "after a restart, too"
    assert len(kept(tmp_path)) == 1
    assert sum(bool(request.inputs) for request in model_server.asked) == 1


def test_the_same_key_at_the_same_time_asks_the_model_once(model_server: ModelServer, tmp_path: Path) -> None:
    async def at_once(line: Line) -> list[Inspection]:
        return await asyncio.gather(*(inspect(line, "tile", Arriving(key="17")) for _ in range(5)))

    found = keeping(tmp_path, model_server, at_once)
    assert len({inspection.id for inspection in found}) == 1
    assert sorted(inspection.repeated for inspection in found) == [False, True, True, True, True]
    assert len(kept(tmp_path)) == 1


def test_without_unit_and_key_nothing_is_merged(model_server: ModelServer, tmp_path: Path) -> None:
    async def twice(line: Line) -> list[Inspection]:
        return [await inspect(line, "tile", Arriving()) for _ in range(2)]

    keeping(tmp_path, model_server, twice)
    assert len(kept(tmp_path)) == 2


def test_another_picture_with_a_key_of_before_is_refused(model_server: ModelServer, tmp_path: Path) -> None:
    async def act(line: Line) -> None:
        first = await inspect(line, "tile", Arriving(key="17"))
        with pytest.raises(KeyReused, match=f"it is inspection {first.id}"):
            await inspect(line, "tile", Arriving(OTHER, key="17"))

    keeping(tmp_path, model_server, act)
    assert len(kept(tmp_path)) == 1


def test_a_canary_and_a_shadow_are_kept_as_such(model_server: ModelServer, tmp_path: Path) -> None:
    model_server.manifests[2] = manifest(2).to_json()
    model_server.states[2] = "AVAILABLE"

    async def act(line: Line) -> Inspection:
        inspection = await inspect(line, "tile", Arriving(unit="SN1"))
        for _ in range(200):
            if sum(bool(request.inputs) for request in model_server.asked) == 2:
                break
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)
        return inspection

    extra = ", canary: {version: 2, share: 1.0}, shadow: {version: 1}"
    answered = keeping(tmp_path, model_server, act, extra)
    by_role = {record.role: record for record in kept(tmp_path)}
    assert set(by_role) == {"canary", "shadow"}
    assert (by_role["canary"].inspection.model.version, by_role["canary"].id) == (2, answered.id)
    shadow = by_role["shadow"]
    assert (shadow.inspection.model.version, shadow.shadows, shadow.key) == (1, answered.id, None)


@pytest.mark.parametrize(
    ("score", "audit", "found"),
    [
        (0.1, 1.0, ("audit", 1.0, True)),
        (0.1, 0.0, (None, 0.0, False)),
        (0.45, 0.0, ("doubtful", 1.0, True)),
        (0.9, 0.0, ("failed", 1.0, True)),
    ],
)
def test_a_record_says_whether_a_person_has_to_judge(
    model_server: ModelServer, tmp_path: Path, score: float, audit: float, found: tuple[str | None, float, bool]
) -> None:
    model_server.outputs = scores_of(score)
    keeping(tmp_path, model_server, lambda line: inspect(line, "tile", Arriving()), f", audit: {audit}")
    (record,) = kept(tmp_path)
    assert (record.review, record.chance, record.picture.kept) == found
    assert record.picture.kept == any(path.is_file() for path in (tmp_path / "pictures").rglob("*"))


@pytest.mark.parametrize("store", ["fail", "none"])
def test_a_shadow_that_differs_is_for_a_person_if_pictures_are_kept(
    model_server: ModelServer, tmp_path: Path, store: str
) -> None:
    model_server.manifests[2] = manifest(2, threshold=0.05).to_json()
    model_server.states[2] = "AVAILABLE"

    async def act(line: Line) -> None:
        await inspect(line, "tile", Arriving())
        both = False
        while not both:  # a shadow that is still under way at a stop is given up
            await asyncio.sleep(0.02)
            with suppress(DatabaseAway):  # its tables are being made
                both = len(await read(tmp_path)) == 2

    keeping(tmp_path, model_server, act, f", version: 1, shadow: {{version: 2}}, store: {store}")
    by_role = {record.role: record for record in kept(tmp_path)}
    assert (by_role["line"].review, by_role["line"].picture.kept) == (None, False)
    shadow = by_role["shadow"]
    wanted = ("disagreement", True) if store == "fail" else (None, False)
    assert (shadow.review, shadow.picture.kept) == wanted
    assert shadow.inspection.verdict is Verdict.FAIL


def test_limits_of_a_version_are_those_of_that_version(model_server: ModelServer, tmp_path: Path) -> None:
    model_server.manifests[2] = manifest(2).to_json()
    model_server.states[2] = "AVAILABLE"

    async def act(line: Line) -> list[Verdict]:
        verdicts = []
        for model_server.version in (1, 2):
            verdicts.append((await inspect(line, "tile", Arriving())).verdict)
        return verdicts

    verdicts = keeping(tmp_path, model_server, act, ", limits: {1: {defect: {threshold: 0.05}}}")
    assert verdicts == [Verdict.FAIL, Verdict.PASS]
    assert [record.inspection.heads[0].limits_from for record in kept(tmp_path)] == ["route", "manifest"]


def test_committed_means_that_the_database_has_it(model_server: ModelServer, tmp_path: Path) -> None:
    async def act(line: Line) -> int:
        await inspect(line, "tile", Arriving())
        database = Database(tmp_path / "results.sqlite")
        try:
            return len((await reading.page(database, Filter(), 10)).records)
        finally:
            await database.close()

    assert keeping(tmp_path, model_server, act, ", recording: committed") == 1


def test_kill_9_under_load_loses_no_answer_and_doubles_none(model_server: ModelServer, tmp_path: Path) -> None:
    routes, results = tmp_path / "routes.yaml", tmp_path / "results"
    routes.write_text(f'components: {{tile: {{model: tile, upstream: "{model_server.address}"}}}}')
    answered: list[str] = []

    def send(url: str, name: str) -> None:
        for number in range(10_000):
            try:
                answer = requests.post(f"{url}/v1/inspect/tile?unit={name}-{number}", data=PICTURE, timeout=10)
            except requests.RequestException:  # killed before or in the middle of its answer
                return
            answered.append(answer.json()["id"])

    for life in range(3):
        with RunningGateway(routes, results=results) as gateway:
            senders = [threading.Thread(target=send, args=(gateway.url, f"{life}-{n}")) for n in range(4)]
            for sender in senders:
                sender.start()
            while len(answered) < 100 * (life + 1):
                time.sleep(0.01)
            gateway.process.kill()
            for sender in senders:
                sender.join()
    with RunningGateway(routes, results=results):
        pass  # stores what the spool has, and ends
    found = [record.id for record in kept_all(results)]
    assert len(found) == len(set(found))
    assert set(answered) <= set(found)


def kept_all(folder: Path) -> Sequence[Record]:
    """All records, page by page."""

    async def run() -> list[Record]:
        database = Database(folder / "results.sqlite")
        found: list[Record] = []
        cursor = None
        try:
            while True:
                page = await reading.page(database, Filter(), 1000, cursor)
                found += page.records
                cursor = page.cursor
                if cursor is None:
                    return found
        finally:
            await database.close()

    return asyncio.run(run())


def test_who_is_named_as_a_sink_is_told(model_server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret")
    with running_receiver() as receiver:
        routes = tmp_path / "routes.yaml"
        routes.write_text(
            f'components: {{tile: {{model: tile, upstream: "{model_server.address}"}}}}\n'
            f'sinks: {{quality: {{webhook: "{receiver.url}", secret_file: {tmp_path / "secret"}}}}}\n'
        )
        with RunningGateway(routes, results=tmp_path / "results") as gateway:
            found = requests.post(f"{gateway.url}/v1/inspect/tile?unit=SN1", data=PICTURE, timeout=10).json()
            closed = requests.post(f"{gateway.url}/v1/units/SN1/close", timeout=10).json()
            for _ in range(200):
                if len(receiver.ids()) == 2:
                    break
                time.sleep(0.05)
            page = requests.get(f"{gateway.url}/metrics", timeout=10).text
    assert receiver.ids() == [found["id"], closed["id"]]
    assert 'aoi_gateway_sent_letters{sink="quality"} 2.0' in page


def test_pictures_go_by_the_age_that_the_routes_say(model_server: ModelServer, tmp_path: Path) -> None:
    routes = tmp_path / "routes.yaml"
    components = f'components: {{tile: {{model: tile, upstream: "{model_server.address}", store: all}}}}\n'
    routes.write_text(components)
    with RunningGateway(routes, results=tmp_path / "results") as gateway:
        found = requests.post(f"{gateway.url}/v1/inspect/tile", data=PICTURE, timeout=10).json()
    routes.write_text(f"{components}retention: {{PASS: 0.000001}}\n")  # a tenth of a second
    time.sleep(0.2)
    with RunningGateway(routes, results=tmp_path / "results") as gateway:
        for _ in range(100):
            record = requests.get(f"{gateway.url}/v1/inspections/{found['id']}", timeout=10).json()
            if record["picture"]["gone"] is not None:
                break
            time.sleep(0.05)
        picture = requests.get(f"{gateway.url}/v1/inspections/{found['id']}/picture", timeout=10)
    assert record["picture"]["gone"] is not None
    assert (picture.status_code, "went" in picture.json()["detail"]) == (404, True)


def test_of_three_with_the_same_key_one_after_the_other_goes_on_whoever_gives_up() -> None:
    records = Records(None, "north")
    order: list[str] = []

    async def one(name: str, *, fail: bool = False) -> None:
        async with records.one_by_one("key"):
            order.append(f"{name} in")
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            order.append(f"{name} out")
            if fail:
                raise ValueError

    async def run() -> None:
        tasks = [asyncio.create_task(one("first", fail=True)), asyncio.create_task(one("second"))]
        left = asyncio.create_task(one("left"))
        await asyncio.sleep(0)
        left.cancel()
        await asyncio.wait(tasks[:1])
        await asyncio.gather(one("third"), *tasks, left, return_exceptions=True)

    asyncio.run(run())
    assert order == ["first in", "first out", "second in", "second out", "third in", "third out"]
    assert records._under_way == {}
