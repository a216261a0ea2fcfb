"""A line goes on while its database, its broker and the gateway itself are away: nothing is lost, nothing doubled."""

import csv
import json
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
import requests

from aoi_modules.gateway.launcher import RunningGateway
from tests import services
from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes
from tests.mosquitto import REMEMBERING, Subscriber, running_mosquitto
from tests.postgresql import running_postgresql

SECONDS = 6.0
"""How long the database and the broker are away."""
RATE = 50
"""Inspections a second."""
CAMERAS = 4
PATIENCE = 120.0
PICTURE = picture_bytes()


class Camera(threading.Thread):
    """Sends a picture of another unit again and again, and sends it once more where no answer comes.

    Attributes:
        url: of the gateway.
        answered: units that got a verdict.
    """

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label
        self.url = ""
        self.answered: list[str] = []
        self.stopped = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.stopped.wait(CAMERAS / RATE):
            unit = f"{self.label}-{number}"
            try:
                answer = requests.post(f"{self.url}/v1/inspect/tile?unit={unit}", data=PICTURE, timeout=10)
            except requests.RequestException:
                continue
            assert answer.status_code == 200, answer.text
            self.answered.append(unit)
            number += 1


def outage(folder: Path, seconds: float) -> tuple[list[str], Counter[str], Counter[str]]:
    """The units that were answered; how often each was recorded; and how often each was told."""
    (folder / "broker").mkdir()
    with (
        running_postgresql() as database,
        running_mosquitto(folder / "broker", *REMEMBERING) as broker,
        Subscriber(broker) as heard,
        ModelServer() as server,
    ):
        routes, url = folder / "routes.yaml", database.new_database()
        routes.write_text(
            f'components: {{tile: {{model: tile, upstream: "{server.address}"}}}}\n'
            f'sinks: {{line: {{mqtt: "{broker.url}/aoi", password_file: {broker.password_file}}}}}\n'
        )
        cameras = [Camera(f"c{number}") for number in range(CAMERAS)]
        with RunningGateway(routes, results=folder / "results", database=url) as gateway:
            for camera in cameras:
                camera.url = gateway.url
                camera.start()
            time.sleep(1)
            database.stop()
            broker.kill()
            time.sleep(seconds / 2)
            gateway.process.kill()
        with RunningGateway(routes, results=folder / "results", database=url) as gateway:
            for camera in cameras:
                camera.url = gateway.url
            time.sleep(seconds / 2)
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
        question = "SELECT unit, count(*) FROM inspections WHERE repeats IS NULL GROUP BY unit"
        rows = database.run(question, url.rpartition("/")[2])
    return answered, Counter({unit: int(count) for unit, count in csv.reader(rows.splitlines(), delimiter="|")}), told


def unit_of(message: str) -> str:
    """Whom a message is about."""
    return str(json.loads(message)["MessageBody"]["InspectedUnits"][0]["UnitIdentifier"])


@pytest.mark.slow
@services.need(services.POSTGRESQL, services.MOSQUITTO)
def test_every_answer_is_recorded_once_and_told_though_all_were_away(tmp_path: Path) -> None:
    answered, recorded, told = outage(tmp_path, SECONDS)
    assert len(answered) > RATE
    assert len(answered) == len(set(answered))
    assert set(answered) <= set(recorded)
    assert set(recorded.values()) == {1}
    assert set(answered) <= set(told)
