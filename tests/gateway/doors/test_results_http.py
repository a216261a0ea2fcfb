"""Recorded inspections by HTTP: filters, pages, and what is wrong with a request."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import requests

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.pictures.decoding import decode
from tests.client.model_server import ModelServer
from tests.disks import fill, small_disk
from tests.gateway.conftest import picture_bytes

COUNT = 7


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    folder = tmp_path_factory.mktemp("gateway")
    with ModelServer() as server:
        (folder / "routes.yaml").write_text(
            f'components: {{tile: {{model: tile, upstream: "{server.address}", recording: committed, store: all}}}}'
        )
        with RunningGateway(folder / "routes.yaml", results=folder / "results") as gateway:
            for number in range(COUNT):
                query = f"unit=SN{number}&lot=L{number % 2}&position=left"
                answer = requests.post(
                    f"{gateway.url}/v1/inspect/tile?{query}", data=picture_bytes(size=(16, 12 + number)), timeout=10
                )
                assert answer.status_code == 200, answer.text
            yield gateway


def get(gateway: RunningGateway, path: str) -> requests.Response:
    return requests.get(f"{gateway.url}/v1/inspections{path}", timeout=10)


def test_pages_hold_every_inspection_once_newest_first(gateway: RunningGateway) -> None:
    units: list[str] = []
    query = "?limit=3"
    while query:
        page = get(gateway, query).json()
        units += [record["origin"]["unit"] for record in page["records"]]
        query = f"?limit=3&cursor={page['cursor']}" if page["cursor"] else ""
    assert units == [f"SN{number}" for number in reversed(range(COUNT))]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("component=tile", COUNT),
        ("component=chair", 0),
        ("verdict=PASS&lot=L1", 3),
        ("verdict=FAIL", 0),
        ("unit=SN3", 1),
        ("version=1&model=tile&role=line", COUNT),
        ("version=2", 0),
        ("since=2020-01-01T00:00:00Z", COUNT),
        ("until=2020-01-01T00:00:00Z", 0),
    ],
)
def test_filters(gateway: RunningGateway, query: str, count: int) -> None:
    answer = get(gateway, f"?{query}")
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["records"]) == count


def test_one_inspection(gateway: RunningGateway) -> None:
    newest = get(gateway, "?limit=1").json()["records"][0]
    assert get(gateway, f"/{newest['id']}").json() == newest


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("?verdict=BAD", 400, "verdict: expected another value (invalid enum value 'BAD')"),
        ("?colour=red", 400, "colour: expected a filter of: component, verdict"),
        ("?limit=0", 400, "limit: expected 1 to 1000"),
        ("?limit=1001", 400, "limit: expected 1 to 1000"),
        (f"?limit={'9' * 5000}", 400, "limit: expected 1 to 1000"),
        ("?since=yesterday", 400, "since: expected another value"),
        ("?since=1", 400, "since: expected another value"),
        ("?since=2020-01-01T00:00:00", 400, "since: expected another value (expected `datetime` with a timezone"),
        ("?until=null", 400, "until: expected another value"),
        ("?verdict=null", 400, "verdict: expected another value"),
        ("?version=null", 400, "version: expected another value"),
        ("?version=0", 400, "version: expected another value"),
        ("?version=first", 400, "version: expected another value"),
        ("?cursor=first", 400, "cursor: expected the cursor of a page that was read before"),
        ("/17", 404, "no inspection 17"),
        (f"/{'0' * 32}", 404, "no inspection 0000"),
        ("/17/picture", 404, "no inspection 17"),
    ],
)
def test_what_is_wrong_with_a_question_is_told(gateway: RunningGateway, query: str, status: int, told: str) -> None:
    answer = get(gateway, query)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert told in answer.json()["detail"]


def test_a_name_that_no_unit_has_is_told(gateway: RunningGateway) -> None:
    for name, status in (
        ("SN99", 404),
        ("a%2Fb", 404),
        ("%00", 400),
        ("a%0Ab", 400),
        ("SN1%0A", 400),
        ("x" * 201, 400),
    ):
        answer = requests.get(f"{gateway.url}/v1/units/{name}", timeout=10)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


def test_a_raw_frame_that_was_kept_opens_as_a_picture_of_its_pixels(gateway: RunningGateway) -> None:
    frame = np.arange(4 * 5, dtype=np.uint8).reshape(4, 5, 1)
    query = "width=5&height=4&channels=1"
    headers = {"Content-Type": "image/x-raw"}
    sent = requests.post(f"{gateway.url}/v1/inspect/tile?{query}", frame.tobytes(), headers=headers, timeout=10)
    kept = get(gateway, f"/{sent.json()['id']}/picture")
    assert (kept.status_code, kept.headers["Content-Type"]) == (200, "image/png")
    assert np.array_equal(decode(kept.content), frame)


def test_a_full_disk_refuses_pictures_and_units_and_takes_them_again_when_there_is_room(tmp_path: Path) -> None:
    with ModelServer() as server, small_disk(tmp_path / "disk", "1m") as disk:
        (tmp_path / "routes.yaml").write_text(f'components: {{tile: {{model: tile, upstream: "{server.address}"}}}}')
        database = str(tmp_path / "elsewhere.sqlite")
        with RunningGateway(tmp_path / "routes.yaml", results=disk / "results", database=database) as gateway:
            one, unit = f"{gateway.url}/v1/inspect/tile", f"{gateway.url}/v1/units/SN1/inspect"
            filler = fill(disk)
            answers = [requests.post(one, data=picture_bytes(), timeout=10) for _ in range(20)]  # a page may be left
            answers.append(requests.post(unit, files={"tile": picture_bytes()}, timeout=10))
            assert answers[-1].json()["type"] == "urn:aoi:problem:disk-full"
            assert [answer.status_code for answer in answers[-5:]] == [507] * 5
            assert "disk" in answers[-1].json()["detail"]
            filler.unlink()
            found = requests.post(one, data=picture_bytes(), timeout=10).json()
            assert get(gateway, f"/{found['id']}").status_code == 200
            kept = {record["id"] for record in get(gateway, "?limit=100").json()["records"]}
    assert kept == {answer.json()["id"] for answer in answers if answer.status_code == 200} | {found["id"]}


def test_a_gateway_that_records_nothing_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    routes = tmp_path_factory.mktemp("none") / "routes.yaml"
    routes.write_text('components: {tile: {model: tile, upstream: "127.0.0.1:1"}}')
    with RunningGateway(routes) as gateway:
        answer = get(gateway, "")
    assert (answer.status_code, answer.json()["hint"]) == (404, "start it with --results FOLDER")


def test_a_key_of_another_picture_is_refused(gateway: RunningGateway) -> None:
    url, headers = f"{gateway.url}/v1/inspect/tile", {"Idempotency-Key": str(time.time_ns())}
    first = requests.post(url, data=picture_bytes(), headers=headers, timeout=10).json()
    again = requests.post(url, data=picture_bytes(), headers=headers, timeout=10).json()
    assert (again["id"], again["repeated"]) == (first["id"], True)
    other = requests.post(url, data=picture_bytes(size=(30, 30)), headers=headers, timeout=10)
    assert (other.status_code, other.json()["type"]) == (422, "urn:aoi:problem:key-reused")


def test_the_picture_of_an_inspection_is_that_which_came(gateway: RunningGateway) -> None:
    record = get(gateway, "?unit=SN2").json()["records"][0]
    for _ in range(100):
        answer = get(gateway, f"/{record['id']}/picture")
        if answer.status_code == 200:
            break
        time.sleep(0.05)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.content == picture_bytes(size=(16, 14))


def test_a_picture_that_was_not_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("none")
    with ModelServer() as server:
        (folder / "routes.yaml").write_text(
            f'components: {{tile: {{model: tile, upstream: "{server.address}", recording: committed}}}}'
        )
        with RunningGateway(folder / "routes.yaml", results=folder / "results") as gateway:
            found = requests.post(f"{gateway.url}/v1/inspect/tile", data=picture_bytes(), timeout=10).json()
            answer = get(gateway, f"/{found['id']}/picture")
    assert (answer.status_code, answer.json()["hint"]) == (404, "the route's `store` says which pictures are kept")


def test_whoever_was_answered_finds_what_was_recorded(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("soon")
    with ModelServer() as server:
        (folder / "routes.yaml").write_text(f'components: {{tile: {{model: tile, upstream: "{server.address}"}}}}')
        with RunningGateway(folder / "routes.yaml", results=folder / "results") as gateway:
            for number in range(5):
                url = f"{gateway.url}/v1/inspect/tile?unit=SN{number}"
                found = requests.post(url, data=picture_bytes(), timeout=10).json()
                assert get(gateway, f"/{found['id']}").status_code == 200
