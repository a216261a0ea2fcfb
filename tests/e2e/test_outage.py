"""A line goes on while its database, its broker and the gateway itself are away: nothing is lost, nothing doubled.

Nobody is judged by other limits than those that people set, what a check of the station has locked stays locked, and
whoever has a key comes in, while whoever has none, or had one, does not.
"""

import csv
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.results.people.machines import add_machine, remove_machine
from aoi_modules.results.station.door import Door
from aoi_modules.results.station.golden import read_golden
from aoi_modules.results.station.running import run_check
from tests import services
from tests.client.model_server import ModelServer, scores_of
from tests.gateway.conftest import picture_bytes
from tests.gateway.doors.access.people import Browser, fill, until
from tests.mosquitto import REMEMBERING, Subscriber, running_mosquitto
from tests.postgresql import running_postgresql
from tests.results.conftest import with_database
from tests.results.station.checked_gateway import golden_set, see

SECONDS = 6.0
"""How long the database and the broker are away."""
RATE = 50
"""Inspections a second."""
CAMERAS = 4
PATIENCE = 240.0
PICTURE = picture_bytes()
SCORE = 0.7
"""Of every picture: the manifest fails it, and people let it pass."""


class Camera(threading.Thread):
    """Sends a picture of another unit again and again, and sends it once more where no answer comes.

    Args:
        label: of its units.
        key: by which it is let in.

    Attributes:
        url: of the gateway.
        answered: units that got a verdict.
        answers: what was said about them.
    """

    def __init__(self, label: str, key: str) -> None:
        super().__init__()
        self.label, self.headers = label, bearer(key)
        self.url = ""
        self.answered: list[str] = []
        self.answers: list[dict[str, Any]] = []
        self.stopped = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.stopped.wait(CAMERAS / RATE):
            unit = f"{self.label}-{number}"
            try:
                url = f"{self.url}/v1/inspect/tile?unit={unit}"
                answer = requests.post(url, data=PICTURE, headers=self.headers, timeout=10)
            except requests.RequestException:
                continue
            assert answer.status_code == 200, answer.text
            self.answered.append(unit)
            self.answers.append(answer.json())
            number += 1


@dataclass
class Outage:
    """What came of it.

    Args:
        answered: units that got a verdict.
        answers: those verdicts.
        recorded: how often each unit was recorded.
        told: how often it was told.
        locked: status and words of answers about a locked component: before, while the database was away, after the
            restart without it, when it was back, and once a check had passed.
        strangers: status of answers at those times to who shows no key, and to who shows one that was taken away.
        setting: number of the limits that people set before.
    """

    answered: list[str]
    answers: list[dict[str, Any]]
    recorded: Counter[str]
    told: Counter[str]
    locked: list[tuple[int, str]]
    strangers: list[tuple[int, int]]
    setting: int


def outage(folder: Path, seconds: float) -> Outage:
    """Takes database, broker and gateway away, and brings all of them back."""
    (folder / "broker").mkdir()
    golden = read_golden(golden_set(folder / "golden"))
    with (
        running_postgresql() as database,
        running_mosquitto(folder / "broker", *REMEMBERING) as broker,
        Subscriber(broker) as heard,
        ModelServer() as server,
    ):
        server.outputs = scores_of(SCORE)
        routes, url = folder / "routes.yaml", database.new_database()
        routes.write_text(
            f'components: {{tile: {{model: tile, upstream: "{server.address}"}}, '
            f'board: {{model: tile, upstream: "{server.address}"}}}}\n'
            f"checks: {{board: {{golden: {golden.folder}, every_hours: 8}}}}\n"
            f'sinks: {{line: {{mqtt: "{broker.url}/aoi", password_file: {broker.password_file}}}}}\n'
        )
        key = fill(url)  # makes the tables, too
        gone = with_database(url, lambda opened: add_machine(opened, "stolen camera", by="root"))
        cameras = [Camera(f"c{number}", key) for number in range(CAMERAS)]
        locked, strangers = list[tuple[int, str]](), list[tuple[int, int]]()

        def look(gateway: RunningGateway) -> None:
            locked.append(about_board(gateway.url, bearer(key)))
            strangers.append((about_board(gateway.url, {})[0], about_board(gateway.url, bearer(gone))[0]))

        with RunningGateway(routes, results=folder / "results", database=url) as gateway:
            setting = set_limits(Browser(gateway.url, "engineer"), url)
            with Door(Endpoint(gateway.url, "", key=key)) as door:
                assert not run_check(door, "board", golden, None).passed
            assert about_board(gateway.url, bearer(gone))[0] == 423
            with_database(url, lambda opened: remove_machine(opened, "stolen camera", by="root"))
            until(lambda: about_board(gateway.url, bearer(gone))[0] == 401)
            for camera in cameras:
                camera.url = gateway.url
                camera.start()
            look(gateway)
            time.sleep(1)
            database.stop()
            broker.kill()
            time.sleep(seconds / 2)
            look(gateway)
            gateway.process.kill()
        with RunningGateway(routes, results=folder / "results", database=url) as gateway:
            for camera in cameras:
                camera.url = gateway.url
            time.sleep(seconds / 2)
            look(gateway)
            database.start()
            broker.start()
            time.sleep(1)
            for camera in cameras:
                camera.stopped.set()
                camera.join()
            answered = [unit for camera in cameras for unit in camera.answered]
            told: Counter[str] = Counter()
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end and not set(answered) <= set(told):
                time.sleep(0.2)
                told = Counter(unit_of(message) for _, message in heard.messages)
            look(gateway)
            see(server)
            with Door(Endpoint(gateway.url, "", key=key)) as door:
                assert run_check(door, "board", golden, None).passed
            look(gateway)
        question = "SELECT unit, count(*) FROM inspections WHERE repeats IS NULL AND unit IS NOT NULL GROUP BY unit"
        rows = database.run(question, url.rpartition("/")[2])
    recorded = Counter({unit: int(count) for unit, count in csv.reader(rows.splitlines(), delimiter="|")})
    answers = [answer for camera in cameras for answer in camera.answers]
    return Outage(answered, answers, recorded, told, locked, strangers, setting)


def set_limits(engineer: Browser, database: str) -> int:
    """An engineer lets pass what the manifest would fail; the number of their setting."""
    place = {"component": "tile", "model": "tile", "version": 1, "head": "defect"}
    answer = engineer.change(
        "/v1/limits", engineer.csrf(database), {**place, "threshold": 0.9, "why": "overkill", "seen": 0}
    )
    assert answer.status_code == 200, answer.text
    return int(answer.json()["number"])


def about_board(url: str, headers: Mapping[str, str]) -> tuple[int, str]:
    """What is said about a part of the component that is checked."""
    answer = requests.post(f"{url}/v1/inspect/board", data=PICTURE, headers=headers, timeout=20)
    return answer.status_code, str(answer.json().get("detail", ""))


def bearer(key: str) -> Mapping[str, str]:
    """The header by which a machine shows its key."""
    return {"Authorization": f"Bearer {key}"}


def unit_of(message: str) -> str:
    """Whom a message is about."""
    return str(json.loads(message)["MessageBody"]["InspectedUnits"][0]["UnitIdentifier"])


@pytest.mark.slow
@services.need(services.POSTGRESQL, services.MOSQUITTO)
def test_what_was_answered_is_recorded_once_and_told_and_limits_locks_and_keys_hold(tmp_path: Path) -> None:
    found = outage(tmp_path, SECONDS)
    assert len(found.answered) > RATE
    assert len(found.answered) == len(set(found.answered))
    assert set(found.answered) <= set(found.recorded)
    assert set(found.recorded.values()) == {1}
    assert set(found.answered) <= set(found.told)
    judged = {(one["verdict"], one["heads"][0]["limits_number"]) for one in found.answers}
    assert judged == {("PASS", found.setting)}, "by the manifest it would fail"
    ages = [one["limits_seen"] for one in found.answers]
    assert ages[0] is None
    assert any(ages), "answers without the database say when its limits were seen"
    assert [status for status, _ in found.locked] == [423, 423, 423, 423, 200]
    assert ["as it was seen at" in words for _, words in found.locked] == [False, True, True, False, False]
    assert all("good parts failed" in words for _, words in found.locked[:4])
    assert found.strangers == [(401, 401)] * 5
