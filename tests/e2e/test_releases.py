"""An update and a rollback while inspections come: a gateway on the tables of the next release, with its spool.

The gateway of here is the release before. What the next one brings is made by `tests/results/releases.py`: further
columns in each table, and further fields in each entry of the spool. Every second entry is as the release before this
one wrote it, so that the update is seen, too.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import requests

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.results.database.connection import Database
from aoi_modules.results.spool.entries import encode, read_entries
from aoi_modules.results.spool.segment import segment_path, segments
from aoi_modules.results.storing import Kept
from tests import services
from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes
from tests.postgresql import PostgreSQL, running_postgresql
from tests.results.conftest import migrated
from tests.results.releases import as_the_next, as_the_one_before, migrate_to_next

SOME = 40
"""Inspections that each part of the story has to see."""
CAMERAS, PAUSE_SECONDS = 4, 0.05
PATIENCE = 240.0
"""A machine that does much else meanwhile is no failure."""
PICTURE = picture_bytes()


class Camera(threading.Thread):
    """Sends a picture again and again.

    Attributes:
        url: of the gateway.
        answered: the ids of inspections that it got a verdict of.
        refused: what it was told where it got none.
        unreached: how often nobody answered.
    """

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self.answered: list[str] = []
        self.refused: list[str] = []
        self.unreached = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(PAUSE_SECONDS):
            try:
                answer = requests.post(f"{self.url}/v1/inspect/tile", data=PICTURE, timeout=60)
            except requests.RequestException:
                self.unreached += 1
                continue
            if answer.status_code == 200:
                self.answered.append(answer.json()["id"])
            else:
                self.refused.append(answer.text)


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"not in {PATIENCE:g} s: {what}"
        time.sleep(0.1)


def ids_stored(database: PostgreSQL, url: str) -> list[str]:
    """The ids of all inspections that the database has, as often as it has them."""
    rows = database.run("SELECT replace(id::text, '-', '') FROM inspections", url.rpartition("/")[2])
    return rows.split()


def of_other_releases(spool: Path) -> int:
    """Writes each entry of a spool anew, in turn as the next release and the one before do; gives their number."""
    count = 0
    decoder = msgspec.msgpack.Decoder(Kept)
    for number in segments(spool):
        path, entries = segment_path(spool, number), list[bytes]()
        with path.open("rb") as file:
            for entry in read_entries(file, 0, path.stat().st_size, pictures=True):
                kept = decoder.decode(entry.record)
                entries += encode((as_the_next if count % 2 else as_the_one_before)(kept), entry.picture)
                count += 1
        path.write_bytes(b"".join(entries))
    for mark in spool.glob("*.mark"):  # the entries have other sizes now; what was stored is known by its id
        mark.unlink()
    return count


async def run_next_migration(url: str, folder: Path) -> None:
    database = Database(url)
    try:
        await migrate_to_next(database, folder)
    finally:
        await database.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
@services.need(services.POSTGRESQL)
def test_an_update_and_a_rollback_lose_nothing_that_was_answered(tmp_path: Path) -> None:
    cameras = [Camera() for _ in range(CAMERAS)]

    def answered() -> int:
        return sum(len(camera.answered) for camera in cameras)

    def more_come(what: str) -> None:
        before = answered()
        until(lambda: answered() >= before + SOME, what)

    with running_postgresql() as database, ModelServer() as server:
        routes, url = tmp_path / "routes.yaml", migrated(database.new_database())
        routes.write_text(f'components: {{tile: {{model: tile, upstream: "{server.address}", timeout_ms: 30000}}}}\n')
        try:
            with RunningGateway(routes, ready_seconds=PATIENCE, results=tmp_path / "results", database=url) as gateway:
                for camera in cameras:
                    camera.url = gateway.url
                    camera.start()
                more_come("inspections before")
                asyncio.run(run_next_migration(url, tmp_path))
                more_come("inspections on the tables of the next release")
                before = answered()
                until(lambda: len(ids_stored(database, url)) >= before, "rows in the tables of the next release")
                assert [camera.unreached for camera in cameras] == [0] * CAMERAS
                log = gateway.process.log_tail()
                assert not [word for word in ("database away", "cannot be stored", "refused", "fault") if word in log]
                database.stop()
                more_come("inspections without the database")
                gateway.process.kill()
            assert of_other_releases(tmp_path / "results/spool") >= SOME
            database.start()
            with RunningGateway(routes, ready_seconds=PATIENCE, results=tmp_path / "results", database=url) as gateway:
                for camera in cameras:
                    camera.url = gateway.url
                more_come("inspections after the start on the other tables")
                for camera in cameras:
                    camera.stopped.set()
                    camera.join()
                wanted = {one for camera in cameras for one in camera.answered}
                until(lambda: wanted <= set(ids_stored(database, url)), "all that was answered in the database")
            stored = ids_stored(database, url)
        finally:
            for camera in cameras:
                camera.stopped.set()
    assert [camera.refused for camera in cameras] == [[]] * CAMERAS
    assert len(stored) == len(set(stored))
    assert not (tmp_path / "results/refused").exists()
